#include "engine/tokenizer/metaspace.hpp"

#include "engine/error.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/pattern.hpp"
#include "engine/tokenizer/split_behavior.hpp"

namespace residua::tokenizer {

namespace {

enum class Prepend { kAlways, kFirst, kNever };

std::string read_sign(const Field& field) {
  const Field sign = field.at("replacement");
  if (utf8::count(sign.text()) != 1)
    sign.fail("is not one character", "Metaspace takes one");
  return sign.text();
}

/// Files from before 2024 say add_prefix_space instead of prepend_scheme.
Prepend read_prepend(const Field& field) {
  const bool add = field.flag_or("add_prefix_space", true);
  const auto scheme = field.find("prepend_scheme");
  if (!scheme)
    return add ? Prepend::kAlways : Prepend::kNever;
  if (!add && scheme->text() != "never")
    scheme->fail("contradicts add_prefix_space", "correct one of them");
  if (scheme->text() == "always")
    return Prepend::kAlways;
  if (scheme->text() == "first")
    return Prepend::kFirst;
  if (scheme->text() != "never")
    scheme->fail(cat(shown(scheme->text()), " is not supported"),
                 "supported are always, first, never");
  return Prepend::kNever;
}

class Metaspace : public PreTokenizer {
 public:
  Metaspace(std::string sign, Prepend prepend, bool split)
      : sign_(Pattern::literal(sign)), sign_text_(std::move(sign)), prepend_(prepend),
        split_(split) {}

  void split(Word word, std::vector<Word>& words) const override {
    std::string text = space_.replace(word.text, sign_text_);
    const bool wanted = prepend_ == Prepend::kAlways || (prepend_ == Prepend::kFirst && word.first);
    if (wanted && !text.starts_with(sign_text_))
      text.insert(0, sign_text_);
    if (!split_)
      return words.push_back({std::move(text), word.first});
    append_spans(
        text, word.first,
        split_spans(sign_.matches(text), text.size(), SplitBehavior::kMergedWithNext, false),
        words);
  }

 private:
  Pattern space_ = Pattern::literal(" ");
  Pattern sign_;
  std::string sign_text_;
  Prepend prepend_;
  bool split_;
};

class MetaspaceDecoder : public Decoder {
 public:
  MetaspaceDecoder(const std::string& sign, bool drop)
      : sign_(Pattern::literal(sign)), drop_(drop) {}

  std::vector<std::string> decode(std::vector<std::string> tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = sign_.replace(tokens[i], i == 0 && drop_ ? "" : " ");
    return tokens;
  }

 private:
  Pattern sign_;
  bool drop_;
};

} // namespace

std::unique_ptr<const PreTokenizer> make_metaspace(const Field& field) {
  return std::make_unique<Metaspace>(read_sign(field), read_prepend(field),
                                     field.flag_or("split", true));
}

std::unique_ptr<const Decoder> make_metaspace_decoder(const Field& field) {
  return std::make_unique<MetaspaceDecoder>(read_sign(field),
                                            read_prepend(field) != Prepend::kNever);
}

} // namespace residua::tokenizer
