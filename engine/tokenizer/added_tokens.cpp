#include "engine/tokenizer/added_tokens.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/regex_syntax.hpp"

#include <algorithm>

namespace residua::tokenizer {

// They bound the work per byte of text, and the memory of the matchers. The longest in use are runs
// of 80 signs, and all of a file together some 100 kB.
static constexpr std::size_t kMaxContent = 1024;
static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

static void check_content(const Field& field, std::size_t bytes) {
  if (bytes > kMaxContent)
    field.fail(cat("has ", bytes, " bytes"), cat("at most ", kMaxContent, " are supported"));
}

static AddedToken read_token(const Field& field) {
  AddedToken token;
  token.content = field.at("content").text();
  token.id = field.at("id").integer(0, kMaxTokenId);
  token.special = field.flag_or("special", false);
  token.normalized = field.flag_or("normalized", !token.special);
  token.lstrip = field.flag_or("lstrip", false);
  token.rstrip = field.flag_or("rstrip", false);
  token.single_word = field.flag_or("single_word", false);
  check_content(field, token.content.size());
  return token;
}

AddedTokens::AddedTokens(const Field& field, const Vocabulary& model,
                         const Normalizer* normalizer) {
  if (field.is_null())
    return;
  for (const Field& element : field.elements())
    add(element, read_token(element), model, normalizer);
}

/// What is looked for in texts to find the token.
static std::string sought(const Field& field, const AddedToken& token,
                          const Normalizer* normalizer) {
  if (!token.normalized || normalizer == nullptr || token.content.empty())
    return token.content;
  std::string content = normalizer->normalize(token.content);
  check_content(field, content.size());
  return content;
}

void AddedTokens::add(const Field& field, AddedToken token, const Vocabulary& model,
                      const Normalizer* normalizer) {
  const auto in_model = model.find(token.content);
  const std::string* named = model.token(token.id);
  if ((in_model && *in_model != token.id) || (named != nullptr && *named != token.content))
    field.fail(cat("gives ", shown(token.content), " the id ", token.id, ", but model.vocab has ",
                   in_model ? cat("the id ", *in_model, " for it") : cat(shown(*named), " there")),
               "ids must be distinct");
  if (!vocabulary_.add(token.content, static_cast<int32_t>(token.id)))
    field.fail(cat("repeats the token ", shown(token.content), " or its id ", token.id),
               "list each once");
  if (token.single_word && !word_character_)
    word_character_ = std::make_unique<Regex>(cat("[", kWordCharacters, "]"));
  const std::string content = sought(field, token, normalizer);
  (token.normalized ? normalized_ : given_).add(content, token.id);
  sought_bytes_ += content.size();
  if (sought_bytes_ > kMaxBytes)
    field.fail(cat("makes the added tokens longer than ", kMaxBytes, " bytes together"),
               "leave some out");
  tokens_.emplace(token.id, std::move(token));
}

bool AddedTokens::is_special(int64_t id) const {
  const auto found = tokens_.find(id);
  return found != tokens_.end() && found->second.special;
}

int64_t AddedTokens::special_count() const {
  return std::count_if(tokens_.begin(), tokens_.end(),
                       [](const auto& entry) { return entry.second.special; });
}

// Whether neither neighbour of the span is a word character.
bool AddedTokens::single(std::string_view text, Span span) const {
  const auto is_word = [&](std::size_t at) {
    const auto size = code_points::length(static_cast<unsigned char>(text[at]));
    return !word_character_->matches(text.substr(at, size)).empty();
  };
  const bool before = span.begin > 0 && is_word(code_points::last(text.substr(0, span.begin)));
  return !before && !(span.end < text.size() && is_word(span.end));
}

std::vector<Part> AddedTokens::split(std::string_view text, const TokenMatcher& matcher) const {
  std::vector<Part> parts;
  std::size_t from = 0;
  for (auto [span, id] : matcher.matches(text)) {
    const AddedToken& token = tokens_.at(id);
    if (token.single_word && !single(text, span))
      continue;
    if (token.lstrip)
      span.begin = span.begin <= from
                       ? from
                       : from + code_points::space_before(text.substr(from), span.begin - from);
    if (token.rstrip) // up to `from` may be white space that the token before took
      span.end = span.end <= from ? from : code_points::space_behind(text, span.end);
    if (from < span.begin)
      parts.push_back({text.substr(from, span.begin - from), std::nullopt});
    parts.push_back({text.substr(span.begin, span.end - span.begin), id});
    from = span.end;
  }
  if (from < text.size())
    parts.push_back({text.substr(from), std::nullopt});
  return parts;
}

} // namespace residua::tokenizer
