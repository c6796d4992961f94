#include "engine/text/lines.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/utf8.hpp"

#include <algorithm>

namespace residua {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// "line 3, byte offset 17", the offset counted from the file's first byte, which is 0.
std::string position(std::string_view content, std::size_t offset) {
  const auto before = content.substr(0, offset);
  return cat("line ", 1 + std::count(before.begin(), before.end(), '\n'), ", byte offset ", offset);
}

void require_text(std::string_view content, const fs::path& file) {
  if (const auto at = utf8::first_invalid(content))
    throw Error(cat(file.string(), ": not UTF-8 at ", position(content, *at)),
                "convert the file, for instance with iconv -t UTF-8");
  if (const auto at = content.find('\0'); at != std::string_view::npos)
    throw Error(cat(file.string(), ": NUL byte at ", position(content, at)),
                "remove it, or save the file as UTF-8 if it is UTF-16");
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

} // namespace

std::vector<std::string> read_lines(const fs::path& file) {
  const std::string content = read_file(file);
  require_text(content, file);
  std::string_view rest = content;
  if (rest.starts_with(kByteOrderMark))
    rest.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> lines;
  while (!rest.empty()) {
    interrupt::poll();
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(without_return(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::vector<std::string> split_tabs(std::string_view line) {
  std::vector<std::string> cells;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t end = std::min(line.find('\t', from), line.size());
    cells.emplace_back(line.substr(from, end - from));
    from = end + 1;
  }
  return cells;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == line.npos;
}

} // namespace residua
