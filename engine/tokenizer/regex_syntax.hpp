#pragma once
// From the regular expressions of tokenizer files, which are Oniguruma's, to the same ones for
// PCRE2.

#include <string>
#include <string_view>

namespace residua::tokenizer {

/// Members of a class: word characters as Unicode's report on regular expressions (UTS 18) has
/// them.
inline constexpr std::string_view kWordCharacters =
    R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200C}\x{200D})";

/// `pattern` in PCRE2's syntax, for the options UTF, UCP and MULTILINE. Where the two differ the
/// pattern is rewritten (`\s`, `\w`, classes within classes) or refused: Error that says "regex ...
/// at offset N".
std::string to_pcre2(std::string_view pattern);

} // namespace residua::tokenizer
