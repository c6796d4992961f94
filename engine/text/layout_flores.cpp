// FLORES-101 and FLORES-200 (NLLB Team 2022): `<code>.dev` (997 lines) and `<code>.devtest` (1012
// lines), flat or in folders named dev and devtest. Codes of FLORES-200 end in the ISO 15924 name
// of the script: eng_Latn.

#include "engine/error.hpp"
#include "engine/text/layouts.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace residua::layouts {
namespace {

// Fixed, so that the choice of languages cannot change a sentence's number.
constexpr int64_t kDevtestOffset = 1000;

constexpr std::array<std::pair<std::string_view, std::string_view>, 29> kScripts = {{
    {"Arab", "Arabic"},     {"Armn", "Armenian"}, {"Beng", "Bengali"},  {"Cyrl", "Cyrillic"},
    {"Deva", "Devanagari"}, {"Ethi", "Ethiopic"}, {"Geor", "Georgian"}, {"Grek", "Greek"},
    {"Gujr", "Gujarati"},   {"Guru", "Gurmukhi"}, {"Hang", "Hangul"},   {"Hans", "Han"},
    {"Hant", "Han"},        {"Hebr", "Hebrew"},   {"Jpan", "Japanese"}, {"Khmr", "Khmer"},
    {"Knda", "Kannada"},    {"Laoo", "Lao"},      {"Latn", "Latin"},    {"Mlym", "Malayalam"},
    {"Mymr", "Myanmar"},    {"Olck", "Ol Chiki"}, {"Orya", "Oriya"},    {"Sinh", "Sinhala"},
    {"Taml", "Tamil"},      {"Telu", "Telugu"},   {"Tfng", "Tifinagh"}, {"Thai", "Thai"},
    {"Tibt", "Tibetan"},
}};

using Files = std::map<std::string, Path>; // by code

/// Files of one split ("dev"), in the folder itself or in one named as the split.
Files files_of(const Path& folder, const std::string& split) {
  const std::string suffix = "." + split;
  Files files;
  for (const Path& place : {folder, folder / split})
    for (const auto& [name, path] : list_files(place)) {
      if (!name.ends_with(suffix) || name.size() == suffix.size())
        continue;
      if (!files.emplace(name.substr(0, name.size() - suffix.size()), path).second)
        throw Error(cat(path.string(), ": also there in ", folder.string()),
                    "remove one of the two files");
    }
  return files;
}

Codes codes_of(const Files& dev, const Files& devtest) {
  std::set<std::string> codes;
  for (const Files* files : {&dev, &devtest})
    for (const auto& [code, path] : *files)
      codes.insert(code);
  return Codes(codes.begin(), codes.end());
}

Language with_script(Language language, const std::string& found) {
  const auto tag = found.substr(std::min(found.size(), found.find('_') + 1));
  for (const auto& [iso, name] : kScripts)
    if (language.script.empty() && found != tag && iso == tag)
      language.script = name;
  return language;
}

void append_dev(Content& content, const Path& file, const std::string& code, bool devtest_follows) {
  append_lines(content, file, code);
  if (devtest_follows && content.texts.back().sentence > kDevtestOffset)
    throw Error(
        cat(file.string(), ": more than ", kDevtestOffset, " lines, so that devtest would overlap"),
        "name the dev and the devtest folder one at a time");
}

} // namespace

bool is_flores(const Path& folder) {
  return !files_of(folder, "dev").empty() || !files_of(folder, "devtest").empty();
}

Content load_flores(const Path& folder, const Codes& asked) {
  const Files dev = files_of(folder, "dev");
  const Files devtest = files_of(folder, "devtest");
  const auto table = read_language_table(folder);
  Content content;
  for (const Choice& choice :
       choose_languages(codes_of(dev, devtest), asked, folder.string(), '_')) {
    content.languages.push_back(with_script(describe(table, choice), choice.found));
    if (const auto file = dev.find(choice.found); file != dev.end())
      append_dev(content, file->second, choice.code, !devtest.empty());
    if (const auto file = devtest.find(choice.found); file != devtest.end())
      append_lines(content, file->second, choice.code, dev.empty() ? 0 : kDevtestOffset);
  }
  return content;
}

} // namespace residua::layouts
