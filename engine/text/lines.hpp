#pragma once
// Text files as lines of checked UTF-8.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

/// Lines of a UTF-8 file without their ends (LF or CRLF) and a byte order mark; element 0 is
/// line 1. Throws Error naming line and byte offset where the file is not UTF-8 or holds a NUL
/// byte.
std::vector<std::string> read_lines(const std::filesystem::path& file);

/// Cells of a line, separated by tabs; an empty line is one empty cell.
std::vector<std::string> split_tabs(std::string_view line);

/// Whether a line holds nothing but spaces and tabs.
bool is_blank(std::string_view line);

} // namespace residua
