#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/regex.hpp"
#include "engine/tokenizer/regex_syntax.hpp"
#include "tests/engine/tokenizer/reference.hpp"

namespace residua::tokenizer {

/// How failures print it.
static std::ostream& operator<<(std::ostream& out, const Span& span) {
  return out << span.begin << ".." << span.end;
}

} // namespace residua::tokenizer

using namespace residua;
using namespace residua::tokenizer;
using reference::message;
using Spans = std::vector<Span>;

static Spans matches(const std::string& pattern, const std::string& text) {
  return Regex(pattern).matches(text);
}

TEST_CASE("what both dialects share stays as it is", "[tokenizer]") {
  for (const char* pattern :
       {R"( ?\p{L}+|[^\r\n\p{L}]?\d{1,3})", R"((?i:'s|'T)|(?=a)(?!b)(?>c)(?<=d)(?<!e))",
        R"([]a]|[^]a])", R"(\.\[\]\\x\{)", "(?i)abc", "a{2}b{2,}?c{2,3}?", "{x}", "[a-z&]"})
    CHECK_NOTHROW(Regex(pattern));
  CHECK(to_pcre2(R"( ?\p{L}+|\d{1,3}(?i:'s))") == R"( ?\p{L}+|\d{1,3}(?i:'s))");
}

TEST_CASE("Oniguruma's own forms are rewritten", "[tokenizer]") {
  CHECK(to_pcre2(R"(\s[\S])") == R"(\p{White_Space}[\P{White_Space}])");
  CHECK(to_pcre2(R"( ?[^(\s|[.,!]()])") == R"( ?[^(\p{White_Space}|.,!()])");
  CHECK(to_pcre2("[[a]-z]") == "[a\\-z]"); // no range
  CHECK(to_pcre2("\\u2581{,3}") == "\\x{2581}{0,3}");
}

TEST_CASE("what cannot be rewritten is refused by offset", "[tokenizer]") {
  const auto of = [](const std::string& pattern) { return message([&] { to_pcre2(pattern); }); };
  const std::string remedy = "; rewrite the pattern without it";
  CHECK(of("a\\hb") == "regex 'a\\hb' at offset 1: the escape \\h is not supported here" + remedy);
  CHECK(of("[\\W]") == "regex '[\\W]' at offset 1: the escape \\W is not supported here" + remedy);
  CHECK(of("a\\") == "regex 'a\\' at offset 1: nothing follows the backslash" + remedy);
  CHECK(of("\\u12") == "regex '\\u12' at offset 0: \\u needs four hexadecimal digits" + remedy);
  CHECK(of("[a") == "regex '[a' at offset 2: a class is not closed" + remedy);
  CHECK(of("[a[^b]]") ==
        "regex '[a[^b]]' at offset 2: a negated class within a class is not supported" + remedy);
  CHECK(of("[a&&b]") ==
        "regex '[a&&b]' at offset 2: an intersection of classes is not supported" + remedy);
  CHECK(of("[a-[b]]") ==
        "regex '[a-[b]]' at offset 3: a range that ends in a class is not supported" + remedy);
  CHECK(of("[[:cntrl:]]") ==
        "regex '[[:cntrl:]]' at offset 1: the class [:'cntrl':] is not supported" + remedy);
  CHECK(of("[[:alpha]") == "regex '[[:alpha]' at offset 1: [: is not closed by :]" + remedy);
  CHECK(of("(*UTF)a") == "regex '(*UTF)a' at offset 0: verbs are not supported" + remedy);
  for (const char* group : {"(?R)", "(?1)", "(?C1)", "(?P<n>a)", "(?m:a)", "a(?i)b", "(?#x)", "(?"})
    CHECK(of(group).find("this kind of group is not supported") != std::string::npos);
  CHECK(of("a{1,3}+") ==
        "regex 'a{1,3}+' at offset 6: the sign + behind an interval is not supported" + remedy);
  CHECK(of("a{2}?") ==
        "regex 'a{2}?' at offset 4: the sign ? behind an interval is not supported" + remedy);
  CHECK(message([] { Regex("(a"); }) ==
        "regex '(a': missing closing parenthesis; correct the pattern");
}

TEST_CASE("matches follow each other, empty ones included", "[tokenizer]") {
  CHECK(matches("b", "abcb") == Spans{{1, 2}, {3, 4}});
  CHECK(matches("b*", "abba") == Spans{{0, 0}, {1, 3}, {4, 4}});
  CHECK(matches("(?=\\p{Lu})", "aBC") == Spans{{1, 1}, {2, 2}});
  CHECK(matches("x*", "\u00e9") == Spans{{0, 0}, {2, 2}}); // not inside a character
  CHECK(matches("a", "").empty());
  CHECK(matches("^a|b$", "a\na b\nb") ==
        Spans{{0, 1}, {2, 3}, {4, 5}, {6, 7}}); // lines, as in Ruby
}

TEST_CASE("classes know Unicode as Oniguruma does", "[tokenizer]") {
  CHECK(matches("\\s", "\u180e").empty()); // PCRE2's own \s has it
  CHECK(matches("\\s+", "\u00a0\u2003\u3000\u0085") == Spans{{0, 10}});
  CHECK(matches("\\w+", "e\u0301\u00b2_") == Spans{{0, 6}}); // marks and superscripts
  CHECK(matches("\\W", "a-b") == Spans{{1, 2}});
  CHECK(matches("\\d+", "1\u0663") == Spans{{0, 3}});
  CHECK(matches("(?i:'s)", "'\u017f") == Spans{{0, 3}}); // long s
  CHECK(matches("\\u00e9", "e\u00e9") == Spans{{1, 3}});
  CHECK(matches("a{,2}b", "aaab") == Spans{{1, 4}});
  CHECK(matches("[[ab]-c]+", "a-c") == Spans{{0, 3}});
  CHECK(matches("[[:punct:]]+", "!$\u2581") == Spans{{0, 5}});
  CHECK(matches(".", "\n\r") == Spans{{1, 2}});
}

TEST_CASE("a pattern that backtracks without end is an error", "[tokenizer]") {
  const Regex regex("(a+)+$");
  const std::string found = message([&] { regex.matches(std::string(60, 'a') + "b"); });
  CHECK(found.starts_with("regex '(a+)+$' at byte 0 of the text: match limit exceeded; "));
  CHECK(regex.matches("aaa") == Spans{{0, 3}});
}

TEST_CASE("long runs of one kind are matched in linear time", "[tokenizer]") {
  const Regex regex(R"( ?\p{L}+|\s+(?!\S)|\s+)");
  const std::size_t size = 1 << 20;
  CHECK(regex.matches(std::string(size, 'a')) == Spans{{0, size}});
  CHECK(regex.matches(std::string(size, ' ') + "a") == Spans{{0, size - 1}, {size - 1, size + 1}});
}
