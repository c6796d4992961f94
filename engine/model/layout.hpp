#pragma once
// What can be said of a checkpoint without reading its weights.

#include "engine/model/weights.hpp"

#include <filesystem>
#include <string>

namespace residua {

/// Of config.json, the names, shapes and dtypes of the params, and the sizes of the files that hold
/// them: it tells checkpoints apart, not two trainings of one shape. 32 hexadecimal digits.
std::string layout_digest(const Weights& weights, const std::filesystem::path& folder);

} // namespace residua
