#include "engine/tokenizer/vocabulary.hpp"

namespace residua::tokenizer {

bool Vocabulary::add(std::string token, int32_t id) {
  const auto place = static_cast<std::size_t>(id);
  if (place < tokens_.size() && tokens_[place] != nullptr)
    return false;
  const auto [entry, added] = ids_.emplace(std::move(token), id);
  if (!added)
    return false;
  if (place >= tokens_.size())
    tokens_.resize(place + 1, nullptr);
  tokens_[place] = &entry->first;
  return true;
}

void Vocabulary::add_again(std::string_view token, int32_t id) {
  const auto entry = ids_.find(token);
  const auto place = static_cast<std::size_t>(id);
  if (place >= tokens_.size())
    tokens_.resize(place + 1, nullptr);
  entry->second = id;
  tokens_[place] = &entry->first;
}

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

const std::string* Vocabulary::token(int64_t id) const {
  return id < 0 || id >= size() ? nullptr : tokens_[static_cast<std::size_t>(id)];
}

} // namespace residua::tokenizer
