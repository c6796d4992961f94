#pragma once
// Post-processors: the special tokens that go around the ids of a text.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace residua::tokenizer {

/// Ids before and after those of the text.
struct Frame {
  std::vector<int64_t> before;
  std::vector<int64_t> after;
};

/// What the post-processor of a file puts around one text. `known` says whether an id has a token.
Frame read_postprocessor(const Field& field, const std::function<bool(int64_t)>& known);

} // namespace residua::tokenizer
