#pragma once
// What becomes of the matches when a text is split at a pattern.

#include "engine/tokenizer/regex.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

enum class SplitBehavior {
  kRemoved,            ///< matches are dropped
  kIsolated,           ///< each match is a piece of its own
  kMergedWithPrevious, ///< a match ends the piece before it
  kMergedWithNext,     ///< a match begins the piece after it
  kContiguous,         ///< adjoining matches are one piece
};

/// The behavior of that name in a tokenizer file.
std::optional<SplitBehavior> split_behavior(std::string_view name);

/// The pieces of a text of `size` bytes, in order, empty ones left out. `invert` takes the gaps for
/// the matches.
std::vector<Span> split_spans(const std::vector<Span>& matches, std::size_t size,
                              SplitBehavior behavior, bool invert);

} // namespace residua::tokenizer
