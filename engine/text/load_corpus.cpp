// Recognises a corpus's layout by what lies at the path.

#include "engine/error.hpp"
#include "engine/text/layouts.hpp"

#include <utility>

namespace residua {

namespace fs = std::filesystem;

namespace {

layouts::Content load_file(const fs::path& file, const std::vector<std::string>& codes) {
  if (file.extension() == ".jsonl")
    return layouts::load_jsonl(file, codes);
  if (file.extension() == ".tsv")
    return layouts::load_tsv(file, codes);
  throw Error(cat(file.string(), ": not a known layout of texts"),
              "name a .jsonl or .tsv file, or a folder");
}

layouts::Content load_directory(const fs::path& folder, const std::vector<std::string>& codes) {
  if (layouts::is_ntrex(folder))
    return layouts::load_ntrex(folder, codes);
  if (layouts::is_flores(folder))
    return layouts::load_flores(folder, codes);
  return layouts::load_folder(folder, codes);
}

/// The last part of the path, without the extension of a file: also of "texts/" and ".".
std::string name_of(const fs::path& path, bool folder) {
  std::error_code code;
  const fs::path full = fs::canonical(path, code);
  const fs::path named = code ? path : full;
  return (folder ? named.filename() : named.stem()).string();
}

} // namespace

Corpus load_corpus(const fs::path& path, const std::vector<std::string>& codes) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status))
    throw Error(cat(path.string(), ": no such file or folder"), "check the path");
  const bool folder = fs::is_directory(status);
  auto content = folder ? load_directory(path, codes) : load_file(path, codes);
  return Corpus(name_of(path, folder), std::move(content.languages), std::move(content.texts));
}

} // namespace residua
