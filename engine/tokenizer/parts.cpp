#include "engine/tokenizer/parts.hpp"

#include "engine/interrupt.hpp"

#include <algorithm>

namespace residua::tokenizer {

const std::string* TokenizerParts::token(int64_t id) const {
  const std::string* found = added->vocabulary().token(id);
  return found != nullptr ? found : model->vocabulary().token(id);
}

int64_t TokenizerParts::size() const {
  return std::max(added->vocabulary().size(), model->vocabulary().size());
}

void TokenizerParts::encode(std::string_view text, std::vector<int64_t>& ids) const {
  for (const Part& part : added->split_given(text)) {
    if (part.id)
      ids.push_back(*part.id);
    else
      encode_given(part.text, part.text.data() == text.data(), ids);
  }
}

/// `part` is text as it was given, with normalized added tokens in it.
void TokenizerParts::encode_given(std::string_view part, bool first,
                                  std::vector<int64_t>& ids) const {
  const std::string text =
      normalizer ? normalizer->normalize(std::string(part)) : std::string(part);
  for (const Part& inner : added->split_normalized(text)) {
    if (inner.id)
      ids.push_back(*inner.id);
    else
      encode_normalized(inner.text, first && inner.text.data() == text.data(), ids);
  }
}

/// `part` has no added tokens in it.
void TokenizerParts::encode_normalized(std::string_view part, bool first,
                                       std::vector<int64_t>& ids) const {
  std::vector<Word> words;
  if (pretokenizer)
    pretokenizer->split({std::string(part), first}, words);
  else
    words.push_back({std::string(part), first});
  for (std::size_t i = 0; i < words.size(); ++i) {
    model->encode(words[i].text, ids);
    if (i % 1024 == 1023)
      interrupt::poll();
  }
}

} // namespace residua::tokenizer
