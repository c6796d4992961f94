#include "engine/tokenizer/pattern.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/growth.hpp"

namespace residua::tokenizer {

Pattern Pattern::read(const Field& field) {
  Pattern pattern;
  if (const auto text = field.find("String")) {
    pattern = literal(text->text());
  } else if (const auto expression = field.find("Regex")) {
    try {
      pattern = regex(expression->text());
    } catch (const Error& e) {
      expression->fail(cat("holds the ", e.what()));
    }
  } else {
    field.fail("is neither {\"String\": ...} nor {\"Regex\": ...}", "use one of the two");
  }
  return pattern;
}

Pattern Pattern::literal(std::string_view text) {
  Pattern pattern;
  pattern.literal_ = text;
  return pattern;
}

Pattern Pattern::regex(std::string_view expression) {
  Pattern pattern;
  pattern.regex_ = std::make_shared<const Regex>(expression);
  return pattern;
}

void Pattern::each(std::string_view text, const std::function<void(const Span&)>& visit) const {
  if (regex_)
    return regex_->each(text, visit);
  if (literal_.empty())
    return;
  for (auto at = text.find(literal_); at != text.npos;
       at = text.find(literal_, at + literal_.size()))
    visit({at, at + literal_.size()});
}

std::vector<Span> Pattern::matches(std::string_view text) const {
  std::vector<Span> found;
  each(text, [&](const Span& match) { found.push_back(match); });
  return found;
}

std::string Pattern::replace(std::string_view text, std::string_view content) const {
  std::string replaced;
  replaced.reserve(text.size());
  std::size_t from = 0;
  each(text, [&](const Span& match) {
    check_growth(replaced.size() + (match.begin - from) + content.size() +
                 (text.size() - match.end));
    replaced += text.substr(from, match.begin - from);
    replaced += content;
    from = match.end;
  });
  replaced += text.substr(from);
  return replaced;
}

} // namespace residua::tokenizer
