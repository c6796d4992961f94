#pragma once
// Names of element types, as scripts, messages and records spell them.

#include <c10/core/ScalarType.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

/// "float32", "int64", ...; libtorch's own name for a type that is not in dtype_names().
std::string dtype_name(c10::ScalarType dtype);

/// The type of that name, if any.
std::optional<c10::ScalarType> find_dtype(std::string_view name);

/// All names, for messages.
const std::vector<std::string_view>& dtype_names();

} // namespace residua
