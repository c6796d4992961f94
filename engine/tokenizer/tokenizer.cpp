#include "engine/tokenizer/tokenizer.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/added_tokens.hpp"
#include "engine/tokenizer/decoder.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/model.hpp"
#include "engine/tokenizer/normalizer.hpp"
#include "engine/tokenizer/postprocessor.hpp"
#include "engine/tokenizer/pretokenizer.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace residua {

using namespace tokenizer;

static constexpr std::size_t kMaxFileBytes = std::size_t{128} << 20;

struct Tokenizer::Parts {
  std::unique_ptr<const Normalizer> normalizer;     // may be null
  std::unique_ptr<const PreTokenizer> pretokenizer; // may be null
  std::unique_ptr<const Model> model;
  std::unique_ptr<const AddedTokens> added;
  Frame frame;
  std::unique_ptr<const Decoder> decoder; // may be null
  std::string digest;
  std::string description;

  const std::string* token(int64_t id) const {
    const std::string* found = added->vocabulary().token(id);
    return found != nullptr ? found : model->vocabulary().token(id);
  }
  int64_t size() const { return std::max(added->vocabulary().size(), model->vocabulary().size()); }

  void encode_words(std::string_view text, std::vector<int64_t>& ids) const;
  void encode_normalized(std::string_view text, std::vector<int64_t>& ids) const;
  void encode_given(std::string_view text, std::vector<int64_t>& ids) const;
};

/// `text` without added tokens in it.
void Tokenizer::Parts::encode_words(std::string_view text, std::vector<int64_t>& ids) const {
  std::vector<std::string> words;
  if (pretokenizer)
    pretokenizer->split(std::string(text), words);
  else
    words.emplace_back(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    model->encode(words[i], ids);
    if (i % 1024 == 1023)
      interrupt::poll();
  }
}

/// `text` with only normalized added tokens in it.
void Tokenizer::Parts::encode_normalized(std::string_view text, std::vector<int64_t>& ids) const {
  const std::string normalized =
      normalizer ? normalizer->normalize(std::string(text)) : std::string(text);
  for (const Part& part : added->split_normalized(normalized)) {
    if (part.id)
      ids.push_back(*part.id);
    else
      encode_words(part.text, ids);
  }
}

void Tokenizer::Parts::encode_given(std::string_view text, std::vector<int64_t>& ids) const {
  for (const Part& part : added->split_given(text)) {
    if (part.id)
      ids.push_back(*part.id);
    else
      encode_normalized(part.text, ids);
  }
}

Tokenizer::Tokenizer(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
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
  auto parts = std::make_unique<Parts>();
  parts->normalizer = make_normalizer(part("normalizer"));
  parts->pretokenizer = make_pretokenizer(part("pre_tokenizer"));
  parts->model = make_model(document.at("model"));
  parts->added = std::make_unique<AddedTokens>(part("added_tokens"), parts->model->vocabulary(),
                                               parts->normalizer.get());
  const auto known = [&](int64_t id) { return parts->token(id) != nullptr; };
  parts->frame = read_postprocessor(part("post_processor"), known);
  parts->decoder = make_decoder(part("decoder"));
  parts->digest = Digest().add("tokenizer").add(content.dump()).hex();
  parts->description = cat(parts->model->describe(), ", ", parts->size(), " tokens, ",
                           parts->added->special_count(), " special");
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
  parts_->encode_given(text, ids);
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
  tokens.reserve(ids.size());
  for (const int64_t id : ids)
    if (const std::string& stored = token(id); !skip_special || !parts_->added->is_special(id))
      tokens.push_back(stored);
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
  return parts_->description;
}

} // namespace residua
