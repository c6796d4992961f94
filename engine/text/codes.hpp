#pragma once
// Language codes: which are well-formed, and which are meant.

#include <string>
#include <string_view>
#include <vector>

namespace residua {

/// Whether `code` can name a language: 1 to 40 letters, digits, '-' and '_'.
bool is_code(std::string_view code);

/// A language that was chosen: the code that it gets, and the code that the corpus has for it.
struct Choice {
  std::string code;
  std::string found;
};

/// The languages asked for, in this order, or all of `found` in theirs if none is. Where
/// `separator` is given, a code also names the only language whose own code begins with it up to
/// that character. Throws Error listing the choice.
std::vector<Choice> choose_languages(const std::vector<std::string>& found,
                                     const std::vector<std::string>& asked,
                                     const std::string& where, char separator = '\0');

} // namespace residua
