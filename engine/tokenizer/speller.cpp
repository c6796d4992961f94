#include "engine/tokenizer/speller.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/growth.hpp"

namespace residua::tokenizer {

static PieceTrie user_trie(const std::vector<Piece>& pieces) {
  std::vector<PieceTrie::Piece> user;
  for (std::size_t id = 0; id < pieces.size(); ++id)
    if (pieces[id].kind == PieceKind::kUserDefined)
      user.emplace_back(pieces[id].text, static_cast<int32_t>(id));
  return PieceTrie(std::move(user));
}

UserPieces::UserPieces(const std::vector<Piece>& pieces) : trie_(user_trie(pieces)) {}

std::pair<std::size_t, int32_t> UserPieces::longest(std::string_view text) const {
  std::pair<std::size_t, int32_t> found{0, -1};
  trie_.prefixes(text, [&](std::size_t size, int32_t id) { found = {size, id}; });
  return found;
}

Speller::Speller(const PieceFile& file, bool prefix_first_only, const std::string& name)
    : spelling_(file.spelling), user_(file.pieces),
      space_(spelling_.escape_whitespaces ? kSpaceSign : " "),
      prefix_first_only_(prefix_first_only) {
  if (!spelling_.charsmap.empty())
    table_.emplace(spelling_.charsmap, cat(name, ": precompiled_charsmap"));
  spelling_.charsmap.clear();
}

void Speller::split(Word word, std::vector<Word>& words) const {
  std::string spelled =
      spell(word.text, spelling_.add_dummy_prefix && (word.first || !prefix_first_only_));
  if (!spelled.empty())
    words.push_back({std::move(spelled), word.first});
}

Replacement Speller::next(std::string_view text) const {
  if (const std::size_t size = user_.longest(text).first; size > 0)
    return {size, text.substr(0, size)};
  if (table_)
    if (const auto replacement = table_->longest(text))
      return *replacement;
  const std::size_t size = code_points::length(static_cast<unsigned char>(text[0]));
  return {size, text.substr(0, size)};
}

/// Appends `text` with its spaces spelled.
void Speller::append(std::string_view text, std::string& spelled) const {
  check_growth(spelled.size() + text.size() * space_.size());
  for (const char c : text) {
    if (c == ' ')
      spelled += space_;
    else
      spelled += c;
  }
}

// The order of steps is that of sentencepiece's Normalizer::Normalize.
std::string Speller::spell(std::string_view text, bool with_prefix) const {
  const bool trim = spelling_.remove_extra_whitespaces;
  while (trim && !text.empty() && next(text).text == " ")
    text.remove_prefix(next(text).length);
  std::string spelled;
  if (text.empty())
    return spelled;
  if (with_prefix && !spelling_.whitespace_as_suffix)
    spelled += space_;
  bool after_space = trim;
  for (std::size_t step = 0; !text.empty(); ++step) {
    auto [length, part] = next(text);
    while (after_space && part.starts_with(' '))
      part.remove_prefix(1);
    append(part, spelled);
    if (!part.empty())
      after_space = trim && part.ends_with(' ');
    text.remove_prefix(length);
    if (step % 4096 == 4095)
      interrupt::poll();
  }
  while (trim && spelled.ends_with(space_))
    spelled.resize(spelled.size() - space_.size());
  if (with_prefix && spelling_.whitespace_as_suffix)
    spelled += space_;
  return spelled;
}

} // namespace residua::tokenizer
