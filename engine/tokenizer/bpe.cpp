#include "engine/tokenizer/bpe.hpp"

#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/component.hpp"

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

Bpe::Bpe(Vocabulary vocabulary, Merges merges, const BpeOptions& options)
    : vocabulary_(std::move(vocabulary)), merges_(std::move(merges)), options_(options) {
  if (options_.byte_fallback)
    bytes_ = ByteTokens(vocabulary_);
}

void Bpe::encode(std::string_view word, std::vector<int64_t>& ids) const {
  if (options_.ignore_merges) {
    if (const auto id = vocabulary_.find(word))
      return ids.push_back(*id);
  }
  if (cache_.append(word, ids))
    return;
  std::vector<int32_t> tokens;
  append_characters(word, tokens);
  merges_.apply(tokens);
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  cache_.store(word, std::move(tokens));
}

void Bpe::append_characters(std::string_view word, std::vector<int32_t>& ids) const {
  bool after_unk = false;
  for (std::size_t at = 0; at < word.size();) {
    const auto character =
        word.substr(at, code_points::length(static_cast<unsigned char>(word[at])));
    at += character.size();
    const auto id = vocabulary_.find(character);
    const bool known = id || bytes_.append(character, ids);
    if (id)
      ids.push_back(*id);
    else if (!known && options_.unk && !(after_unk && options_.fuse_unk))
      ids.push_back(*options_.unk);
    after_unk = !known;
  }
}

std::string Bpe::describe() const {
  return cat("BPE", options_.byte_fallback ? " with byte fallback" : "",
             options_.ignore_merges ? " with whole words first" : "");
}

namespace {

void refuse(const Field& field, const char* key) {
  const auto found = field.find(key);
  if (found && !(found->json().is_string() && found->text().empty()))
    found->fail("is not supported", "use a tokenizer without it (null)");
}

BpeOptions read_options(const Field& field, const Vocabulary& vocabulary) {
  for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"})
    refuse(field, key);
  BpeOptions options;
  options.fuse_unk = field.flag_or("fuse_unk", false);
  options.byte_fallback = field.flag_or("byte_fallback", false);
  options.ignore_merges = field.flag_or("ignore_merges", false);
  if (const auto unk = field.find("unk_token"); unk && !unk->text().empty()) {
    options.unk = vocabulary.find(unk->text());
    if (!options.unk)
      unk->fail(cat("names ", shown(unk->text()), ", which is not in the vocabulary"),
                "add it to model.vocab, or set null");
  }
  return options;
}

} // namespace

std::unique_ptr<const Model> make_bpe(const Field& field) {
  Vocabulary vocabulary = read_vocabulary(field.at("vocab"));
  Merges merges = Merges::read(field.at("merges"), vocabulary);
  const BpeOptions options = read_options(field, vocabulary);
  return std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), options);
}

} // namespace residua::tokenizer
