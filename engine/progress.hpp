#pragma once
// Progress of work that lasts over two seconds, on standard error: a line that changes on a
// terminal, elsewhere a plain line every half minute.

#include <chrono>
#include <cstdint>
#include <string>

namespace residua {

/// Shows "what: 34 %, 5200 tokens/s, 12 s left"; wipes its line at the end. Also polls for an
/// interrupt at each step.
class Progress {
 public:
  /// `unit` names what is counted: "tokens".
  Progress(std::string what, int64_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(int64_t steps = 1);
  int64_t done() const { return done_; }
  static void enable(bool on); ///< on until turned off

 private:
  using Clock = std::chrono::steady_clock;
  void show(double seconds);

  std::string what_, unit_;
  int64_t total_, done_ = 0;
  Clock::time_point start_ = Clock::now(), shown_ = start_;
  bool visible_ = false;
};

} // namespace residua
