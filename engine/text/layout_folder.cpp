// The bundled layout: a folder with one `<code>.txt` per language, one sentence per line.

#include "engine/error.hpp"
#include "engine/text/layouts.hpp"

namespace residua::layouts {
namespace {

constexpr std::string_view kSuffix = ".txt";

/// README.txt and LICENSE.txt may lie beside the texts; codes begin in lower case.
bool is_remark(std::string_view stem) {
  return !stem.empty() && stem[0] >= 'A' && stem[0] <= 'Z';
}

std::map<std::string, Path> files_by_code(const Path& folder) {
  std::map<std::string, Path> files;
  for (const auto& [name, path] : list_files(folder)) {
    if (!name.ends_with(kSuffix))
      continue;
    const std::string stem = name.substr(0, name.size() - kSuffix.size());
    if (is_remark(stem))
      continue;
    if (!is_code(stem))
      throw Error(cat(path.string(), ": \"", stem, "\" is not a language code"),
                  "name the file <code>.txt, or move it elsewhere");
    files.emplace(stem, path);
  }
  return files;
}

} // namespace

Content load_folder(const Path& folder, const Codes& asked) {
  const auto files = files_by_code(folder);
  if (files.empty())
    throw Error(
        cat(folder.string(), ": no texts in a known layout"),
        "put <code>.txt files there, NTREX's newstest2019-*.txt, FLORES's *.dev or *.devtest, "
        "or name a .jsonl or .tsv file");
  Codes found;
  for (const auto& [code, path] : files)
    found.push_back(code);
  const auto table = read_language_table(folder);
  Content content;
  for (const Choice& choice : choose_languages(found, asked, folder.string())) {
    content.languages.push_back(describe(table, choice));
    append_lines(content, files.at(choice.found), choice.code);
  }
  return content;
}

} // namespace residua::layouts
