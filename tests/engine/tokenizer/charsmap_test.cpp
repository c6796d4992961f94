#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/charsmap.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>

using namespace residua;
using namespace residua::tokenizer;
using reference::message;

static std::string word(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i)
    bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// A table of these units and texts.
static Charsmap table(const std::vector<uint32_t>& units, const std::string& texts) {
  std::string bytes = word(static_cast<uint32_t>(4 * units.size()));
  for (const uint32_t unit : units)
    bytes += word(unit);
  return {bytes + texts, "t: charsmap"};
}

// A unit: the byte that leads to it, bit 8 if a key ends there, from bit 10 the way to its
// children.
static constexpr uint32_t unit(char byte, bool leaf, uint32_t offset) {
  return static_cast<unsigned char>(byte) | (leaf ? 0x100U : 0U) | (offset << 10);
}

/// Keys "a" -> "X", "ab" -> "YZ": the root's children begin at 0x100, those of "a" at 0x200.
static Charsmap small() {
  std::vector<uint32_t> units(0x400, 0xFF);
  units[0] = unit('\0', false, 0x100);
  units[0x100 ^ 'a'] = unit('a', true, 0x100 ^ 'a' ^ 0x200);
  units[0x200] = 0x80000000U;
  units[0x200 ^ 'b'] = unit('b', true, 0x200 ^ 'b' ^ 0x300);
  units[0x300] = 0x80000002U;
  return table(units, std::string("X\0YZ\0", 5));
}

TEST_CASE("entries are found at the beginning of a text", "[tokenizer]") {
  const Charsmap map = small();
  CHECK(map.shortest("abc")->text == "X");
  CHECK(map.shortest("abc")->length == 1);
  CHECK(map.longest("abc")->text == "YZ");
  CHECK(map.longest("abc")->length == 2);
  CHECK(map.longest("ac")->text == "X");
  CHECK_FALSE(map.longest("b"));
  CHECK_FALSE(map.longest(""));
  CHECK_FALSE(map.longest(std::string_view("\0a", 2)));
}

TEST_CASE("an array that leads in a circle is not followed without end", "[tokenizer]") {
  std::vector<uint32_t> units(0x200, 0xFF);
  units[0] = unit('\0', false, 0x100);
  units[0x100 ^ 'a'] = unit('a', true, 'a'); // its own child
  units[0x100] = 0x80000000U;
  const Charsmap map = table(units, std::string("X\0", 2));
  CHECK(map.longest("aaa")->length == 3);
  CHECK(map.longest(std::string(100'000, 'a'))->length == 256);
}

TEST_CASE("tables that contradict themselves are refused", "[tokenizer]") {
  const auto of = [](const std::string& bytes) {
    return message([&] { Charsmap(bytes, "t: charsmap"); });
  };
  CHECK(of("abc") ==
        "t: charsmap has 3 bytes, too few for a size; download or write the file again");
  CHECK(of(word(0xFFFFFFFF) + "abcd") == "t: charsmap gives its array 4294967295 bytes of the 4 "
                                         "that follow; download or write the file again");
  CHECK(of(word(0)) == "t: charsmap gives its array 0 bytes of the 0 that follow; download or "
                       "write the file again");
  CHECK(of(word(4) + word(0) + "a\xFF") ==
        "t: charsmap has invalid UTF-8 at byte 9; download or write the file again");
  std::vector<uint32_t> units(0x200, 0);
  units[0] = unit('\0', false, 0x100);
  units[0x100 ^ 'a'] = unit('a', true, 0x1000);
  CHECK(message([&] { table(units, "").longest("a"); }) ==
        "t: charsmap points to unit 4449 of 512; download or write the file again");
  units[0x100 ^ 'a'] = unit('a', true, 0x100 ^ 'a');
  units[0] |= 0x200; // its own leaf, and an offset that is too far
  CHECK_FALSE(table(units, "").longest("a"));
}

TEST_CASE("texts begin where characters do", "[tokenizer]") {
  std::vector<uint32_t> units(0x300, 0xFF);
  units[0] = unit('\0', false, 0x100);
  units[0x100 ^ 'a'] = unit('a', true, 0x100 ^ 'a' ^ 0x200);
  units[0x200] = 0x80000001U;
  CHECK(message([&] { table(units, "\u00e9").longest("a"); }) ==
        "t: charsmap points to byte 1 of its texts, which begins none; download or write the file "
        "again");
  units[0x200] = 0x80000003U;
  CHECK_THROWS(table(units, "\u00e9").longest("a"));
  units[0x200] = 0x80000002U;
  CHECK(table(units, "\u00e9").longest("a")->text.empty());
}

TEST_CASE("random tables crash nothing", "[tokenizer]") {
  std::mt19937 random(8);
  for (int round = 0; round < 300; ++round) {
    std::vector<uint32_t> units(random() % 600 + 1);
    for (uint32_t& it : units)
      it = static_cast<uint32_t>(random()) & (random() % 2 == 0 ? 0xFFFFU : 0xFFFFFFFFU);
    const Charsmap map = table(units, std::string("ab\0\u00e9\0", 6));
    for (int i = 0; i < 50; ++i) {
      const std::string text = {static_cast<char>('a' + random() % 26), 'b', 'c'};
      try {
        if (const auto found = map.longest(text))
          CHECK(found->length <= text.size());
      } catch (const Error&) {
      }
    }
  }
}
