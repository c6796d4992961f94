#include "tests/support/catch.hpp"

#include "engine/text/utf8.hpp"
#include "engine/tokenizer/code_points.hpp"

#include <random>

using namespace residua;
using namespace residua::tokenizer;

TEST_CASE("every code point is written and read back", "[tokenizer]") {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF)
      continue;
    std::string text = "x";
    code_points::append(text, point);
    const bool same = !utf8::first_invalid(text) && code_points::decode(text, 1) == point &&
                      code_points::length(static_cast<unsigned char>(text[1])) == text.size() - 1 &&
                      code_points::last(text) == 1 && code_points::repair(text) == text;
    if (!same)
      FAIL("code point " << static_cast<uint32_t>(point));
  }
}

TEST_CASE("25 code points are white space", "[tokenizer]") {
  int count = 0;
  for (char32_t point = 0; point <= 0x10FFFF; ++point)
    count += code_points::is_space(point) ? 1 : 0;
  CHECK(count == 25); // Unicode's PropList.txt
  CHECK(code_points::is_space(U'\u3000'));
  CHECK_FALSE(code_points::is_space(U'\u180E'));
  CHECK_FALSE(code_points::is_space(U'\u200B'));
}

// Expected: bytes.decode("utf-8", "replace") of Python 3.11.
TEST_CASE("invalid parts become one replacement character each", "[tokenizer]") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK(code_points::repair("") == "");
  CHECK(code_points::repair("a\x80z") == "a" + r + "z");
  CHECK(code_points::repair("\xC3") == r);
  CHECK(code_points::repair("\xE4\xB8z") == r + "z");              // cut off after two of three
  CHECK(code_points::repair("\xF0\x9F\x98") == r);                 // cut off after three of four
  CHECK(code_points::repair("\xC0\xAF") == r + r);                 // overlong
  CHECK(code_points::repair("\xE0\x80\x80") == r + r + r);         // overlong
  CHECK(code_points::repair("\xED\xA0\x80") == r + r + r);         // surrogate
  CHECK(code_points::repair("\xF4\x90\x80\x80") == r + r + r + r); // beyond U+10FFFF
  CHECK(code_points::repair("\xF1\x80\x80\xE1\x80\xC2") == r + r + r);
  CHECK(code_points::repair("\xFF\xFE") == r + r);
}

TEST_CASE("repair gives valid text whatever the bytes", "[tokenizer]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (auto size = random() % 12; size > 0; --size)
      bytes += static_cast<char>(random() % 2 ? random() : 0x80 | random() % 0x40);
    const std::string text = code_points::repair(bytes);
    REQUIRE_FALSE(utf8::first_invalid(text));
    if (!utf8::first_invalid(bytes))
      REQUIRE(text == bytes);
  }
}
