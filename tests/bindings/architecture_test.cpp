// Who may know whom, and what bindings may not call, as a search of the sources.

#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> sources(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(RESIDUA_SOURCE) / folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".hpp" || extension == ".lua")
      found.push_back(entry.path());
  }
  return found;
}

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void check_absent(const fs::path& path, const std::vector<std::string>& banned) {
  const std::string text = read(path);
  for (const std::string& one : banned) {
    INFO(path << " has " << one);
    CHECK(text.find(one) == std::string::npos);
  }
}

} // namespace

TEST_CASE("the engine does not know Lua") {
  const auto files = sources("engine");
  CHECK(files.size() > 5);
  for (const auto& path : files)
    check_absent(path, {"lua.h", "lauxlib.h", "lualib.h", "lua_State", "\"bindings/"});
}

TEST_CASE("binding bodies fail by throwing, and nobody swallows Lua's own exceptions") {
  for (const auto& path : sources("bindings")) {
    check_absent(path, {"catch (...)"});
    if (path.filename().string().starts_with("wrap_"))
      check_absent(path, {"luaL_error", "luaL_arg", "luaL_check", "luaL_opt", "lua_error(",
                          "lua_call(", "torch/torch.h"});
  }
}

TEST_CASE("bindings and engine do not know the layers above them") {
  for (const char* folder : {"engine", "bindings"})
    for (const auto& path : sources(folder))
      check_absent(path, {"\"repl/", "\"tests/"});
}

TEST_CASE("scripts use the library, not the native modules") {
  for (const auto& path : sources("scripts"))
    check_absent(path, {"residua.native"});
}
