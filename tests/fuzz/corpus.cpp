// Texts in a table (.tsv) and as JSON lines (.jsonl): the same bytes are read as both.

#include "engine/text/layouts.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  for (const auto load : {layouts::load_tsv, layouts::load_jsonl})
    fuzz::run(data, size, [&](std::string_view) {
      auto content = load("f", {});
      const Corpus corpus("f", std::move(content.languages), std::move(content.texts));
      for (const Text& text : corpus.texts())
        fuzz::require(text.sentence > 0 && text.characters() > 0);
      static_cast<void>(corpus.aligned());
    });
  return 0;
}
