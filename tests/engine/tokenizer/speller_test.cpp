#include "tests/support/catch.hpp"

#include "engine/tokenizer/speller.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::tokenizer;

static PieceFile file_with(bool prefix, bool trim) {
  PieceFile file;
  file.spelling.add_dummy_prefix = prefix;
  file.spelling.remove_extra_whitespaces = trim;
  return file;
}

static std::string spell(const PieceFile& file, const std::string& text) {
  return Speller(file, false, "t.model").spell(text, file.spelling.add_dummy_prefix);
}

// Expected: Python's sentencepiece 0.2.3.
TEST_CASE("spaces are spelled by a sign", "[tokenizer]") {
  CHECK(spell(file_with(true, false), " a  b ") == "\u2581\u2581a\u2581\u2581b\u2581");
  CHECK(spell(file_with(true, true), "  a  b  ") == "\u2581a\u2581b");
  CHECK(spell(file_with(false, true), " a\tb") == "a\tb");
  CHECK(spell(file_with(true, true), "   ") == "");
  CHECK(spell(file_with(true, false), " ") == "\u2581\u2581");
  CHECK(spell(file_with(true, false), "") == "");
  CHECK(spell(file_with(true, true), "a\u2581 ") == "\u2581a"); // a sign at the end goes too
  PieceFile file = file_with(true, true);
  file.spelling.whitespace_as_suffix = true;
  CHECK(spell(file, " a b ") == "a\u2581b\u2581");
  file.spelling.escape_whitespaces = false;
  CHECK(spell(file, " a  b ") == "a b ");
}

TEST_CASE("pieces of users stand as they are", "[tokenizer]") {
  PieceFile file = file_with(true, true);
  file.pieces = {{"<unk>", 0, PieceKind::kUnknown},
                 {"  ", 0, PieceKind::kUserDefined},
                 {" x", 0, PieceKind::kUserDefined}};
  CHECK(spell(file, "a x") == "\u2581a\u2581x");
  const UserPieces user(file.pieces);
  CHECK(user.longest("  y") == std::pair<std::size_t, int32_t>(2, 1));
  CHECK(user.longest(" x") == std::pair<std::size_t, int32_t>(2, 2));
  CHECK(user.longest("x").first == 0);
}

TEST_CASE("a space comes before the whole text, or before every part", "[tokenizer]") {
  const auto words = [](bool first_only, Word word) {
    std::vector<Word> found;
    Speller(file_with(true, false), first_only, "t.model").split(std::move(word), found);
    return found.empty() ? "nothing" : found[0].text;
  };
  CHECK(words(false, {"a", false}) == "\u2581a");
  CHECK(words(true, {"a", false}) == "a");
  CHECK(words(true, {"a", true}) == "\u2581a");
}
