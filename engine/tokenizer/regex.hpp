#pragma once
// Regular expressions over UTF-8, with the meaning that Hugging Face tokenizers give them.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A compiled pattern. Matching writes to scratch memory of the object: use it from one thread at a
/// time.
class Regex {
 public:
  /// Throws Error with the offset of what is wrong or not supported.
  explicit Regex(std::string_view pattern);
  ~Regex();

  /// Calls visit(match) for successive matches in `text` (valid UTF-8), which do not overlap.
  /// Throws Error when matching takes unreasonably long.
  void each(std::string_view text, const std::function<void(const Span&)>& visit) const;
  /// All of them.
  std::vector<Span> matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

} // namespace residua::tokenizer
