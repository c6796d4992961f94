#include "engine/tokenizer/split_behavior.hpp"

#include <utility>

namespace residua::tokenizer {

namespace {

/// Whether a segment belongs to the piece of the segment before it. Segments are matches and the
/// gaps between them; `before` and `match` say which of them are matches.
bool joins(SplitBehavior behavior, bool before, bool match) {
  switch (behavior) {
    case SplitBehavior::kRemoved:
    case SplitBehavior::kIsolated:
      return false;
    case SplitBehavior::kMergedWithPrevious:
      return match && !before;
    case SplitBehavior::kMergedWithNext:
      return before && !match;
    case SplitBehavior::kContiguous:
      return match == before;
  }
  return false;
}

} // namespace

std::optional<SplitBehavior> split_behavior(std::string_view name) {
  constexpr std::pair<std::string_view, SplitBehavior> kNames[] = {
      {"Removed", SplitBehavior::kRemoved},
      {"Isolated", SplitBehavior::kIsolated},
      {"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
      {"MergedWithNext", SplitBehavior::kMergedWithNext},
      {"Contiguous", SplitBehavior::kContiguous},
  };
  for (const auto& [known, behavior] : kNames)
    if (known == name)
      return behavior;
  return std::nullopt;
}

std::vector<Span> split_spans(const std::vector<Span>& matches, std::size_t size,
                              SplitBehavior behavior, bool invert) {
  std::vector<Span> pieces;
  pieces.reserve(matches.size() + 1);
  bool before = false; // as if a gap came first
  const auto add = [&](const Span& span, bool match) {
    if (behavior == SplitBehavior::kRemoved && match)
      return;
    if (!pieces.empty() && joins(behavior, before, match))
      pieces.back().end = span.end;
    else
      pieces.push_back(span);
    before = match;
  };
  std::size_t from = 0;
  for (const Span& match : matches) {
    if (from != match.begin)
      add({from, match.begin}, invert);
    add(match, !invert);
    from = match.end;
  }
  if (from != size)
    add({from, size}, invert);
  std::erase_if(pieces, [](const Span& span) { return span.begin == span.end; });
  return pieces;
}

} // namespace residua::tokenizer
