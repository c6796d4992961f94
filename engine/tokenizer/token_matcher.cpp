#include "engine/tokenizer/token_matcher.hpp"

#include "engine/interrupt.hpp"

namespace residua::tokenizer {

TokenMatcher::TokenMatcher() : numbers_{-1} {}

int32_t TokenMatcher::child(int32_t node, unsigned char byte) const {
  const auto found = children_.find(int64_t{node} * 256 + byte);
  return found == children_.end() ? -1 : found->second;
}

void TokenMatcher::add(std::string_view content, int64_t number) {
  if (content.empty())
    return;
  int32_t node = kRoot;
  for (const char c : content) {
    const auto byte = static_cast<unsigned char>(c);
    int32_t next = child(node, byte);
    if (next < 0) {
      next = static_cast<int32_t>(numbers_.size());
      children_.emplace(int64_t{node} * 256 + byte, next);
      numbers_.push_back(-1);
    }
    node = next;
  }
  starts_[static_cast<unsigned char>(content.front())] = true;
  auto& stored = numbers_[static_cast<std::size_t>(node)];
  if (stored < 0)
    stored = number;
}

std::vector<TokenMatcher::Match> TokenMatcher::matches(std::string_view text) const {
  std::vector<Match> found;
  for (std::size_t at = 0; at < text.size();) {
    if (at % 4096 == 0)
      interrupt::poll();
    Match longest{{at, at}, -1};
    int32_t node = starts_[static_cast<unsigned char>(text[at])] ? kRoot : -1;
    for (std::size_t end = at; node >= 0; ++end) {
      if (const int64_t number = numbers_[static_cast<std::size_t>(node)]; number >= 0)
        longest = {{at, end}, number};
      node = end < text.size() ? child(node, static_cast<unsigned char>(text[end])) : -1;
    }
    if (longest.number >= 0)
      found.push_back(longest);
    at = longest.number >= 0 ? longest.span.end : at + 1;
  }
  return found;
}

} // namespace residua::tokenizer
