#pragma once
// A limit on what a tokenizer file can make of a text: components repeated without reason must not
// fill the memory.

#include "engine/error.hpp"

#include <cstddef>

namespace residua::tokenizer {

// Fuzzing sets less: chains of steps that fill any limit would take most of its time.
#ifndef RESIDUA_MAX_TEXT_BYTES
#define RESIDUA_MAX_TEXT_BYTES (std::size_t{64} << 20)
#endif

/// Bytes that a text may have before and after any step. Steps of real tokenizers at most triple
/// it.
inline constexpr std::size_t kMaxTextBytes = RESIDUA_MAX_TEXT_BYTES;

inline void check_growth(std::size_t bytes) {
  if (bytes > kMaxTextBytes)
    throw Error(cat("the text has, or becomes in tokenizing, more than ", kMaxTextBytes, " bytes"),
                "split the text, or check the steps in tokenizer.json");
}

} // namespace residua::tokenizer
