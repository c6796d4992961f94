#pragma once
// The one exception type that engine code throws: what went wrong, where, and what to do, in one
// line.

#include <sstream>
#include <stdexcept>
#include <string>

namespace residua {

/// Joins its arguments as they print: cat("L", 3) is "L3".
template <class... Parts> std::string cat(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

/// A failure that its reader can act on. `message` says what and where, `remedy` what to do.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, const std::string& remedy = "")
      : std::runtime_error(remedy.empty() ? message : message + "; " + remedy) {}
};

} // namespace residua
