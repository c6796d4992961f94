#include "engine/text/corpus.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/text/codes.hpp"
#include "engine/text/utf8.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace residua {
namespace {

using Positions = std::map<std::string, std::size_t>; // of codes among the languages

Positions positions(const std::string& name, const std::vector<Language>& languages) {
  Positions result;
  for (std::size_t i = 0; i < languages.size(); ++i) {
    const std::string& code = languages[i].code;
    if (!is_code(code))
      throw Error(cat("corpus ", name, ": \"", code, "\" is not a language code"),
                  "use letters, digits, '-' and '_', as in eng or zho-CN");
    if (!result.emplace(code, i).second)
      throw Error(cat("corpus ", name, ": language ", code, " is listed twice"), "list it once");
  }
  return result;
}

void require_valid(const std::string& name, const Text& text, const Positions& known) {
  const std::string what =
      cat("corpus ", name, ": sentence ", text.sentence, " of ", text.language);
  if (!known.contains(text.language))
    throw Error(cat(what, ": the language is not listed"), "list it among the languages");
  if (text.sentence < 1)
    throw Error(cat(what, ": bad number"), "count sentences from 1");
  if (text.content.empty())
    throw Error(cat(what, " is empty"), "leave it out");
  if (const auto at = utf8::first_invalid(text.content))
    throw Error(cat(what, ": not UTF-8 at byte offset ", *at), "convert it to UTF-8");
  if (const auto at = text.content.find('\0'); at != std::string::npos)
    throw Error(cat(what, ": NUL byte at byte offset ", at), "remove it");
}

void sort_texts(std::vector<Text>& texts, const Positions& known) {
  std::sort(texts.begin(), texts.end(), [&](const Text& a, const Text& b) {
    return std::pair(known.at(a.language), a.sentence) <
           std::pair(known.at(b.language), b.sentence);
  });
}

void require_distinct(const std::string& name, const std::vector<Text>& sorted) {
  const auto same = [](const Text& a, const Text& b) {
    return std::tie(a.language, a.sentence) == std::tie(b.language, b.sentence);
  };
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(), same);
  if (twice != sorted.end())
    throw Error(cat("corpus ", name, ": sentence ", twice->sentence, " of ", twice->language,
                    " is there twice"),
                "number the sentences of a language without repeats");
}

void require_inhabited(const std::string& name, const std::vector<Language>& languages,
                       const std::vector<Text>& texts) {
  std::set<std::string_view> inhabited;
  for (const Text& text : texts)
    inhabited.insert(text.language);
  for (const Language& language : languages)
    if (!inhabited.contains(language.code))
      throw Error(cat("corpus ", name, ": language ", language.code, " has no sentence"),
                  "leave it out");
  if (texts.empty())
    throw Error(cat("corpus ", name, ": no sentence"), "give at least one text");
}

std::string digest_of(const std::vector<Language>& languages, const std::vector<Text>& texts) {
  Digest digest;
  digest.add("corpus").add(static_cast<long long>(languages.size()));
  for (const Language& language : languages)
    digest.add(language.code);
  for (const Text& text : texts)
    digest.add(text.language).add(static_cast<long long>(text.sentence)).add(text.content);
  return digest.hex();
}

/// The texts whose sentence is in `sentences`, and the languages that still have one.
Corpus restricted(const Corpus& corpus, const std::set<int64_t>& sentences) {
  std::vector<Text> texts;
  std::set<std::string> left;
  for (const Text& text : corpus.texts()) {
    if (!sentences.contains(text.sentence))
      continue;
    texts.push_back(text);
    left.insert(text.language);
  }
  std::vector<Language> languages = corpus.languages();
  std::erase_if(languages, [&](const Language& language) { return !left.contains(language.code); });
  return Corpus(corpus.name(), std::move(languages), std::move(texts));
}

/// How many languages have each sentence.
std::map<int64_t, std::size_t> coverage(const std::vector<Text>& texts) {
  std::map<int64_t, std::size_t> counts;
  for (const Text& text : texts)
    ++counts[text.sentence];
  return counts;
}

} // namespace

int64_t Text::characters() const {
  return utf8::count(content);
}

Corpus::Corpus(std::string name, std::vector<Language> languages, std::vector<Text> texts)
    : name_(std::move(name)), languages_(std::move(languages)), texts_(std::move(texts)) {
  const Positions known = positions(name_, languages_);
  for (const Text& text : texts_)
    require_valid(name_, text, known);
  sort_texts(texts_, known);
  require_distinct(name_, texts_);
  require_inhabited(name_, languages_, texts_);
  digest_ = digest_of(languages_, texts_);
}

Corpus Corpus::select(const std::vector<std::string>& codes) const {
  if (codes.empty())
    throw Error(cat("corpus ", name_, ": no language selected"), "name at least one");
  const Positions known = positions(name_, languages_);
  std::vector<std::string> there;
  for (const Language& language : languages_)
    there.push_back(language.code);
  std::vector<Language> languages;
  for (const auto& choice : choose_languages(there, codes, cat("corpus ", name_)))
    languages.push_back(languages_[known.at(choice.code)]);
  std::vector<Text> texts;
  const std::set<std::string> wanted(codes.begin(), codes.end());
  std::copy_if(texts_.begin(), texts_.end(), std::back_inserter(texts),
               [&](const Text& text) { return wanted.contains(text.language); });
  return Corpus(name_, std::move(languages), std::move(texts));
}

Corpus Corpus::slice(int64_t first, int64_t last) const {
  const auto counts = coverage(texts_);
  if (first < 1 || last < first || last > static_cast<int64_t>(counts.size()))
    throw Error(cat("corpus ", name_, ": no slice from ", first, " to ", last),
                cat("choose 1 <= first <= last <= ", counts.size()));
  std::set<int64_t> sentences;
  for (auto at = std::next(counts.begin(), first - 1); first <= last; ++first, ++at)
    sentences.insert(at->first);
  return restricted(*this, sentences);
}

Corpus Corpus::aligned() const {
  std::set<int64_t> shared;
  for (const auto& [sentence, languages] : coverage(texts_))
    if (languages == languages_.size())
      shared.insert(sentence);
  if (shared.empty())
    throw Error(cat("corpus ", name_, ": no sentence is there in every language"),
                "select fewer languages");
  return restricted(*this, shared);
}

} // namespace residua
