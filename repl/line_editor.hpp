#pragma once
// Reads the lines of a session: with GNU readline on a terminal, plainly elsewhere. Knows no Lua.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::line_editor {

/// What may replace the line's bytes from `start` to the cursor.
struct Completion {
  std::size_t start = 0;
  std::vector<std::string> words;
};

/// Called with the line up to the cursor; must not throw.
using Completer = std::function<Completion(std::string_view line)>;

enum class Status { line, end, interrupted };

struct Input {
  Status status = Status::end;
  std::string line;
};

/// Whether both standard input and output are terminals.
bool is_terminal();

/// Cells per line of the terminal; 80 where there is none.
int width();

/// Reads one line. Ctrl-C gives up a half-typed line at once; the prompt shows on a terminal only.
Input read_line(const std::string& prompt, const Completer& completer);

/// Reads the history of earlier sessions from `path`, and appends to it from now on. A file that
/// cannot be read or written is no error: the session then has no memory.
void open_history(const std::string& path);

/// Adds a command of one or more lines, unless it repeats the one before.
void add_history(const std::string& command);

} // namespace residua::line_editor
