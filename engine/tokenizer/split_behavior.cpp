#include "engine/tokenizer/split_behavior.hpp"

#include <algorithm>

namespace residua::tokenizer {

namespace {

struct Segment {
  Span span;
  bool match = false;
};

/// Matches and the gaps between them, covering the whole text.
std::vector<Segment> segments_of(const std::vector<Span>& matches, std::size_t size, bool invert) {
  std::vector<Segment> segments;
  segments.reserve(2 * matches.size() + 1);
  std::size_t from = 0;
  for (const Span& match : matches) {
    if (from != match.begin)
      segments.push_back({{from, match.begin}, invert});
    segments.push_back({match, !invert});
    from = match.end;
  }
  if (from != size)
    segments.push_back({{from, size}, invert});
  return segments;
}

/// Joins each segment to the one before it where `joins(before, it)`.
template <class Joins>
std::vector<Span> merge_forward(const std::vector<Segment>& segments, Joins joins) {
  std::vector<Span> pieces;
  bool before = false; // as if a gap came first
  for (const auto& [span, match] : segments) {
    if (!pieces.empty() && joins(before, match))
      pieces.back().end = span.end;
    else
      pieces.push_back(span);
    before = match;
  }
  return pieces;
}

std::vector<Span> merge_with_next(const std::vector<Segment>& segments) {
  std::vector<Span> pieces;
  bool after = false;
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (!pieces.empty() && segment->match && !after)
      pieces.back().begin = segment->span.begin;
    else
      pieces.push_back(segment->span);
    after = segment->match;
  }
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

std::vector<Span> keep(const std::vector<Segment>& segments, bool with_matches) {
  std::vector<Span> pieces;
  pieces.reserve(segments.size());
  for (const auto& [span, match] : segments)
    if (with_matches || !match)
      pieces.push_back(span);
  return pieces;
}

std::vector<Span> pieces_of(const std::vector<Segment>& segments, SplitBehavior behavior) {
  switch (behavior) {
    case SplitBehavior::kRemoved:
      return keep(segments, false);
    case SplitBehavior::kIsolated:
      return keep(segments, true);
    case SplitBehavior::kMergedWithPrevious:
      return merge_forward(segments, [](bool before, bool it) { return it && !before; });
    case SplitBehavior::kMergedWithNext:
      return merge_with_next(segments);
    case SplitBehavior::kContiguous:
      return merge_forward(segments, [](bool before, bool it) { return it == before; });
  }
  return {};
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
  std::vector<Span> pieces = pieces_of(segments_of(matches, size, invert), behavior);
  std::erase_if(pieces, [](const Span& span) { return span.begin == span.end; });
  return pieces;
}

} // namespace residua::tokenizer
