#include "tests/support/catch.hpp"

#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/unicode.hpp"

#include <random>

using namespace residua::tokenizer;
using unicode::Form;

// Expected: the tables of Unicode's annex 15.
TEST_CASE("normalization forms are Unicode's", "[tokenizer]") {
  CHECK(unicode::normalize("\u212b", Form::kNfc) == "\u00c5"); // angstrom sign
  CHECK(unicode::normalize("\u1e69", Form::kNfd) == "s\u0323\u0307");
  CHECK(unicode::normalize("s\u0307\u0323", Form::kNfc) == "\u1e69");
  CHECK(unicode::normalize("\u1e9b\u0323", Form::kNfc) == "\u1e9b\u0323");
  CHECK(unicode::normalize("\u1e9b\u0323", Form::kNfkc) == "\u1e69");
  CHECK(unicode::normalize("\ufb01 2\u2075", Form::kNfkc) == "fi 25");
  CHECK(unicode::normalize("\ufb01\u2075", Form::kNfkd) == "fi5");
  CHECK(unicode::normalize("\ufb01", Form::kNfd) == "\ufb01");
  CHECK(unicode::normalize("\u1112\u1161\u11ab", Form::kNfc) == "\ud55c");
  CHECK(unicode::normalize("\ud55c", Form::kNfd) == "\u1112\u1161\u11ab");
  CHECK(unicode::normalize("", Form::kNfc).empty());
  CHECK(unicode::normalize(std::string("a\0b", 3), Form::kNfkc) == std::string("a\0b", 3));
}

/// Random letters, marks that reorder or compose, and characters that decompose into marks.
static std::string random_text(std::mt19937& random, int size) {
  const char* const parts[] = {"\u0301", "\u0316", "\u0f73", "\u0344", "\u0327", "\u0338",
                               "\u1161", "\u11a8", "a",      "\u1100", "\uac00", "\u00e9"};
  std::string text;
  for (int i = 0; i < size; ++i)
    text += parts[random() % (random() % 8 == 0 ? 12 : 6)];
  return text;
}

/// One by one: insertion by combining class as canonical ordering defines it.
static std::string ordered(const std::string& text) {
  static const auto order = [](char32_t point) {
    switch (point) {
      case 0x0301:
      case 0x0308:
        return 230;
      case 0x0316:
        return 220;
      case 0x0f71:
        return 129;
      case 0x0f72:
        return 130;
      case 0x0327:
        return 202;
      case 0x0338:
        return 1;
      default:
        return 0;
    }
  };
  std::vector<char32_t> points;
  for (std::size_t at = 0; at < text.size();
       at += code_points::length(static_cast<unsigned char>(text[at]))) {
    points.push_back(code_points::decode(text, at));
    for (auto i = points.size() - 1;
         i > 0 && order(points[i]) != 0 && order(points[i - 1]) > order(points[i]); --i)
      std::swap(points[i], points[i - 1]);
  }
  std::string sorted;
  for (const char32_t point : points)
    code_points::append(sorted, point);
  return sorted;
}

// Runs of more than 1000 marks take another path.
TEST_CASE("marks are ordered in runs of any length", "[tokenizer]") {
  std::mt19937 random(4);
  for (const int size : {5, 50, 900, 1500, 4000}) {
    std::string marks = "a";
    for (int i = 0; i < size; ++i)
      marks += random() % 2 == 0 ? "\u0301" : random() % 2 == 0 ? "\u0316" : "\u0338";
    CHECK(unicode::normalize(marks + "z", Form::kNfd) == ordered(marks) + "z");
  }
  for (int round = 0; round < 20; ++round) {
    const std::string text = random_text(random, 3000);
    const std::string decomposed = unicode::normalize(text, Form::kNfd);
    const std::string composed = unicode::normalize(text, Form::kNfc);
    CHECK(ordered(decomposed) == decomposed);
    CHECK(unicode::normalize(composed, Form::kNfd) == decomposed);
    CHECK(unicode::normalize(decomposed, Form::kNfc) == composed);
    CHECK(unicode::normalize(composed, Form::kNfc) == composed);
  }
}

TEST_CASE("letters become small whatever their neighbors", "[tokenizer]") {
  CHECK(unicode::lowercase("STRASSE \u00c9 \u0130I") == "strasse \u00e9 i\u0307i");
  CHECK(unicode::lowercase("\u03a3\u0391\u03a3") == "\u03c3\u03b1\u03c3"); // no final sigma
  CHECK(unicode::lowercase("\u1e9e\u01c5\U00010400") == "\u00df\u01c6\U00010428");
}

TEST_CASE("marks are marks", "[tokenizer]") {
  for (const char32_t mark : {0x301, 0x903, 0x20dd, 0xfe0f})
    CHECK(unicode::is_mark(mark));
  for (const char32_t other : {0x61, 0xb4, 0x200d, 0x1f3fd})
    CHECK_FALSE(unicode::is_mark(other));
}

TEST_CASE("clusters are what readers see as characters", "[tokenizer]") {
  using Ends = std::vector<std::size_t>;
  CHECK(unicode::cluster_ends("").empty());
  CHECK(unicode::cluster_ends("ab") == Ends{1, 2});
  CHECK(unicode::cluster_ends("e\u0301\r\nx") == Ends{3, 5, 6});
  CHECK(unicode::cluster_ends("\u1112\u1161\u11ab") == Ends{9});
  CHECK(unicode::cluster_ends("\U0001f1e9\U0001f1ea\U0001f1eb") == Ends{8, 12}); // flags are pairs
  CHECK(unicode::cluster_ends("\U0001f469\U0001f3fd\u200d\U0001f680") == Ends{15});
}
