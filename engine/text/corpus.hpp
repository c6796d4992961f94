#pragma once
// Parallel texts in many languages: every text knows its language and its sentence.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace residua {

/// What is known about a language; empty fields are unknown.
struct Language {
  std::string code;       ///< as the corpus names it, "eng": letters, digits, '-' and '_'
  std::string name;       ///< "English"
  std::string script;     ///< "Latin"
  std::string family;     ///< "Germanic"
  std::string morphology; ///< "analytic", "fusional", "agglutinative", "introflexive"
  std::string resource;   ///< "high", "mid", "low"
};

/// One sentence in one language. The same `sentence` number in two languages is the same content.
struct Text {
  std::string language; ///< code
  int64_t sentence = 0; ///< from 1, as in the files' lines
  std::string content;  ///< valid UTF-8, not empty
  int64_t bytes() const { return static_cast<int64_t>(content.size()); }
  int64_t characters() const; ///< code points
};

/// An immutable sequence of texts, ordered by language (as in `languages`) and then by sentence.
/// Every language has at least one text, and a language has a sentence at most once.
class Corpus {
 public:
  /// Sorts the texts. Throws Error when they break a rule of `Language`, `Text` or `Corpus`.
  Corpus(std::string name, std::vector<Language> languages, std::vector<Text> texts);

  const std::string& name() const { return name_; }
  const std::vector<Language>& languages() const { return languages_; }
  const std::vector<Text>& texts() const { return texts_; }
  /// Of the languages' codes, the sentences and their contents.
  const std::string& digest() const { return digest_; }

  /// The languages named, in this order. Throws Error listing what there is when one is missing.
  Corpus select(const std::vector<std::string>& codes) const;
  /// Sentences by position among the corpus's sorted distinct sentence numbers, `first` to `last`
  /// from 1, inclusive. Languages that have none of them are left out.
  Corpus slice(int64_t first, int64_t last) const;
  /// Sentences that every language has, so that each can be paired. Throws Error when none is.
  Corpus aligned() const;

 private:
  std::string name_;
  std::vector<Language> languages_;
  std::vector<Text> texts_;
  std::string digest_;
};

/// Loads texts from a path. Layouts, recognised by what is there:
///  - folder with `<code>.txt`, one sentence per line (and LANGUAGES.tsv): the bundled layout
///  - NTREX: `newstest2019-src.<code>.txt`, `newstest2019-ref.<code>.txt`
///  - FLORES: `<code>.dev`, `<code>.devtest`, flat or in folders `dev/` and `devtest/`; where both
///    are there, line i of devtest is sentence 1000 + i
///  - `.jsonl`: objects {"language": ..., "text": ..., "sentence": optional number}
///  - `.tsv`: header line of language codes, one column per language
/// A sentence's number is its line (its row below the header in a `.tsv`); an empty line or cell,
/// or a line missing at a file's end, is a sentence that the language lacks. Only `codes` are read
/// if not empty, in this order; NTREX's `zho-CN` and FLORES's `eng_Latn` answer to `zho` and `eng`
/// where nothing else does, and are then named so.
/// Throws Error with path, line or byte offset, and remedy.
Corpus load_corpus(const std::filesystem::path& path, const std::vector<std::string>& codes = {});

} // namespace residua
