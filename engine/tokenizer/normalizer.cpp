#include "engine/tokenizer/normalizer.hpp"

#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/pattern.hpp"

#include <vector>

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const Normalizer>;

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string prefix) : prefix_(std::move(prefix)) {}
  std::string normalize(std::string text) const override {
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

class Sequence : public Normalizer {
 public:
  explicit Sequence(std::vector<Made> steps) : steps_(std::move(steps)) {}
  std::string normalize(std::string text) const override {
    for (const auto& step : steps_)
      text = step->normalize(std::move(text));
    return text;
  }
  static Made make(const Field& field) {
    std::vector<Made> steps;
    for (const Field& step : field.at("normalizers").elements())
      if (auto made = make_normalizer(step))
        steps.push_back(std::move(made));
    return std::make_unique<Sequence>(std::move(steps));
  }

 private:
  std::vector<Made> steps_;
};

constexpr Maker<Normalizer> kMakers[] = {
    {"Prepend", Prepend::make},
    {"Replace", Replace::make},
    {"Sequence", Sequence::make},
};

} // namespace

std::unique_ptr<const Normalizer> make_normalizer(const Field& field) {
  return make_component(field, kMakers);
}

} // namespace residua::tokenizer
