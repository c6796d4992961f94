#include "engine/progress.hpp"

#include "engine/interrupt.hpp"

#include <cstdio>
#include <unistd.h>

namespace residua {

static bool enabled = isatty(STDERR_FILENO) == 1;

void Progress::enable(bool on) {
  enabled = on;
}

Progress::Progress(std::string what, int64_t total) : what_(std::move(what)), total_(total) {}

Progress::~Progress() {
  if (visible_)
    std::fputs("\r\033[K", stderr);
}

void Progress::advance(int64_t steps) {
  done_ += steps;
  interrupt::poll();
  const auto now = Clock::now();
  const std::chrono::duration<double> since_start = now - start_, since_shown = now - shown_;
  if (!enabled || since_start.count() < 2 || since_shown.count() < 0.2)
    return;
  shown_ = now;
  show(since_start.count());
}

void Progress::show(double seconds) {
  const double share = static_cast<double>(done_) / static_cast<double>(total_);
  std::fprintf(stderr, "\r\033[K%s %3.0f %%, %.0f s left", what_.c_str(), 100 * share,
               seconds * (1 - share) / share);
  std::fflush(stderr);
  visible_ = true;
}

} // namespace residua
