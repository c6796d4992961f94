#pragma once
// A table that numbers keys, and the numbers that this connection has seen.

#include "engine/store/sqlite.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace residua {

/// Keys are one or more texts. Numbers are valid within the transaction that asked for them, and
/// beyond it until another connection writes.
class Numbered {
 public:
  /// `select` gives the number of a key, `insert` adds the key; both take its texts as parameters.
  Numbered(const Database& database, const std::string& select, const std::string& insert)
      : database_(database), select_(database, select), insert_(database, insert) {}

  template <class... Texts> std::optional<int64_t> find(const Texts&... key) {
    const std::string joined = join(key...);
    if (const auto known = known_.find(joined); known != known_.end())
      return known->second;
    select_.bind(key...);
    std::optional<int64_t> number;
    if (select_.step())
      number = known_[joined] = select_.integer(0);
    select_.reset();
    return number;
  }

  template <class... Texts> int64_t make(const Texts&... key) {
    if (const auto number = find(key...))
      return *number;
    insert_.bind(key...).execute();
    return known_[join(key...)] = database_.last_number();
  }

  void forget() { known_.clear(); }

 private:
  template <class... Texts> static std::string join(const Texts&... key) {
    std::string joined;
    ((joined += key, joined += '\n'), ...);
    return joined;
  }

  const Database& database_;
  Statement select_, insert_;
  std::unordered_map<std::string, int64_t> known_;
};

} // namespace residua
