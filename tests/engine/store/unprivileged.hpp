#pragma once
// Tests of permissions that also hold where root runs them.

#include <filesystem>
#include <unistd.h>

namespace residua {

/// Runs as nobody instead of root until its end.
class Unprivileged {
 public:
  Unprivileged() {
    if (root_)
      changed_ = seteuid(65534) == 0;
  }
  ~Unprivileged() {
    if (changed_ && seteuid(0) != 0)
      _exit(1);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool root_ = geteuid() == 0, changed_ = false;
};

/// Whoever may read, and write as well or not.
inline void allow(const std::filesystem::path& path, bool write) {
  using std::filesystem::perms;
  const perms read = perms(0555);
  std::filesystem::permissions(path, write ? read | perms(0222) : read);
}

} // namespace residua
