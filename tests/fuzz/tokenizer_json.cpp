// tokenizer.json: every component that it names, then a text there and back.

#include "engine/tokenizer/tokenizer.hpp"

#include "tests/fuzz/texts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  return fuzz::run(data, size, [](std::string_view text) {
    fuzz::round_trip(*Tokenizer::parse(text, "tokenizer.json"));
  });
}
