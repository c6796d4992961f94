#pragma once
// The version, as records and the command line state it.

namespace residua {

extern const char* const kVersion; ///< "0.1.0"

} // namespace residua
