// JSON lines: one object per line, {"language": "eng", "text": "...", "sentence": 1}; without
// "sentence" it is the language's previous one plus 1.

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/layouts.hpp"
#include "engine/text/lines.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace residua::layouts {
namespace {

using Json = nlohmann::json;

constexpr int kDepth = 32; // nested deeper, an object could use up the memory
constexpr auto kRemedy =
    R"(write one object per line: {"language": "eng", "text": "...", "sentence": 1})";

Json parse(const std::string& line, const std::string& where) {
  const auto shallow = [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > kDepth)
      throw Error(cat(where, ": not JSON of fewer than ", kDepth, " levels"), kRemedy);
    return true;
  };
  Json object;
  try {
    object = Json::parse(line, shallow);
  } catch (const Json::parse_error& error) {
    throw Error(cat(where, ": not JSON at byte ", error.byte, " of the line"), kRemedy);
  } catch (const Json::exception&) { // a number out of range
    throw Error(cat(where, ": not JSON"), kRemedy);
  }
  if (!object.is_object())
    throw Error(cat(where, ": not a JSON object"), kRemedy);
  return object;
}

std::string string_field(const Json& object, const char* key, const std::string& where) {
  const auto field = object.find(key);
  if (field == object.end() || !field->is_string() || field->get_ref<const std::string&>().empty())
    throw Error(cat(where, ": \"", key, "\" is not a string with content"), kRemedy);
  return field->get<std::string>();
}

int64_t sentence_field(const Json& object, int64_t previous, const std::string& where) {
  const auto field = object.find("sentence");
  const uint64_t largest = uint64_t{1} << 53; // what every JSON reader keeps exact
  if (field == object.end())
    return previous + 1;
  if (!field->is_number_unsigned() || field->get<uint64_t>() < 1 ||
      field->get<uint64_t>() > largest)
    throw Error(cat(where, ": \"sentence\" is not a whole number from 1"), kRemedy);
  return field->get<int64_t>();
}

/// The file read so far.
struct Progress {
  std::vector<Text> texts;
  Codes codes;                                                  // in order of appearance
  std::map<std::string, int64_t> last;                          // sentence, by language
  std::map<std::pair<std::string, int64_t>, std::size_t> lines; // of (language, sentence)
};

Text read_text(const std::string& line, const std::string& where, Progress& progress) {
  const Json object = parse(line, where);
  Text text;
  text.language = string_field(object, "language", where);
  text.content = string_field(object, "text", where);
  if (!is_code(text.language))
    throw Error(cat(where, ": \"language\" is not a language code"),
                "use a code such as eng or zho-CN");
  if (text.content.find('\0') != std::string::npos)
    throw Error(cat(where, ": NUL character in \"text\""), "remove it");
  const auto [last, fresh] = progress.last.emplace(text.language, 0);
  if (fresh)
    progress.codes.push_back(text.language);
  text.sentence = last->second = sentence_field(object, last->second, where);
  return text;
}

void append_text(Progress& progress, Text text, const std::string& where, std::size_t line) {
  const auto [seen, fresh] = progress.lines.emplace(std::pair(text.language, text.sentence), line);
  if (!fresh)
    throw Error(cat(where, ": sentence ", text.sentence, " of ", text.language, " is on line ",
                    seen->second, " too"),
                "give each sentence of a language its own number");
  progress.texts.push_back(std::move(text));
}

Progress read_texts(const Path& file) {
  Progress progress;
  const auto lines = read_lines(file);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    interrupt::poll();
    const std::string where = cat(file.string(), ": line ", i + 1);
    if (!is_blank(lines[i]))
      append_text(progress, read_text(lines[i], where, progress), where, i + 1);
  }
  return progress;
}

} // namespace

Content load_jsonl(const Path& file, const Codes& asked) {
  Progress progress = read_texts(file);
  if (progress.texts.empty())
    throw Error(cat(file.string(), ": no sentence"), kRemedy);
  Content content;
  std::set<std::string> wanted;
  for (const Choice& choice : choose_languages(progress.codes, asked, file.string())) {
    content.languages.push_back(describe({}, choice));
    wanted.insert(choice.code);
  }
  for (Text& text : progress.texts)
    if (wanted.contains(text.language))
      content.texts.push_back(std::move(text));
  return content;
}

} // namespace residua::layouts
