#pragma once
// Text that a model goes on with.

#include "engine/model/model.hpp"
#include "engine/model/packed.hpp"

namespace residua {

/// `count` more tokens after `prompt`, each the most likely one; stops at `stop` (-1: never).
TokenIds continue_greedily(const Model& model, TokenIds prompt, int64_t count, int64_t stop);

} // namespace residua
