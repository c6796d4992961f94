#include "tests/support/catch.hpp"

#include "engine/text/utf8.hpp"

#include <random>
#include <string>

using namespace residua;

namespace {

/// UTF-8 by the definition of its bit patterns, for any value below 2^21.
std::string encode(uint32_t point) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80)
    return {static_cast<char>(point)};
  if (point < 0x800)
    return {static_cast<char>(0xC0 | point >> 6), tail(0)};
  if (point < 0x10000)
    return {static_cast<char>(0xE0 | point >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
}

} // namespace

TEST_CASE("every code point but surrogates is valid UTF-8", "[text]") {
  bool right = true;
  for (uint32_t point = 0; point < 0x1FFFFF; ++point) {
    const bool scalar = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
    const std::string text = encode(point);
    right = right && utf8::first_invalid(text).has_value() != scalar;
    right = right && (!scalar || utf8::count(text) == 1);
  }
  CHECK(right);
}

TEST_CASE("the first invalid sequence is found where it begins", "[text]") {
  const std::string good = "a\u00e9\u4e2d\U0001F600";
  for (const char* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xC3(",
        "\xE4\xB8", "\xE4\xB8(", "\xF0\x9F\x98", "\xF0\x9F\x98("}) {
    INFO("bytes " << static_cast<int>(static_cast<unsigned char>(bad[0])));
    CHECK(utf8::first_invalid(bad) == 0U);
    CHECK(utf8::first_invalid(good + bad) == good.size());
    CHECK(utf8::first_invalid(good + bad + good) == good.size());
  }
  CHECK_FALSE(utf8::first_invalid("").has_value());
  CHECK_FALSE(utf8::first_invalid(std::string_view("\0", 1)).has_value());
}

TEST_CASE("code points are counted, not bytes", "[text]") {
  CHECK(utf8::count("") == 0);
  CHECK(utf8::count("na\u00efve") == 5);
  CHECK(utf8::count("\u05e9\u05dc\u05d5\u05dd") == 4);
  CHECK(utf8::count("\U0001F468\u200d\U0001F469") == 3); // a joined emoji is three code points
}

TEST_CASE("random bytes neither crash nor pass unless they decode", "[text]") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (unsigned i = random() % 12; i > 0; --i)
      bytes += static_cast<char>(random());
    const auto at = utf8::first_invalid(bytes);
    REQUIRE((!at || *at < bytes.size()));
    REQUIRE_FALSE(utf8::first_invalid(std::string_view(bytes).substr(0, at.value_or(bytes.size())))
                      .has_value());
  }
}
