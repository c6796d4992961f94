#pragma once
// Globs select params and sites by name: "L*.attn.*", "L0.*", "L[0-3].mlp.down".

#include <fnmatch.h>
#include <string>

namespace residua {

inline bool glob_match(const std::string& glob, const std::string& name) {
  return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

} // namespace residua
