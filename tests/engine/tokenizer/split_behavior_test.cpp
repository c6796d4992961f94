#include "tests/support/catch.hpp"

#include "engine/tokenizer/split_behavior.hpp"

#include <string>

using namespace residua;
using namespace residua::tokenizer;
using Pieces = std::vector<std::string>;

static Pieces split(const std::string& text, SplitBehavior behavior, bool invert = false) {
  Pieces pieces;
  for (const Span& span : split_spans(Regex("-").matches(text), text.size(), behavior, invert))
    pieces.push_back(text.substr(span.begin, span.end - span.begin));
  return pieces;
}

// Expected: the example in the documentation of Hugging Face's Split.
TEST_CASE("behaviors treat matches as documented", "[tokenizer]") {
  const std::string text = "the-final--countdown";
  CHECK(split(text, SplitBehavior::kRemoved) == Pieces{"the", "final", "countdown"});
  CHECK(split(text, SplitBehavior::kIsolated) ==
        Pieces{"the", "-", "final", "-", "-", "countdown"});
  CHECK(split(text, SplitBehavior::kMergedWithPrevious) ==
        Pieces{"the-", "final-", "-", "countdown"});
  CHECK(split(text, SplitBehavior::kMergedWithNext) == Pieces{"the", "-final", "-", "-countdown"});
  CHECK(split(text, SplitBehavior::kContiguous) == Pieces{"the", "-", "final", "--", "countdown"});
}

TEST_CASE("inverted, the gaps are the matches", "[tokenizer]") {
  CHECK(split("a-b", SplitBehavior::kRemoved, true) == Pieces{"-"});
  CHECK(split("a-b", SplitBehavior::kMergedWithNext, true) == Pieces{"a-", "b"});
}

TEST_CASE("matches at the ends leave no empty pieces", "[tokenizer]") {
  CHECK(split("-a-", SplitBehavior::kIsolated) == Pieces{"-", "a", "-"});
  CHECK(split("-a-", SplitBehavior::kMergedWithPrevious) == Pieces{"-", "a-"});
  CHECK(split("-a-", SplitBehavior::kMergedWithNext) == Pieces{"-a", "-"});
  CHECK(split("-", SplitBehavior::kRemoved).empty());
  CHECK(split("", SplitBehavior::kIsolated).empty());
}

TEST_CASE("behaviors have the names of tokenizer files", "[tokenizer]") {
  CHECK(split_behavior("MergedWithPrevious") == SplitBehavior::kMergedWithPrevious);
  CHECK(split_behavior("Contiguous") == SplitBehavior::kContiguous);
  CHECK_FALSE(split_behavior("isolated"));
}
