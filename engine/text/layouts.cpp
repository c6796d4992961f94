// What the layouts share: files, lines as sentences, languages described.

#include "engine/text/layouts.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/lines.hpp"

#include <utility>

namespace residua::layouts {

namespace fs = std::filesystem;

std::map<std::string, Path> list_files(const Path& folder) {
  std::map<std::string, Path> files;
  std::error_code code;
  if (!fs::is_directory(folder, code))
    return files;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::error_code unreadable;
    const std::string name = at->path().filename().string();
    if (!name.starts_with('.') && at->is_regular_file(unreadable))
      files.emplace(name, at->path());
  }
  if (code)
    throw Error(cat(folder.string(), ": cannot be listed: ", code.message()),
                "check its permissions");
  return files;
}

void append_lines(Content& content, const Path& file, const std::string& code, int64_t offset) {
  const std::size_t before = content.texts.size();
  int64_t sentence = offset;
  for (std::string& line : read_lines(file)) {
    interrupt::poll();
    ++sentence;
    if (!is_blank(line))
      content.texts.push_back({code, sentence, std::move(line)});
  }
  if (content.texts.size() == before)
    throw Error(cat(file.string(), ": no sentence"),
                "write one sentence per line, or remove the file");
}

Language describe(const std::map<std::string, Language>& table, const Choice& choice) {
  auto entry = table.find(choice.found);
  if (entry == table.end())
    entry = table.find(choice.code);
  Language language = entry == table.end() ? Language{} : entry->second;
  language.code = choice.code;
  return language;
}

} // namespace residua::layouts
