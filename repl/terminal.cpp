#include "repl/terminal.hpp"

#include "bindings/args.hpp"
#include "bindings/entry.hpp"
#include "repl/host.hpp"
#include "repl/interrupt_signal.hpp"
#include "repl/line_editor.hpp"

#include <algorithm>
#include <filesystem>

namespace residua {

namespace {

/// Calls the completion function at stack `index` with the line; it returns a start (from 1) and a
/// list of words. Whatever fails in it gives no candidates: a key press must not end a prompt.
line_editor::Completion call_completer(lua_State* L, int index, std::string_view line) {
  line_editor::Completion found;
  const int top = lua_gettop(L);
  lua_pushvalue(L, index);
  push(L, line);
  if (lua_pcall(L, 1, 2, 0) == LUA_OK && lua_isinteger(L, -2) && lua_istable(L, -1)) {
    const lua_Integer start = lua_tointeger(L, -2);
    found.start = start > 0 ? static_cast<std::size_t>(start - 1) : 0;
    const auto count = static_cast<lua_Integer>(lua_rawlen(L, -1));
    for (lua_Integer i = 1; i <= count; ++i) {
      if (lua_rawgeti(L, -1, i) == LUA_TSTRING)
        found.words.emplace_back(lua_tostring(L, -1));
      lua_pop(L, 1);
    }
  }
  lua_settop(L, top);
  return found;
}

int terminal_read_line(lua_State* L) {
  const std::string prompt(check_string(L, 1));
  const bool completes = lua_type(L, 2) == LUA_TFUNCTION;
  reserve(L, 8);
  const auto input = line_editor::read_line(prompt, [&](std::string_view line) {
    return completes ? call_completer(L, 2, line) : line_editor::Completion{};
  });
  if (input.status == line_editor::Status::line)
    return push(L, input.line);
  return push_failure(L, input.status == line_editor::Status::end ? "end" : "interrupted");
}

int terminal_open_history(lua_State* L) {
  line_editor::open_history(std::string(check_string(L, 1)));
  return 0;
}

int terminal_add_history(lua_State* L) {
  line_editor::add_history(std::string(check_string(L, 1)));
  return 0;
}

int terminal_is_terminal(lua_State* L) {
  return push(L, line_editor::is_terminal());
}

int terminal_width(lua_State* L) {
  return push(L, line_editor::width());
}

/// Names in the folder of `prefix` that begin with its last part; folders end in a slash.
std::vector<std::string> list_files(const std::string& prefix) {
  namespace fs = std::filesystem;
  const std::size_t slash = prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : prefix.substr(0, slash + 1);
  const std::string begin = prefix.substr(folder.size());
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder.empty() ? "." : folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool hidden = begin.empty() && name.front() == '.';
    std::error_code ignored;
    if (!hidden && name.compare(0, begin.size(), begin) == 0)
      names.push_back(folder + name + (it->is_directory(ignored) ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  return names;
}

int terminal_home(lua_State* L) {
  return push(L, home_folder());
}

int terminal_files(lua_State* L) {
  return push(L, list_files(std::string(check_string(L, 1))));
}

/// [handler, f, args...] -> ok, results or what the handler returned.
int terminal_call(lua_State* L) {
  if (lua_type(L, 1) != LUA_TFUNCTION)
    throw_type_error(L, 1, "function");
  if (lua_type(L, 2) != LUA_TFUNCTION)
    throw_type_error(L, 2, "function");
  bool ok = false;
  {
    const interrupt_signal::Running running;
    ok = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1) == LUA_OK;
  }
  reserve(L, 1);
  lua_pushboolean(L, ok);
  lua_replace(L, 1); // over the handler
  return lua_gettop(L);
}

int terminal_interrupted(lua_State* L) {
  return push(L, interrupt_signal::happened());
}

int terminal_end_on_second_interrupt(lua_State*) {
  interrupt_signal::end_on_second(true);
  return 0;
}

const Entry kModule[] = {
    {"read_line", terminal_read_line, R"(Reads a line, with editing on a terminal.
@param prompt string  Shown on a terminal only.
@param complete? fun(line: string): integer, string[]  Gets the line up to the cursor; returns where the completed part begins and its candidates.
@return string? line  Without the line break; nil at the end of the input or at Ctrl-C.
@return string? reason  "end" or "interrupted".)"},
    {"open_history", terminal_open_history,
     R"(Reads earlier commands from a file and appends new ones to it. A file that is out of reach is no error.
@param path string)"},
    {"add_history", terminal_add_history, R"(Adds a command, unless it repeats the one before.
@param command string  One or more lines.)"},
    {"is_terminal", terminal_is_terminal, R"(Returns whether input and output are terminals.
@return boolean)"},
    {"width", terminal_width, R"(Returns the cells per line of the terminal, 80 where there is none.
@return integer)"},
    {"home", terminal_home, R"(Returns the folder of the library.
@return string)"},
    {"files", terminal_files,
     R"(Returns the paths that begin with `prefix`, sorted; folders end in "/".
@param prefix string
@return string[])"},
    {"call", terminal_call, R"(Calls `f` so that Ctrl-C stops it with the error "interrupted".
@param handler fun(message: any): any  Message handler, as for xpcall.
@param f function
@param ... any  Arguments.
@return boolean ok
@return any ...  Results, or what the handler returned.)"},
    {"interrupted", terminal_interrupted, R"(Returns whether Ctrl-C came during the last `call`.
@return boolean)"},
    {"end_on_second_interrupt", terminal_end_on_second_interrupt,
     R"(Makes a second Ctrl-C during a `call`, or one outside it, end the process: for scripts.)"},
};

} // namespace

int open_terminal(lua_State* L) {
  lua_newtable(L);
  set_entries(L, kModule);
  return 1;
}

} // namespace residua
