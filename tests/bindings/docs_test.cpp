// Every native function is documented, and every example in the documentation runs.

#include "tests/support/catch.hpp"

#include "tests/bindings/lua_state.hpp"

#include <sstream>
#include <vector>

using namespace residua;

namespace {

struct Documented {
  std::string place;
  std::string doc;
};

// All native functions: modules, methods, operators.
constexpr const char* kWalk = R"(
  local found = {}
  local function add(place, entries)
    for _, entry in ipairs(entries) do
      found[#found + 1] = place .. "." .. entry.name
      found[#found + 1] = entry.doc
    end
  end
  for name, module in pairs(native) do add(name, help.entries(module)) end
  for name, type in pairs(help.types()) do
    add(name, help.entries(type.methods))
    add(name, type.operators)
  end
  return found)";

std::vector<Documented> all_entries(LuaState& lua) {
  std::vector<Documented> all;
  luaL_dostring(lua.L, kWalk);
  const auto size = static_cast<lua_Integer>(lua_rawlen(lua.L, -1));
  for (lua_Integer i = 1; i < size; i += 2) {
    lua_rawgeti(lua.L, -1, i);
    lua_rawgeti(lua.L, -2, i + 1);
    all.push_back({lua_tostring(lua.L, -2), lua_tostring(lua.L, -1)});
    lua_pop(lua.L, 2);
  }
  lua_settop(lua.L, 0);
  return all;
}

/// Whether a line that starts with @ is a tag with its parts: "@param name type", "@return type",
/// "@example".
bool is_tag(const std::string& line) {
  std::istringstream words(line);
  std::string tag, first, second;
  words >> tag >> first >> second;
  if (tag == "@param")
    return !first.empty() && !second.empty();
  if (tag == "@return" || tag == "@overload" || tag == "@generic" || tag == "@see")
    return !first.empty();
  return tag == "@example" && first.empty();
}

/// The code after each @example, up to the next tag.
std::vector<std::string> examples(const std::string& doc) {
  std::vector<std::string> found;
  std::istringstream lines(doc);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("@")) {
      inside = line.starts_with("@example");
      if (inside)
        found.emplace_back();
    } else if (inside) {
      found.back() += line + "\n";
    }
  }
  return found;
}

} // namespace

TEST_CASE("every native function is documented in LuaCATS") {
  LuaState lua;
  const auto all = all_entries(lua);
  CHECK(all.size() > 70);
  for (const auto& [place, doc] : all) {
    INFO(place);
    CHECK_FALSE(doc.empty());
    CHECK_FALSE(doc.starts_with("The "));
    CHECK_FALSE(doc.starts_with("@"));
    std::istringstream lines(doc);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK((!line.starts_with("@") || is_tag(line)));
    }
  }
}

TEST_CASE("every tensor, memory and help function has an example that runs") {
  LuaState lua;
  for (const auto& [place, doc] : all_entries(lua)) {
    const bool ours = place.starts_with("tensor.") || place.starts_with("Tensor.") ||
                      place.starts_with("memory.") || place.starts_with("help.");
    if (!ours)
      continue;
    INFO(place);
    const auto codes = examples(doc);
    CHECK_FALSE(codes.empty());
    for (const std::string& code : codes)
      CHECK(lua.run(code) == "");
  }
}
