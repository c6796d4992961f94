// NTREX-128 (Federmann, Kocmi, Xin 2022): `newstest2019-src.eng.txt` and
// `newstest2019-ref.<code>.txt`, line i of each being the same sentence. The repository keeps them
// in a folder NTREX-128 beside LANGUAGES.tsv.

#include "engine/error.hpp"
#include "engine/text/layouts.hpp"

namespace residua::layouts {
namespace {

constexpr std::string_view kSource = "newstest2019-src.";
constexpr std::string_view kReference = "newstest2019-ref.";
constexpr std::string_view kSuffix = ".txt";

bool is_member(std::string_view name) {
  return (name.starts_with(kSource) || name.starts_with(kReference)) && name.ends_with(kSuffix) &&
         name.size() > kSource.size() + kSuffix.size();
}

std::map<std::string, Path> files_by_code(const Path& folder) {
  std::map<std::string, Path> files;
  for (const auto& [name, path] : list_files(folder)) {
    if (!is_member(name))
      continue;
    const std::string code =
        name.substr(kSource.size(), name.size() - kSource.size() - kSuffix.size());
    if (!files.emplace(code, path).second)
      throw Error(cat(path.string(), ": language ", code, " is there as source and as reference"),
                  "remove one of the two files");
  }
  return files;
}

/// The folder that holds the texts: the one named, or NTREX-128 inside it.
Path text_folder(const Path& folder) {
  for (const auto& [name, path] : list_files(folder))
    if (is_member(name))
      return folder;
  return folder / "NTREX-128";
}

std::map<std::string, Language> find_table(const Path& folder) {
  auto table = read_language_table(folder);
  return table.empty() ? read_language_table(folder / "..") : table;
}

} // namespace

bool is_ntrex(const Path& folder) {
  for (const auto& [name, path] : list_files(text_folder(folder)))
    if (is_member(name))
      return true;
  return false;
}

Content load_ntrex(const Path& folder, const Codes& asked) {
  const Path texts = text_folder(folder);
  const auto files = files_by_code(texts);
  Codes found;
  for (const auto& [code, path] : files)
    found.push_back(code);
  const auto table = find_table(texts);
  Content content;
  for (const Choice& choice : choose_languages(found, asked, folder.string(), '-')) {
    content.languages.push_back(describe(table, choice));
    append_lines(content, files.at(choice.found), choice.code);
  }
  return content;
}

} // namespace residua::layouts
