#pragma once
// Corpora and languages as one line of text, to compare at a glance.

#include "engine/error.hpp"
#include "engine/text/corpus.hpp"

namespace residua {

/// "eng 1 One.|eng 2 Two.|"
inline std::string text_of(const Corpus& corpus) {
  std::string result;
  for (const Text& text : corpus.texts())
    result += cat(text.language, " ", text.sentence, " ", text.content, "|");
  return result;
}

/// "eng,English,Latin,Germanic,analytic,high"
inline std::string describe(const Language& language) {
  return cat(language.code, ",", language.name, ",", language.script, ",", language.family, ",",
             language.morphology, ",", language.resource);
}

} // namespace residua
