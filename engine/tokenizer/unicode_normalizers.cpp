#include "engine/tokenizer/unicode_normalizers.hpp"

#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/unicode.hpp"

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const Normalizer>;

/// A normalizer that is a function of the text.
template <class Rewrite> class Function : public Normalizer {
 public:
  explicit Function(Rewrite rewrite) : rewrite_(rewrite) {}
  std::string normalize(std::string text) const override {
    std::string rewritten = rewrite_(text);
    check_growth(rewritten.size());
    return rewritten;
  }

 private:
  Rewrite rewrite_;
};

template <class Rewrite> Made function(Rewrite rewrite) {
  return std::make_unique<Function<Rewrite>>(rewrite);
}

Made form(unicode::Form form) {
  return function([form](const std::string& text) { return unicode::normalize(text, form); });
}

/// A normalizer that keeps, drops or replaces single code points: `change` returns what follows
/// from one, or 0.
template <class Change> Made per_point(Change change) {
  return function([change](const std::string& text) {
    std::string changed;
    changed.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
      const char32_t point = code_points::decode(text, at);
      const std::size_t size = code_points::length(static_cast<unsigned char>(text[at]));
      const std::optional<char32_t> after = change(point);
      if (after == point)
        changed.append(text, at, size);
      else if (after)
        code_points::append(changed, *after);
      at += size;
    }
    return changed;
  });
}

bool nmt_drops(char32_t point) {
  return (point >= 0x1 && point <= 0x8) || point == 0xB || (point >= 0xE && point <= 0x1F) ||
         point == 0x7F || point == 0x8F || point == 0x9F;
}

bool nmt_makes_space(char32_t point) {
  return point == 0x9 || point == 0xA || point == 0xC || point == 0xD || point == 0x1680 ||
         (point >= 0x200B && point <= 0x200F) || point == 0x2028 || point == 0x2029 ||
         point == 0x2581 || point == 0xFEFF || point == 0xFFFD;
}

} // namespace

Made make_nfc(const Field&) {
  return form(unicode::Form::kNfc);
}
Made make_nfd(const Field&) {
  return form(unicode::Form::kNfd);
}
Made make_nfkc(const Field&) {
  return form(unicode::Form::kNfkc);
}
Made make_nfkd(const Field&) {
  return form(unicode::Form::kNfkd);
}

Made make_lowercase(const Field&) {
  return function([](const std::string& text) { return unicode::lowercase(text); });
}

Made make_strip_accents(const Field&) {
  return per_point(
      [](char32_t point) { return unicode::is_mark(point) ? std::nullopt : std::optional(point); });
}

Made make_nmt(const Field&) {
  return per_point([](char32_t point) -> std::optional<char32_t> {
    if (nmt_drops(point))
      return std::nullopt;
    return nmt_makes_space(point) ? U' ' : point;
  });
}

} // namespace residua::tokenizer
