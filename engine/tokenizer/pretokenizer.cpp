#include "engine/tokenizer/pretokenizer.hpp"

#include "engine/tokenizer/byte_level.hpp"
#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/metaspace.hpp"
#include "engine/tokenizer/pattern.hpp"
#include "engine/tokenizer/regex_syntax.hpp"
#include "engine/tokenizer/split_behavior.hpp"

#include <iterator>
#include <optional>

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const PreTokenizer>;

// The general categories of Unicode, and of ASCII those that are symbols there.
constexpr std::string_view kPunctuation = R"([\p{P}$+<=>^`|~])";
constexpr std::string_view kWhiteSpace = R"(\p{White_Space})";

SplitBehavior read_behavior(const Field& name) {
  const auto behavior = split_behavior(name.text());
  if (!behavior)
    name.fail(cat(shown(name.text()), " is not supported"),
              "supported are Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
  return *behavior;
}

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool use_regex) : add_prefix_space_(add_prefix_space) {
    if (use_regex)
      words_ = Pattern::regex(byte_level::kWordPattern);
  }
  void split(Word word, std::vector<Word>& words) const override {
    std::string& text = word.text;
    if (add_prefix_space_ && !text.starts_with(' '))
      text.insert(0, 1, ' ');
    if (!words_)
      return words.push_back({byte_level::encode(text), word.first});
    const std::size_t from = words.size();
    append_spans(text, word.first,
                 split_spans(words_->matches(text), text.size(), SplitBehavior::kIsolated, false),
                 words);
    for (std::size_t i = from; i < words.size(); ++i)
      words[i].text = byte_level::encode(words[i].text);
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
  void split(Word word, std::vector<Word>& words) const override {
    append_spans(word.text, word.first,
                 split_spans(pattern_.matches(word.text), word.text.size(), behavior_, invert_),
                 words);
  }
  static Made make(const Field& field) {
    return std::make_unique<Split>(Pattern::read(field.at("pattern")),
                                   read_behavior(field.at("behavior")),
                                   field.flag_or("invert", false));
  }

 private:
  Pattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

Made make_split(std::string_view expression, SplitBehavior behavior) {
  return std::make_unique<Split>(Pattern::regex(expression), behavior, false);
}

/// Numbers of any script apart from the rest, as one piece or digit by digit.
Made make_digits(const Field& field) {
  const bool individual = field.flag_or("individual_digits", false);
  return make_split(R"(\p{N})", individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous);
}

Made make_punctuation(const Field& field) {
  const auto behavior = field.find("behavior");
  return make_split(kPunctuation, behavior ? read_behavior(*behavior) : SplitBehavior::kIsolated);
}

/// Runs of word characters and of others; white space is dropped.
Made make_whitespace(const Field&) {
  const std::string word(kWordCharacters);
  return std::make_unique<Split>(Pattern::regex(cat("[", word, "]+|[^", word, kWhiteSpace, "]+")),
                                 SplitBehavior::kRemoved, true);
}

Made make_whitespace_split(const Field&) {
  return make_split(kWhiteSpace, SplitBehavior::kRemoved);
}

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<Made> steps) : steps_(std::move(steps)) {}
  void split(Word word, std::vector<Word>& words) const override {
    std::vector<Word> current;
    current.push_back(std::move(word));
    for (const auto& step : steps_) {
      std::vector<Word> next;
      std::size_t bytes = 0;
      for (Word& piece : current) {
        const std::size_t from = next.size();
        step->split(std::move(piece), next);
        for (std::size_t i = from; i < next.size(); ++i)
          bytes += next[i].text.size();
        check_growth(bytes);
      }
      current = std::move(next);
    }
    words.insert(words.end(), std::move_iterator(current.begin()),
                 std::move_iterator(current.end()));
  }
  static Made make(const Field& field) {
    return std::make_unique<Sequence>(make_steps(field.at("pretokenizers"), make_pretokenizer));
  }

 private:
  std::vector<Made> steps_;
};

constexpr Maker<PreTokenizer> kMakers[] = {
    {"ByteLevel", ByteLevel::make},  {"Digits", make_digits},
    {"Metaspace", make_metaspace},   {"Punctuation", make_punctuation},
    {"Sequence", Sequence::make},    {"Split", Split::make},
    {"Whitespace", make_whitespace}, {"WhitespaceSplit", make_whitespace_split},
};

} // namespace

void append_spans(std::string_view text, bool first, const std::vector<Span>& spans,
                  std::vector<Word>& words) {
  for (const Span& span : spans)
    words.push_back(
        {std::string(text.substr(span.begin, span.end - span.begin)), first && span.begin == 0});
}

std::unique_ptr<const PreTokenizer> make_pretokenizer(const Field& field) {
  return make_component(field, kMakers);
}

std::unique_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool use_regex) {
  return std::make_unique<ByteLevel>(add_prefix_space, use_regex);
}

} // namespace residua::tokenizer
