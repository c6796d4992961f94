#pragma once
// A limit on what a tokenizer file can make of a text: components repeated without reason must not
// fill the memory.

#include "engine/error.hpp"

#include <cstddef>

namespace residua {

/// Bytes that a text may have after any step. Steps of real tokenizers at most triple it.
inline constexpr std::size_t kMaxExpanded = std::size_t{1} << 30;

inline void check_growth(std::size_t bytes) {
  if (bytes > kMaxExpanded)
    throw Error(cat("the tokenizer makes more than ", kMaxExpanded, " bytes of the text"),
                "split the text, or check the steps in tokenizer.json");
}

} // namespace residua
