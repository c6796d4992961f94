#include "engine/tokenizer/tokenizer.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/parts.hpp"

#include <nlohmann/json.hpp>

namespace residua {

using namespace tokenizer;

static constexpr std::size_t kMaxFileBytes = std::size_t{128} << 20;

Tokenizer::Tokenizer(std::unique_ptr<const TokenizerParts> parts) : parts_(std::move(parts)) {}
Tokenizer::~Tokenizer() = default;

std::shared_ptr<const Tokenizer> Tokenizer::load(const std::filesystem::path& file) {
  return parse(read_file(file, kMaxFileBytes), file.string());
}

static const nlohmann::json kNull;

/// The member `key`, where a missing one means null.
static Field optional_part(const Field& document, const char* key, const std::string& origin) {
  const auto found = document.find(key);
  return found ? *found : Field(kNull, key, origin);
}

std::shared_ptr<const Tokenizer> Tokenizer::parse(std::string_view json,
                                                  const std::string& origin) {
  const nlohmann::json content = parse_json(json, origin);
  const Field document(content, "", origin);
  const auto part = [&](const char* key) { return optional_part(document, key, origin); };
  auto parts = std::make_unique<TokenizerParts>();
  parts->normalizer = make_normalizer(part("normalizer"));
  parts->pretokenizer = make_pretokenizer(part("pre_tokenizer"));
  parts->model = make_model(document.at("model"));
  parts->added = std::make_unique<AddedTokens>(part("added_tokens"), parts->model->vocabulary(),
                                               parts->normalizer.get());
  const auto known = [&](int64_t id) { return parts->token(id) != nullptr; };
  parts->frame = read_postprocessor(part("post_processor"), known);
  parts->decoder = make_decoder(part("decoder"));
  parts->digest = Digest().add("tokenizer").add(content.dump()).hex();
  return assemble(std::move(parts));
}

std::shared_ptr<const Tokenizer> Tokenizer::assemble(std::unique_ptr<const TokenizerParts> parts) {
  return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(parts)));
}

std::vector<int64_t> Tokenizer::encode(std::string_view text, bool special) const {
  if (const auto invalid = utf8::first_invalid(text))
    throw Error(cat("text to encode: invalid UTF-8 at byte ", *invalid),
                "convert the text to UTF-8");
  check_growth(text.size());
  std::vector<int64_t> ids;
  if (special)
    ids = parts_->frame.before;
  parts_->encode(text, ids);
  if (special)
    ids.insert(ids.end(), parts_->frame.after.begin(), parts_->frame.after.end());
  return ids;
}

static std::string join(const std::vector<std::string>& tokens, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text += i > 0 ? separator : "";
    text += tokens[i];
  }
  return text;
}

std::string Tokenizer::decode(const std::vector<int64_t>& ids, bool skip_special) const {
  std::vector<std::string> tokens;
  std::size_t bytes = 0;
  for (const int64_t id : ids)
    if (const std::string& stored = token(id); !skip_special || !parts_->added->is_special(id)) {
      check_growth(bytes += stored.size());
      tokens.push_back(stored);
    }
  if (!parts_->decoder)
    return join(tokens, " ");
  return join(parts_->decoder->decode(std::move(tokens)), "");
}

int64_t Tokenizer::vocab_size() const {
  return parts_->size();
}

std::optional<int64_t> Tokenizer::id_of(std::string_view token) const {
  const auto added = parts_->added->vocabulary().find(token);
  return added ? added : parts_->model->vocabulary().find(token);
}

const std::string& Tokenizer::token(int64_t id) const {
  const std::string* found = parts_->token(id);
  if (found == nullptr)
    throw Error(cat("token id ", id, " is not in the vocabulary"),
                cat("ids are 0 to ", vocab_size() - 1));
  return *found;
}

const std::string& Tokenizer::digest() const {
  return parts_->digest;
}

std::string Tokenizer::describe() const {
  return cat(parts_->model->describe(), ", ", parts_->size(), " tokens, ",
             parts_->added->special_count(), " special");
}

} // namespace residua
