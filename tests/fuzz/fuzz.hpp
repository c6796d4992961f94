#pragma once
// What the targets share. Any bytes may come in; only residua::Error, one line of text, may go out.

#include "engine/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace residua::fuzz {

/// What every path holds: memory_file.cpp stands in for engine/file.cpp, with a block of exactly as
/// many bytes, so that the address sanitizer sees a read beyond the end.
inline std::string_view file_content;

/// Ends the program where something that must hold does not.
inline void require(bool holds) {
  if (!holds)
    std::abort();
}

/// Runs `act` on the bytes as text and as the content of every file.
template <class Act> int run(const uint8_t* data, std::size_t size, Act act) {
  file_content = {reinterpret_cast<const char*>(data), size};
  try {
    act(file_content);
  } catch (const Error& error) {
    const std::string_view line = error.what();
    require(!line.empty() && line.find_first_of("\r\n") == line.npos);
  }
  return 0;
}

} // namespace residua::fuzz
