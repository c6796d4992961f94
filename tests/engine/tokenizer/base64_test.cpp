#include "tests/support/catch.hpp"

#include "engine/tokenizer/base64.hpp"

using residua::tokenizer::decode_base64;

// Expected: RFC 4648, section 10.
TEST_CASE("base64 is decoded", "[tokenizer]") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(decode_base64("+/8A") == std::string("\xFB\xFF\0", 3));
}

TEST_CASE("what is no base64 is refused", "[tokenizer]") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zg==Zg==", "Zm9_", "Zm 9",
                           "Zh==", "Zm9=", "Zm\n8"})
    CHECK_FALSE(decode_base64(text));
}
