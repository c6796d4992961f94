#include "engine/tokenizer/gpt2_files.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

json read_merges(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file, kMaxFileBytes));
  json merges = json::array();
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (utf8::first_invalid(line))
      throw Error(cat(file.string(), ": line ", number, " is no UTF-8"), "download the file again");
    if (line.ends_with('\r'))
      line.pop_back();
    const bool comment = number == 1 && line.starts_with("#version");
    if (!line.empty() && !comment)
      merges.push_back(line);
  }
  return merges;
}

/// The content of a special token, which is a string or an object; GPT-2's only one if absent.
std::string special_token(const Field& config, const char* key) {
  const auto found = config.find(key);
  if (!found)
    return "<|endoftext|>";
  return found->json().is_object() ? found->at("content").text() : found->text();
}

/// The special tokens that the vocabulary has, by id, as a tokenizer.json lists them.
json added_tokens(const Field& config, const Field& vocabulary) {
  std::map<int64_t, std::string> by_id;
  for (const char* key : {"bos_token", "eos_token", "unk_token", "pad_token"}) {
    const std::string content = special_token(config, key);
    if (const auto id = vocabulary.find(content))
      by_id.emplace(id->integer(0, kMaxTokenId), content);
  }
  json tokens = json::array();
  for (const auto& [id, content] : by_id)
    tokens.push_back({{"id", id}, {"content", content}, {"special", true}, {"normalized", true}});
  return tokens;
}

/// Puts the token that begins texts before each.
json begin_with(const std::string& token, const Field& vocabulary) {
  return {{"type", "TemplateProcessing"},
          {"single", {{{"SpecialToken", {{"id", token}}}}, {{"Sequence", {{"id", "A"}}}}}},
          {"special_tokens", {{token, {{"ids", json::array({vocabulary.at(token).json()})}}}}}};
}

} // namespace

std::shared_ptr<const Tokenizer> load_gpt2_files(const std::filesystem::path& folder,
                                                 const Field& config) {
  const std::string origin = (folder / "vocab.json").string();
  const json content = parse_json(read_file(origin, kMaxFileBytes), origin);
  const Field vocabulary(content, "", origin);
  const bool space = config.flag_or("add_prefix_space", false);
  json document = {
      {"added_tokens", added_tokens(config, vocabulary)},
      {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", space}}},
      {"decoder", {{"type", "ByteLevel"}}},
      {"model",
       {{"type", "BPE"}, {"vocab", content}, {"merges", read_merges(folder / "merges.txt")}}}};
  if (config.flag_or("add_bos_token", false))
    document["post_processor"] = begin_with(special_token(config, "bos_token"), vocabulary);
  return Tokenizer::parse(document.dump(), origin);
}

} // namespace residua::tokenizer
