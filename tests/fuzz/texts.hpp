#pragma once
// Takes a tokenizer that a loader made through a text of many kinds and back.

#include "engine/text/utf8.hpp"
#include "engine/tokenizer/tokenizer.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace residua::fuzz {

inline void round_trip(const Tokenizer& tokenizer) {
  constexpr std::string_view kText = " It's  1,234 na\u00efve\tcafe\u0301s:\n<s>\u4e16\u754c\u200d "
                                     "\U0001F469\u200d\U0001F680 \u0645\u0631\u062d\u0628\u0627 ";
  require(!tokenizer.describe().empty());
  for (const bool special : {true, false}) {
    const auto ids = tokenizer.encode(kText, special);
    for (const int64_t id : ids)
      require(id >= 0 && id < tokenizer.vocab_size());
    require(!utf8::first_invalid(tokenizer.decode(ids, special)));
  }
}

} // namespace residua::fuzz
