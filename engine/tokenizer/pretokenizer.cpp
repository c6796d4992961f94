#include "engine/tokenizer/pretokenizer.hpp"

#include "engine/tokenizer/byte_level.hpp"
#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/pattern.hpp"
#include "engine/tokenizer/split_behavior.hpp"

#include <optional>

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const PreTokenizer>;

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool use_regex) : add_prefix_space_(add_prefix_space) {
    if (use_regex)
      words_ = Pattern::regex(byte_level::kWordPattern);
  }
  void split(std::string text, std::vector<std::string>& pieces) const override {
    if (add_prefix_space_ && !text.starts_with(' '))
      text.insert(0, 1, ' ');
    if (!words_)
      return pieces.push_back(byte_level::encode(text));
    for (const Span& span :
         split_spans(words_->matches(text), text.size(), SplitBehavior::kIsolated, false))
      pieces.push_back(
          byte_level::encode(std::string_view(text).substr(span.begin, span.end - span.begin)));
  }
  static Made make(const Field& field) {
    return make_byte_level(field.at("add_prefix_space").flag(), field.flag_or("use_regex", true));
  }

 private:
  bool add_prefix_space_;
  std::optional<Pattern> words_;
};

class Split : public PreTokenizer {
 public:
  Split(Pattern pattern, SplitBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}
  void split(std::string text, std::vector<std::string>& pieces) const override {
    for (const Span& span : split_spans(pattern_.matches(text), text.size(), behavior_, invert_))
      pieces.push_back(text.substr(span.begin, span.end - span.begin));
  }
  static Made make(const Field& field) {
    const Field name = field.at("behavior");
    const auto behavior = split_behavior(name.text());
    if (!behavior)
      name.fail(cat(shown(name.text()), " is not supported"),
                "supported are Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
    return std::make_unique<Split>(Pattern::read(field.at("pattern")), *behavior,
                                   field.flag_or("invert", false));
  }

 private:
  Pattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

/// Numbers of any script apart from the rest, as one piece or digit by digit.
Made make_digits(const Field& field) {
  const bool individual = field.flag_or("individual_digits", false);
  return std::make_unique<Split>(Pattern::regex(R"(\p{N})"),
                                 individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous,
                                 false);
}

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<Made> steps) : steps_(std::move(steps)) {}
  void split(std::string text, std::vector<std::string>& pieces) const override {
    std::vector<std::string> current{std::move(text)};
    for (const auto& step : steps_) {
      std::vector<std::string> next;
      std::size_t bytes = 0;
      for (std::string& piece : current) {
        const std::size_t first = next.size();
        step->split(std::move(piece), next);
        for (std::size_t i = first; i < next.size(); ++i)
          bytes += next[i].size();
        check_growth(bytes);
      }
      current = std::move(next);
    }
    for (std::string& piece : current)
      pieces.push_back(std::move(piece));
  }
  static Made make(const Field& field) {
    std::vector<Made> steps;
    for (const Field& step : field.at("pretokenizers").elements())
      if (auto made = make_pretokenizer(step))
        steps.push_back(std::move(made));
    return std::make_unique<Sequence>(std::move(steps));
  }

 private:
  std::vector<Made> steps_;
};

constexpr Maker<PreTokenizer> kMakers[] = {
    {"ByteLevel", ByteLevel::make},
    {"Digits", make_digits},
    {"Sequence", Sequence::make},
    {"Split", Split::make},
};

} // namespace

std::unique_ptr<const PreTokenizer> make_pretokenizer(const Field& field) {
  return make_component(field, kMakers);
}

std::unique_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool use_regex) {
  return std::make_unique<ByteLevel>(add_prefix_space, use_regex);
}

} // namespace residua::tokenizer
