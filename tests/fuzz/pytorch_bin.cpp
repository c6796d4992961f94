// pytorch_model.bin as a whole: the ZIP archive, its pickle, and the ends of every tensor.

#include "engine/model/pytorch_bin.hpp"

#include "tests/fuzz/tensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  return fuzz::run(data, size, [](std::string_view) { fuzz::touch(read_pytorch_bin("f.bin")); });
}
