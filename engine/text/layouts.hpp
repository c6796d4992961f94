#pragma once
// The layouts in which corpora lie on disk, one function per layout, and what these share.

#include "engine/text/codes.hpp"
#include "engine/text/corpus.hpp"

namespace residua::layouts {

/// What a layout yields; a Corpus checks the rest.
struct Content {
  std::vector<Language> languages;
  std::vector<Text> texts;
};

using Path = std::filesystem::path;
using Codes = std::vector<std::string>;

Content load_folder(const Path& folder, const Codes& asked);
Content load_ntrex(const Path& folder, const Codes& asked);
Content load_flores(const Path& folder, const Codes& asked);
Content load_jsonl(const Path& file, const Codes& asked);
Content load_tsv(const Path& file, const Codes& asked);

bool is_ntrex(const Path& folder);
bool is_flores(const Path& folder);

/// Files of a folder that are not hidden, or nothing if it is no folder: file name to path.
std::map<std::string, Path> list_files(const Path& folder);

/// Appends a file's lines as sentences offset + 1, ...; throws Error when all are empty.
void append_lines(Content& content, const Path& file, const std::string& code, int64_t offset = 0);

/// Languages by code from `LANGUAGES.tsv` in `folder`: a header line that names the columns (code
/// name script family morphology resource, in any order), or NTREX's own lines of code and name.
/// Empty where there is no such file.
std::map<std::string, Language> read_language_table(const Path& folder);

/// The table's entry for what the layout found, else for the code given, else a language of which
/// nothing is known.
Language describe(const std::map<std::string, Language>& table, const Choice& choice);

} // namespace residua::layouts
