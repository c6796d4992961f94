#include "engine/tokenizer/normalizer.hpp"

#include "engine/interrupt.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/pattern.hpp"
#include "engine/tokenizer/precompiled.hpp"
#include "engine/tokenizer/unicode_normalizers.hpp"

#include <vector>

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const Normalizer>;

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string prefix) : prefix_(std::move(prefix)) {}
  std::string normalize(std::string text) const override {
    check_growth(prefix_.size() + text.size());
    return text.empty() ? text : prefix_ + text;
  }
  static Made make(const Field& field) {
    return std::make_unique<Prepend>(field.at("prepend").text());
  }

 private:
  std::string prefix_;
};

class Replace : public Normalizer {
 public:
  Replace(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  std::string normalize(std::string text) const override {
    return pattern_.replace(text, content_);
  }
  static Made make(const Field& field) {
    return std::make_unique<Replace>(Pattern::read(field.at("pattern")),
                                     field.at("content").text());
  }

 private:
  Pattern pattern_;
  std::string content_;
};

/// Takes white space off the ends.
class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  std::string normalize(std::string text) const override {
    const std::size_t begin = left_ ? code_points::space_behind(text, 0) : 0;
    const std::size_t end = right_ ? code_points::space_before(text, text.size()) : text.size();
    return begin < end ? text.substr(begin, end - begin) : "";
  }
  static Made make(const Field& field) {
    return std::make_unique<Strip>(field.at("strip_left").flag(), field.at("strip_right").flag());
  }

 private:
  bool left_;
  bool right_;
};

class Sequence : public Normalizer {
 public:
  explicit Sequence(std::vector<Made> steps) : steps_(std::move(steps)) {}
  std::string normalize(std::string text) const override {
    for (const auto& step : steps_) {
      interrupt::poll();
      text = step->normalize(std::move(text));
    }
    return text;
  }
  static Made make(const Field& field) {
    return std::make_unique<Sequence>(make_steps(field.at("normalizers"), make_normalizer));
  }

 private:
  std::vector<Made> steps_;
};

constexpr Maker<Normalizer> kMakers[] = {
    {"Lowercase", make_lowercase},
    {"NFC", make_nfc},
    {"NFD", make_nfd},
    {"NFKC", make_nfkc},
    {"NFKD", make_nfkd},
    {"Nmt", make_nmt},
    {"Precompiled", make_precompiled},
    {"Prepend", Prepend::make},
    {"Replace", Replace::make},
    {"Sequence", Sequence::make},
    {"Strip", Strip::make},
    {"StripAccents", make_strip_accents},
};

} // namespace

std::unique_ptr<const Normalizer> make_normalizer(const Field& field) {
  return make_component(field, kMakers);
}

} // namespace residua::tokenizer
