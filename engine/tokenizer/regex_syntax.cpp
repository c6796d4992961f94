#include "engine/tokenizer/regex_syntax.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/json_fields.hpp"

#include <cctype>

namespace residua::tokenizer {

namespace {

// Oniguruma's \w; PCRE2's own lacks marks, and superscripts and fractions of Latin-1.
constexpr const char* kWordSet =
    R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE})";

struct PosixClass {
  std::string_view name;
  const char* members;
};
constexpr PosixClass kPosixClasses[] = {
    {"alnum", R"(\p{Alphabetic}\p{Nd})"},
    {"alpha", R"(\p{Alphabetic})"},
    {"digit", R"(\p{Nd})"},
    {"lower", R"(\p{Lowercase})"},
    {"punct", R"(\p{P}\p{S})"},
    {"space", R"(\p{White_Space})"},
    {"upper", R"(\p{Uppercase})"},
};
constexpr std::string_view kSameEscapes = "dDpPnrtfxAzZ";

class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string run() {
    while (!done())
      outside();
    return std::move(out_);
  }

 private:
  bool done() const { return at_ >= pattern_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  void copy(std::size_t count = 1) {
    out_ += pattern_.substr(at_, count);
    at_ += count;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(cat("regex ", shown(pattern_), " at offset ", at_, ": ", what),
                "rewrite the pattern without it");
  }

  void outside() {
    switch (peek()) {
      case '\\':
        return escape(false);
      case '[':
        return char_class();
      case '(':
        return group();
      case '{':
        return interval();
      default:
        return copy();
    }
  }

  void escape(bool in_class) {
    const char kind = peek(1);
    if (kind == '\0')
      fail("nothing follows the backslash");
    // PCRE2's own \s has U+180E besides.
    if (kind == 's' || kind == 'S')
      replace(kind == 's' ? R"(\p{White_Space})" : R"(\P{White_Space})");
    else if (kind == 'w' && in_class)
      replace(kWordSet);
    else if ((kind == 'w' || kind == 'W') && !in_class)
      replace(cat(kind == 'w' ? "[" : "[^", kWordSet, "]"));
    else if (kind == 'u')
      unicode_escape();
    else if (std::isalnum(static_cast<unsigned char>(kind)) != 0 &&
             kSameEscapes.find(kind) == std::string_view::npos)
      fail(cat("the escape \\", kind, " is not supported here"));
    else
      copy(2);
  }

  void replace(const std::string& text) {
    out_ += text;
    at_ += 2;
  }

  // \uHHHH
  void unicode_escape() {
    for (std::size_t i = 2; i < 6; ++i)
      if (std::isxdigit(static_cast<unsigned char>(peek(i))) == 0)
        fail("\\u needs four hexadecimal digits");
    out_ += cat("\\x{", pattern_.substr(at_ + 2, 4), "}");
    at_ += 6;
  }

  // In Oniguruma a class within a class is a union; its members are listed in the outer class.
  void char_class() {
    open_class();
    for (int depth = 1; depth > 0;) {
      if (done())
        fail("a class is not closed");
      if (peek() == ']') {
        close_class(--depth);
      } else if (peek() == '[' && peek(1) == ':') {
        posix_class();
      } else if (peek() == '[') {
        open_nested();
        ++depth;
      } else {
        member();
      }
    }
  }

  void open_class() {
    copy(peek(1) == '^' ? 2 : 1);
    literal_bracket();
  }

  void open_nested() {
    if (peek(1) == '^')
      fail("a negated class within a class is not supported");
    if (out_.back() == '-')
      fail("a range that ends in a class is not supported");
    ++at_;
    literal_bracket();
  }

  void literal_bracket() {
    if (peek() == ']') {
      out_ += "\\]";
      ++at_;
    }
  }

  void close_class(int depth) {
    if (depth == 0)
      return copy();
    ++at_;
    if (peek() == '-' && peek(1) != ']') { // would make a range of the inner class's last member
      out_ += "\\-";
      ++at_;
    }
  }

  void posix_class() {
    const std::size_t end = pattern_.find(":]", at_ + 2);
    if (end == std::string_view::npos)
      fail("[: is not closed by :]");
    const std::string_view name = pattern_.substr(at_ + 2, end - at_ - 2);
    for (const auto& known : kPosixClasses)
      if (known.name == name) {
        out_ += known.members;
        at_ = end + 2;
        return;
      }
    fail(cat("the class [:", shown(name), ":] is not supported"));
  }

  void member() {
    if (peek() == '\\')
      return escape(true);
    if (peek() == '&' && peek(1) == '&')
      fail("an intersection of classes is not supported");
    copy();
  }

  void group() {
    if (peek(1) == '*')
      fail("verbs are not supported");
    if (peek(1) == '?')
      check_group_kind();
    copy(peek(1) == '?' ? 2 : 1);
  }

  // Allowed are (?: (?= (?! (?> (?<= (?<! (?i: (?-i: and, at the very start, (?i).
  void check_group_kind() const {
    const std::string_view rest = pattern_.substr(at_ + 2);
    for (const std::string_view kind : {":", "=", "!", ">", "<=", "<!", "i:", "-i:"})
      if (rest.starts_with(kind))
        return;
    if (at_ == 0 && rest.starts_with("i)"))
      return;
    fail("this kind of group is not supported");
  }

  // {n}, {n,}, {n,m}; in Oniguruma {,m} is {0,m}, and a + or ? behind one means something else than
  // in PCRE2.
  void interval() {
    std::size_t end = at_ + 1;
    while (end < pattern_.size() &&
           (std::isdigit(static_cast<unsigned char>(pattern_[end])) != 0 || pattern_[end] == ','))
      ++end;
    if (end == at_ + 1 || end >= pattern_.size() || pattern_[end] != '}')
      return copy();
    const std::string_view bounds = pattern_.substr(at_ + 1, end - at_ - 1);
    const bool fixed = bounds.find(',') == std::string_view::npos;
    at_ = end + 1;
    if (peek() == '+' || (peek() == '?' && fixed))
      fail(cat("the sign ", peek(), " behind an interval is not supported"));
    out_ += cat("{", bounds.front() == ',' ? "0" : "", bounds, "}");
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::string out_;
};

} // namespace

std::string to_pcre2(std::string_view pattern) {
  return Translator(pattern).run();
}

} // namespace residua::tokenizer
