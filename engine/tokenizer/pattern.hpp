#pragma once
// What a tokenizer file looks for in a text: {"String": ...} or {"Regex": ...}.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/regex.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// A literal string or a regular expression.
class Pattern {
 public:
  static Pattern read(const Field& field);
  static Pattern literal(std::string_view text);
  static Pattern regex(std::string_view expression);

  /// Calls visit(match) for successive matches, which do not overlap; an empty literal matches
  /// nowhere.
  void each(std::string_view text, const std::function<void(const Span&)>& visit) const;
  /// All of them.
  std::vector<Span> matches(std::string_view text) const;
  /// `text` with each match replaced by `content`, literally. Throws Error when it grows beyond
  /// kMaxTextBytes.
  std::string replace(std::string_view text, std::string_view content) const;

 private:
  std::string literal_;
  std::shared_ptr<const Regex> regex_; // null for a literal
};

} // namespace residua::tokenizer
