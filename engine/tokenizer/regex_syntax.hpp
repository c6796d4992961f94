#pragma once
// From the regular expressions of tokenizer files, which are Oniguruma's, to the same ones for
// PCRE2.

#include <string>
#include <string_view>

namespace residua::tokenizer {

/// `pattern` in PCRE2's syntax, for the options UTF, UCP and MULTILINE. Where the two differ the
/// pattern is rewritten
/// (`\s`, `\w`, classes within classes) or refused; throws Error that says "regex ... at offset N".
std::string to_pcre2(std::string_view pattern);

} // namespace residua::tokenizer
