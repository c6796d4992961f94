#include "tests/support/catch.hpp"

#include "engine/tokenizer/byte_level.hpp"

#include <set>

using namespace residua;
using namespace residua::tokenizer;

TEST_CASE("256 bytes have 256 symbols", "[tokenizer]") {
  std::set<char32_t> symbols;
  for (int b = 0; b < 256; ++b) {
    const auto byte = static_cast<unsigned char>(b);
    symbols.insert(byte_level::symbol(byte));
    CHECK(byte_level::byte(byte_level::symbol(byte)) == byte);
  }
  CHECK(symbols.size() == 256);
  CHECK(*symbols.rbegin() == 0x143);
  CHECK_FALSE(byte_level::byte(U' '));
  CHECK_FALSE(byte_level::byte(0x144));
  CHECK_FALSE(byte_level::byte(0x10FFFF));
}

TEST_CASE("symbols are GPT-2's", "[tokenizer]") {
  CHECK(byte_level::encode(" a\n\t") == "\u0120a\u010a\u0109");
  CHECK(byte_level::encode("\u00e9") == "\u00c3\u00a9");
  CHECK(byte_level::encode(std::string("\0\x7F\xA0\xAD", 4)) == "\u0100\u0121\u0142\u0143");
  CHECK(byte_level::decode("\u0120a\u010a") == " a\n");
  CHECK(byte_level::decode("not a symbol") == "not a symbol");
}
