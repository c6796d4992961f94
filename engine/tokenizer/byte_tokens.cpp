#include "engine/tokenizer/byte_tokens.hpp"

#include <cstdio>

namespace residua::tokenizer {

ByteTokens::ByteTokens(const Vocabulary& vocabulary) {
  for (unsigned byte = 0; byte < ids_.size(); ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    ids_[byte] = vocabulary.find(name);
  }
}

bool ByteTokens::append(std::string_view text, std::vector<int32_t>& ids) const {
  for (const char c : text)
    if (!ids_[static_cast<unsigned char>(c)])
      return false;
  for (const char c : text)
    ids.push_back(*ids_[static_cast<unsigned char>(c)]);
  return true;
}

} // namespace residua::tokenizer
