#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/text/lines.hpp"
#include "tests/engine/text/scratch_folder.hpp"

using namespace residua;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Lines = std::vector<std::string>;

TEST_CASE("lines end in LF or CRLF, with or without a last end and a byte order mark", "[text]") {
  const ScratchFolder folder;
  const auto read = [&](std::string_view content) {
    return read_lines(folder.write("a.txt", content));
  };
  CHECK(read("") == Lines{});
  CHECK(read("one") == Lines{"one"});
  CHECK(read("one\n") == Lines{"one"});
  CHECK(read("one\n\n") == Lines{"one", ""});
  CHECK(read("one\r\ntwo\r\n") == Lines{"one", "two"});
  CHECK(read("one\r\n\r\nthree\r") == Lines{"one", "", "three"});
  CHECK(read("a\rb\n") == Lines{"a\rb"});
  CHECK(read("\xEF\xBB\xBFone\ntwo") == Lines{"one", "two"});
  CHECK(read("one\n\xEF\xBB\xBFtwo") == Lines{"one", "\xEF\xBB\xBFtwo"});
}

TEST_CASE("bytes that are not text are refused with their place", "[text]") {
  const ScratchFolder folder;
  const auto latin = folder.write("latin.txt", "one\ncaf\xE9 au lait\n");
  CHECK_THROWS_WITH(read_lines(latin),
                    Contains("latin.txt: not UTF-8 at line 2, byte offset 7; convert"));
  const auto cut = folder.write("cut.txt", "\xEF\xBB\xBF"
                                           "a\xE4\xB8");
  CHECK_THROWS_WITH(read_lines(cut), Contains("cut.txt: not UTF-8 at line 1, byte offset 4"));
  const auto wide = folder.write("wide.txt", std::string_view("a\nb\0", 4));
  CHECK_THROWS_WITH(read_lines(wide),
                    Contains("wide.txt: NUL byte at line 2, byte offset 3") && EndsWith("UTF-16"));
  CHECK_THROWS_WITH(read_lines(folder.path() / "none.txt"), Contains("none.txt: no such file"));
}

TEST_CASE("cells are separated by tabs", "[text]") {
  CHECK(split_tabs("") == Lines{""});
  CHECK(split_tabs("a\tb c\t") == Lines{"a", "b c", ""});
  CHECK(split_tabs("\t") == Lines{"", ""});
  CHECK(is_blank(""));
  CHECK(is_blank(" \t "));
  CHECK_FALSE(is_blank(" x"));
}
