// A table of sentences: a header line of language codes, then one row per sentence with a cell per
// language. Cells are separated by tabs and not quoted; an empty cell is a sentence that the
// language lacks.

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/layouts.hpp"
#include "engine/text/lines.hpp"

#include <set>
#include <utility>

namespace residua::layouts {
namespace {

Codes read_header(const std::vector<std::string>& lines, const Path& file) {
  const Codes header = lines.empty() ? Codes{} : split_tabs(lines.front());
  std::set<std::string> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!is_code(header[i]))
      throw Error(cat(file.string(), ": line 1: column ", i + 1, " is not a language code"),
                  "begin the file with a line of codes such as eng, separated by tabs");
    if (!seen.insert(header[i]).second)
      throw Error(cat(file.string(), ": line 1: language ", header[i], " is there twice"),
                  "remove one of its columns");
  }
  return header;
}

void require_width(std::size_t cells, std::size_t columns, const std::string& where) {
  if (cells != columns)
    throw Error(cat(where, ": ", cells, " cells where the header has ", columns),
                "separate cells by tabs, and leave the cell of a missing sentence empty");
}

void require_sentences(const std::set<std::string>& inhabited, const std::set<std::string>& wanted,
                       const Path& file) {
  for (const std::string& code : wanted)
    if (!inhabited.contains(code))
      throw Error(cat(file.string(), ": no sentence in column ", code),
                  "fill the column or remove it");
}

} // namespace

Content load_tsv(const Path& file, const Codes& asked) {
  const auto lines = read_lines(file);
  const Codes header = read_header(lines, file);
  if (header.empty())
    throw Error(cat(file.string(), ": no sentence"),
                "begin the file with a line of language codes");
  Content content;
  std::set<std::string> wanted, inhabited;
  for (const Choice& choice : choose_languages(header, asked, file.string())) {
    content.languages.push_back(describe({}, choice));
    wanted.insert(choice.code);
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    interrupt::poll();
    if (is_blank(lines[i]))
      continue;
    auto cells = split_tabs(lines[i]);
    require_width(cells.size(), header.size(), cat(file.string(), ": line ", i + 1));
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (is_blank(cells[column]) || !wanted.contains(header[column]))
        continue;
      inhabited.insert(header[column]);
      content.texts.push_back({header[column], static_cast<int64_t>(i), std::move(cells[column])});
    }
  }
  require_sentences(inhabited, wanted, file);
  return content;
}

} // namespace residua::layouts
