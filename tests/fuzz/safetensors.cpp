// model.safetensors: the header, then the ends of every tensor after the loader has gone.

#include "engine/model/safetensors.hpp"

#include "tests/fuzz/tensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  return fuzz::run(data, size, [](std::string_view) {
    const auto tensors = Safetensors::open("f.safetensors").tensors();
    fuzz::touch(tensors);
  });
}
