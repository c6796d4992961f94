#include "engine/text/codes.hpp"

#include "engine/error.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace residua {
namespace {

std::string join(const std::vector<std::string>& codes) {
  std::string result;
  for (const std::string& code : codes)
    result += (result.empty() ? "" : " ") + code;
  return result.empty() ? "none" : result;
}

std::vector<std::string> matching(const std::vector<std::string>& found, const std::string& code,
                                  char separator) {
  if (std::find(found.begin(), found.end(), code) != found.end())
    return {code};
  std::vector<std::string> matches;
  if (separator != '\0')
    std::copy_if(found.begin(), found.end(), std::back_inserter(matches),
                 [&](const std::string& other) { return other.starts_with(code + separator); });
  return matches;
}

Choice choose(const std::vector<std::string>& found, const std::string& code,
              const std::string& where, char separator) {
  const std::vector<std::string> matches = matching(found, code, separator);
  if (matches.empty())
    throw Error(cat(where, ": no language \"", code, "\""), cat("choose from ", join(found)));
  if (matches.size() > 1)
    throw Error(cat(where, ": language \"", code, "\" is ambiguous"),
                cat("choose from ", join(matches)));
  return {code, matches.front()};
}

} // namespace

bool is_code(std::string_view code) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !code.empty() && code.size() <= 40 && std::all_of(code.begin(), code.end(), allowed);
}

std::vector<Choice> choose_languages(const std::vector<std::string>& found,
                                     const std::vector<std::string>& asked,
                                     const std::string& where, char separator) {
  std::vector<Choice> choices;
  if (asked.empty())
    for (const std::string& code : found)
      choices.push_back({code, code});
  std::set<std::string> taken;
  for (const std::string& code : asked) {
    choices.push_back(choose(found, code, where, separator));
    if (!taken.insert(choices.back().found).second)
      throw Error(cat(where, ": language ", choices.back().found, " is asked for twice"),
                  "name it once");
  }
  return choices;
}

} // namespace residua
