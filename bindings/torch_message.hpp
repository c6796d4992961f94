#pragma once
// libtorch's error messages in the words of scripts.

#include <string>

namespace residua {

/// The first line of a message of libtorch, for what follows may be lists of backends and a C++
/// stack. What is wrong with element types and sizes is said as scripts know them: "float16" for
/// "Half", dimensions from 1.
std::string torch_message(const char* text);

} // namespace residua
