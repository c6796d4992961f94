#include "repl/line_editor.hpp"

#include "repl/interrupt_signal.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

namespace residua::line_editor {

namespace {

constexpr int kHistoryLength = 5000; // commands

// Readline's callbacks take no context: the state of the line being read.
const Completer* active_completer = nullptr;
std::size_t completion_start = 0;
Input result;
bool finished = false;
std::string history_path;
volatile std::sig_atomic_t resumed = 0;

void on_line(char* line) {
  finished = true;
  result.status = line ? Status::line : Status::end;
  if (line)
    result.line = line;
  std::free(line);
  rl_callback_handler_remove(); // here, so that readline shows no further prompt
}

char* copy(const std::string& text) {
  char* result_text = static_cast<char*>(std::malloc(text.size() + 1));
  if (result_text)
    std::memcpy(result_text, text.c_str(), text.size() + 1);
  return result_text;
}

/// The longest beginning that all words share.
std::string common_prefix(const std::vector<std::string>& words) {
  std::string prefix = words.front();
  for (const std::string& word : words) {
    std::size_t length = 0;
    while (length < prefix.size() && length < word.size() && prefix[length] == word[length])
      ++length;
    prefix.resize(length);
  }
  return prefix;
}

/// The whole line is readline's word, so every candidate is a whole line up to the cursor.
char** complete(const char* text, int, int) {
  rl_attempted_completion_over = 1; // no file names of readline's own
  rl_completion_append_character = '\0';
  rl_completion_suppress_quote = 1;
  const std::string line = text;
  const Completion found = (*active_completer)(line);
  if (found.words.empty() || found.start > line.size())
    return nullptr;
  completion_start = found.start;
  const std::string head = line.substr(0, found.start);
  const std::size_t extra = found.words.size() > 1 ? found.words.size() : 0;
  char** matches = static_cast<char**>(std::calloc(extra + 2, sizeof(char*)));
  if (!matches)
    return nullptr;
  matches[0] = copy(head + common_prefix(found.words));
  for (std::size_t i = 0; i < extra; ++i)
    matches[i + 1] = copy(head + found.words[i]);
  return matches;
}

/// Lists the candidates without the part of the line before them.
void show_matches(char** matches, int count, int longest) {
  std::vector<char*> shown(static_cast<std::size_t>(count) + 2, nullptr);
  for (int i = 0; i <= count; ++i)
    shown[static_cast<std::size_t>(i)] =
        matches[i] + std::min(completion_start, std::strlen(matches[i]));
  rl_display_match_list(shown.data(), count, longest - static_cast<int>(completion_start));
  rl_forced_update_display();
}

void on_continue(int signal) {
  if (!interrupt_signal::forward_to_main(signal))
    resumed = 1;
}

void set_up_readline() {
  static bool done = false;
  if (done)
    return;
  done = true;
  rl_readline_name = "residua";
  rl_catch_signals = 0; // Ctrl-C is ours
  rl_completer_word_break_characters = "";
  rl_basic_quote_characters = "";
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_matches;
  interrupt_signal::handle(SIGCONT, on_continue);
}

void abandon_line() {
  rl_point = rl_end;
  rl_redisplay();
  rl_free_line_state();
  rl_callback_sigcleanup();
  rl_callback_handler_remove();
  std::fputs("^C\n", rl_outstream);
  std::fflush(rl_outstream);
  result.status = Status::interrupted;
  finished = true;
}

/// After Ctrl-Z and `fg` the terminal has the shell's modes.
void restore_after_stop() {
  resumed = 0;
  rl_prep_terminal(1);
  rl_forced_update_display();
}

/// Feeds readline one character as soon as there is one; signals come through here only.
void wait_and_feed(const sigset_t& signals) {
  const int input = fileno(rl_instream ? rl_instream : stdin);
  fd_set ready;
  FD_ZERO(&ready);
  FD_SET(input, &ready);
  const int count = pselect(input + 1, &ready, nullptr, nullptr, nullptr, &signals);
  if (interrupt_signal::happened())
    abandon_line();
  else if (resumed)
    restore_after_stop();
  else if (count > 0)
    rl_callback_read_char();
  else if (errno != EINTR)
    finished = true;
}

void read_edited(const std::string& prompt) {
  sigset_t interrupt, before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigaddset(&interrupt, SIGCONT);
  sigprocmask(SIG_BLOCK, &interrupt, &before); // they arrive inside pselect, so none is lost
  rl_callback_handler_install(prompt.c_str(), on_line);
  while (!finished)
    wait_and_feed(before);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

void read_plain() {
  for (int byte = std::getchar(); byte != EOF; byte = std::getchar()) {
    result.status = Status::line;
    if (byte == '\n')
      return;
    result.line.push_back(static_cast<char>(byte));
  }
  std::clearerr(stdin);
  if (interrupt_signal::happened())
    result.status = Status::interrupted;
}

} // namespace

bool is_terminal() {
  return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int width() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

Input read_line(const std::string& prompt, const Completer& completer) {
  result = {};
  finished = false;
  interrupt_signal::clear();
  if (is_terminal()) {
    set_up_readline();
    active_completer = &completer;
    std::fflush(stdout);
    read_edited(prompt);
  } else {
    read_plain();
  }
  interrupt_signal::clear();
  return result;
}

void open_history(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  history_path = path;
  history_comment_char = '#'; // with time stamps, commands of several lines come back whole
  history_write_timestamps = 1;
  using_history();
  read_history(path.c_str());
  if (history_length > kHistoryLength) {
    stifle_history(kHistoryLength);
    write_history(path.c_str());
    unstifle_history();
  }
}

void add_history(const std::string& command) {
  const HIST_ENTRY* last =
      history_length > 0 ? history_get(history_base + history_length - 1) : nullptr;
  if (command.empty() || (last && command == last->line))
    return;
  ::add_history(command.c_str());
  if (history_path.empty())
    return;
  if (append_history(1, history_path.c_str()) != 0)
    write_history(history_path.c_str()); // the file is not there yet
}

} // namespace residua::line_editor
