#pragma once
// Progress of work that lasts over two seconds, on standard error when it is a terminal.

#include <chrono>
#include <cstdint>
#include <string>

namespace residua {

/// Shows "what 34 % 12 s left"; wipes its line at the end. Also polls for an interrupt at each
/// step.
class Progress {
 public:
  Progress(std::string what, int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(int64_t steps = 1);
  static void enable(bool on); ///< by default on when standard error is a terminal

 private:
  using Clock = std::chrono::steady_clock;
  void show(double seconds);

  std::string what_;
  int64_t total_, done_ = 0;
  Clock::time_point start_ = Clock::now(), shown_ = start_;
  bool visible_ = false;
};

} // namespace residua
