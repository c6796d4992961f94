#include "engine/progress.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <cstdio>
#include <unistd.h>

namespace residua {

static bool enabled = true;

static bool on_terminal() {
  static const bool terminal = isatty(STDERR_FILENO) == 1;
  return terminal;
}

void Progress::enable(bool on) {
  enabled = on;
}

Progress::Progress(std::string what, int64_t total, std::string unit)
    : what_(std::move(what)), unit_(std::move(unit)), total_(total) {}

Progress::~Progress() {
  if (visible_ && on_terminal())
    std::fputs("\r\033[K", stderr);
}

void Progress::advance(int64_t steps) {
  done_ += steps;
  interrupt::poll();
  const auto now = Clock::now();
  const std::chrono::duration<double> since_start = now - start_, since_shown = now - shown_;
  const bool terminal = on_terminal();
  if (!enabled || since_start.count() < (terminal ? 2 : 30) ||
      since_shown.count() < (terminal ? 0.2 : 30))
    return;
  shown_ = now;
  show(since_start.count());
}

// "40 s", "12 min", "3 h 5 min".
static std::string duration(double seconds) {
  const auto minutes = static_cast<int64_t>(seconds / 60);
  if (minutes < 2)
    return cat(static_cast<int64_t>(seconds), " s");
  return minutes < 120 ? cat(minutes, " min") : cat(minutes / 60, " h ", minutes % 60, " min");
}

void Progress::show(double seconds) {
  const double share = static_cast<double>(done_) / static_cast<double>(total_);
  const auto rate = static_cast<int64_t>(static_cast<double>(done_) / seconds);
  const std::string line = cat(what_, ": ", static_cast<int64_t>(100 * share), " %, ", rate, " ",
                               unit_, "/s, ", duration(seconds * (1 - share) / share), " left");
  std::fprintf(stderr, on_terminal() ? "\r\033[K%s" : "%s\n", line.c_str());
  std::fflush(stderr);
  visible_ = true;
}

} // namespace residua
