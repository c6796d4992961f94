// SentencePiece's .model: read as Llama's, then as XGLM's, and a text there and back by each.

#include "engine/tokenizer/sentencepiece.hpp"

#include "tests/fuzz/texts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  for (const bool fairseq : {false, true})
    fuzz::run(data, size, [&](std::string_view bytes) {
      tokenizer::SentencePieceOptions options;
      options.fairseq = fairseq;
      options.legacy = size % 2 == 0;
      options.add_bos = options.add_eos = size % 3 == 0;
      fuzz::round_trip(*tokenizer::parse_sentencepiece(bytes, options, "f.model"));
    });
  return 0;
}
