#pragma once
// Unicode's algorithms on valid UTF-8, through ICU.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer::unicode {

enum class Form { kNfc, kNfd, kNfkc, kNfkd };

/// `text` in a normalization form (UAX 15). At most n log n time, whatever the text.
std::string normalize(std::string_view text, Form form);

/// Each code point in its full lower case, whatever its neighbors, as Rust's char::to_lowercase.
std::string lowercase(std::string_view text);

/// Whether `point` is a mark (general category Mn, Mc or Me).
bool is_mark(char32_t point);

/// Where the extended grapheme clusters (UAX 29) of `text` end, in bytes.
std::vector<std::size_t> cluster_ends(std::string_view text);

} // namespace residua::tokenizer::unicode
