#include "engine/tokenizer/bpe_trainer.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/byte_level.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/merge_learner.hpp"
#include "engine/tokenizer/pretokenizer.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace residua {

using namespace tokenizer;

namespace {

using Json = nlohmann::ordered_json;
using MergedPairs = std::vector<std::pair<int32_t, int32_t>>;

constexpr int kByteSymbols = 256;
constexpr double kMaxCount = 1e9; // of a word; sums over 2^31 symbols stay below 2^63

struct WordCount {
  std::string word;
  double count;
};

void check_texts(const std::vector<std::string>& texts, const std::vector<double>& weights) {
  if (!weights.empty() && weights.size() != texts.size())
    throw Error(cat("texts to train on: ", texts.size(), " texts but ", weights.size(), " weights"),
                "give one weight per text, or none");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const auto invalid = utf8::first_invalid(texts[i]))
      throw Error(cat("text ", i + 1, " to train on: invalid UTF-8 at byte ", *invalid),
                  "convert it to UTF-8");
    if (!weights.empty() && !(weights[i] >= 0 && weights[i] <= kMaxCount))
      throw Error(cat("text ", i + 1, " to train on: the weight ", weights[i], " is not in 0 to ",
                      kMaxCount),
                  "use numbers around 1");
  }
}

/// Words of all texts in the order of their first occurrence.
std::vector<WordCount> count_words(const std::vector<std::string>& texts,
                                   const std::vector<double>& weights) {
  const auto pretokenizer = make_byte_level(false, true);
  std::vector<WordCount> words;
  StringMap<std::size_t> places;
  std::vector<Word> pieces;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    interrupt::poll();
    pieces.clear();
    if (!texts[i].empty())
      pretokenizer->split({texts[i], true}, pieces);
    for (Word& piece : pieces) {
      const auto [entry, fresh] = places.try_emplace(std::move(piece.text), words.size());
      if (fresh)
        words.push_back({entry->first, 0});
      words[entry->second].count += weights.empty() ? 1 : weights[i];
    }
  }
  return words;
}

Vocabulary first_tokens(const std::vector<std::string>& special_tokens) {
  Vocabulary vocabulary;
  for (const std::string& token : special_tokens)
    if (token.empty() || !vocabulary.add(token, static_cast<int32_t>(vocabulary.size())))
      throw Error(cat("special token ", shown(token), " is empty or given twice"),
                  "name each special token once");
  std::vector<char32_t> symbols;
  for (int byte = 0; byte < kByteSymbols; ++byte)
    symbols.push_back(byte_level::symbol(static_cast<unsigned char>(byte)));
  std::sort(symbols.begin(), symbols.end());
  for (const char32_t symbol : symbols) {
    std::string token;
    code_points::append(token, symbol);
    vocabulary.add(std::move(token), static_cast<int32_t>(vocabulary.size())); // may be special
  }
  return vocabulary;
}

std::vector<int32_t> symbol_ids(std::string_view word, const Vocabulary& vocabulary) {
  std::vector<int32_t> ids;
  for (std::size_t at = 0; at < word.size();) {
    const auto size = code_points::length(static_cast<unsigned char>(word[at]));
    ids.push_back(*vocabulary.find(word.substr(at, size)));
    at += size;
  }
  return ids;
}

/// Adds tokens to the vocabulary until it has `vocab_size`, and returns the rules that make them.
MergedPairs learn(const std::vector<WordCount>& words, int64_t vocab_size, Vocabulary& vocabulary) {
  MergeLearner learner;
  for (const auto& [word, count] : words)
    if (const int64_t rounded = std::llround(std::min(count, kMaxCount)); rounded > 0)
      learner.add(symbol_ids(word, vocabulary), rounded);
  learner.count_pairs();
  MergedPairs merges;
  while (vocabulary.size() < vocab_size) {
    interrupt::poll();
    const auto pair = learner.most_frequent();
    if (!pair)
      break;
    std::string token = *vocabulary.token(pair->first) + *vocabulary.token(pair->second);
    // Two pairs may make the same token; it keeps its id.
    const auto known = vocabulary.find(token);
    const auto id = known ? *known : static_cast<int32_t>(vocabulary.size());
    vocabulary.add(std::move(token), id);
    merges.push_back(*pair);
    learner.merge(*pair, id);
  }
  return merges;
}

Json added_tokens(const std::vector<std::string>& special_tokens) {
  Json list = Json::array();
  for (std::size_t id = 0; id < special_tokens.size(); ++id)
    list.push_back({{"id", id},
                    {"content", special_tokens[id]},
                    {"single_word", false},
                    {"lstrip", false},
                    {"rstrip", false},
                    {"normalized", false},
                    {"special", true}});
  return list;
}

// A decoder reads none of the options; Hugging Face writes their defaults.
Json byte_level_component(bool add_prefix_space) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", true},
          {"use_regex", true}};
}

/// Puts `first` before a text, and before each text of a pair.
Json post_processor(const std::string& first) {
  const auto special = [&](int type) {
    return Json{{"SpecialToken", {{"id", first}, {"type_id", type}}}};
  };
  const auto text = [](const char* name, int type) {
    return Json{{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  const Json ids = {{"id", first}, {"ids", Json::array({0})}, {"tokens", Json::array({first})}};
  return {{"type", "TemplateProcessing"},
          {"single", Json::array({special(0), text("A", 0)})},
          {"pair", Json::array({special(0), text("A", 0), special(1), text("B", 1)})},
          {"special_tokens", {{first, ids}}}};
}

Json model(const Vocabulary& vocabulary, const MergedPairs& merges) {
  Json vocab = Json::object();
  auto& members = vocab.get_ref<Json::object_t&>();
  for (int64_t id = 0; id < vocabulary.size(); ++id)
    members.emplace_back(*vocabulary.token(id), id); // []= would search all members each time
  Json rules = Json::array();
  for (const auto& [left, right] : merges)
    rules.push_back(Json::array({*vocabulary.token(left), *vocabulary.token(right)}));
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", std::move(vocab)},
          {"merges", std::move(rules)}};
}

} // namespace

std::string train_byte_bpe(const std::vector<std::string>& texts, int64_t vocab_size,
                           const std::vector<std::string>& special_tokens,
                           const std::vector<double>& weights) {
  check_texts(texts, weights);
  for (const std::string& token : special_tokens)
    if (utf8::first_invalid(token))
      throw Error(cat("special token ", shown(token), " is not valid UTF-8"), "correct it");
  Vocabulary vocabulary = first_tokens(special_tokens);
  if (vocab_size < vocabulary.size() || vocab_size > kMaxTokenId)
    throw Error(
        cat("vocab_size ", vocab_size, " is not in ", vocabulary.size(), " to ", kMaxTokenId),
        "special tokens and the 256 bytes come first");
  const MergedPairs merges = learn(count_words(texts, weights), vocab_size, vocabulary);
  const Json document = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added_tokens(special_tokens)},
      {"normalizer", nullptr},
      {"pre_tokenizer", byte_level_component(false)},
      {"post_processor", special_tokens.empty() ? Json() : post_processor(special_tokens.front())},
      {"decoder", byte_level_component(true)},
      {"model", model(vocabulary, merges)},
  };
  return document.dump(1) + "\n";
}

} // namespace residua
