#pragma once
// Tokenizers from SentencePiece `.model` files, with the ids and special tokens that Hugging Face
// gives them.

#include "engine/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace residua::tokenizer {

/// What a `.model` file leaves open. The defaults are Llama's.
struct SentencePieceOptions {
  bool add_bos = true;
  bool add_eos = false;
  /// A space is put before each part between special tokens, not before the whole text only.
  bool legacy = true;
  /// XGLM's ids: <s> 0, <pad> 1, </s> 2, <unk> 3, pieces from the fourth on shifted by one,
  /// <madeupword0> to <madeupword6>; </s> before each text, whatever add_bos and add_eos.
  bool fairseq = false;
};

/// Loads a file. Models of words or characters are an Error that says so.
std::shared_ptr<const Tokenizer> load_sentencepiece(const std::filesystem::path& file,
                                                    const SentencePieceOptions& options);
/// The same from the bytes of the file; `name` stands in error messages.
std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes,
                                                     const SentencePieceOptions& options,
                                                     const std::string& name);

} // namespace residua::tokenizer
