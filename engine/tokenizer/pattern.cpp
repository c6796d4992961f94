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

std::vector<Span> Pattern::matches(std::string_view text) const {
  if (regex_)
    return regex_->matches(text);
  std::vector<Span> found;
  if (literal_.empty())
    return found;
  for (auto at = text.find(literal_); at != text.npos;
       at = text.find(literal_, at + literal_.size()))
    found.push_back({at, at + literal_.size()});
  return found;
}

std::string Pattern::replace(std::string_view text, std::string_view content) const {
  const std::vector<Span> found = matches(text);
  check_growth(content.size());
  check_growth(text.size() + found.size() * content.size());
  std::string replaced;
  replaced.reserve(text.size() + found.size() * content.size());
  std::size_t from = 0;
  for (const Span& span : found) {
    replaced += text.substr(from, span.begin - from);
    replaced += content;
    from = span.end;
  }
  replaced += text.substr(from);
  return replaced;
}

} // namespace residua::tokenizer
