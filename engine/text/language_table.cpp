// LANGUAGES.tsv: what is known about the languages of a folder.

#include "engine/error.hpp"
#include "engine/text/layouts.hpp"
#include "engine/text/lines.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace residua::layouts {
namespace {

using Field = std::string Language::*;

constexpr std::array<std::pair<std::string_view, Field>, 6> kFields = {{
    {"code", &Language::code},
    {"name", &Language::name},
    {"script", &Language::script},
    {"family", &Language::family},
    {"morphology", &Language::morphology},
    {"resource", &Language::resource},
}};

/// Per column the field that it fills; nothing for columns that are not ours.
std::vector<std::optional<Field>> columns(const std::vector<std::string>& header) {
  std::vector<std::optional<Field>> result;
  for (const std::string& cell : header) {
    const auto known = std::find_if(kFields.begin(), kFields.end(),
                                    [&](const auto& field) { return field.first == cell; });
    result.push_back(known == kFields.end() ? std::nullopt : std::optional(known->second));
  }
  return result;
}

Language by_columns(const std::string& line, const std::vector<std::optional<Field>>& fields) {
  const auto cells = split_tabs(line);
  Language language;
  for (std::size_t i = 0; i < std::min(cells.size(), fields.size()); ++i)
    if (fields[i])
      language.*(*fields[i]) = cells[i];
  return language;
}

/// NTREX: a code, tabs or spaces, a name that may hold spaces.
Language code_and_name(const std::string& line) {
  const auto code = std::min(line.find_first_of(" \t"), line.size());
  const auto name = std::min(line.find_first_not_of(" \t", code), line.size());
  Language language;
  language.code = line.substr(0, code);
  language.name = line.substr(name, line.find_last_not_of(" \t") + 1 - name);
  return language;
}

bool is_header(const std::vector<std::string>& cells) {
  return std::find(cells.begin(), cells.end(), "code") != cells.end();
}

void insert(std::map<std::string, Language>& table, const Language& language,
            const std::string& where) {
  if (!is_code(language.code))
    throw Error(cat(where, ": \"", language.code, "\" is not a language code"),
                "put a code such as eng or zho-CN there");
  if (!table.emplace(language.code, language).second)
    throw Error(cat(where, ": language ", language.code, " is there twice"),
                "remove one of its lines");
}

} // namespace

std::map<std::string, Language> read_language_table(const Path& folder) {
  std::map<std::string, Language> table;
  const Path file = folder / "LANGUAGES.tsv";
  if (std::error_code code; !std::filesystem::exists(file, code))
    return table;
  const auto lines = read_lines(file);
  const auto header = lines.empty() ? std::vector<std::string>{} : split_tabs(lines.front());
  const auto fields = columns(header);
  for (std::size_t i = is_header(header) ? 1 : 0; i < lines.size(); ++i) {
    if (is_blank(lines[i]))
      continue;
    const Language language =
        is_header(header) ? by_columns(lines[i], fields) : code_and_name(lines[i]);
    insert(table, language, cat(file.string(), ": line ", i + 1));
  }
  return table;
}

} // namespace residua::layouts
