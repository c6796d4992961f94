#include "engine/tokenizer/decoder.hpp"

#include "engine/text/utf8.hpp"
#include "engine/tokenizer/byte_level.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/metaspace.hpp"
#include "engine/tokenizer/pattern.hpp"

#include <charconv>
#include <optional>

namespace residua::tokenizer {

namespace {

using Made = std::unique_ptr<const Decoder>;
using Tokens = std::vector<std::string>;

/// The bytes that GPT-2's symbols stand for, as text; U+FFFD where they are none.
class ByteLevel : public Decoder {
 public:
  Tokens decode(Tokens tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens)
      bytes += byte_level::decode(token);
    return {code_points::repair(bytes)};
  }
  static Made make(const Field&) { return std::make_unique<ByteLevel>(); }
};

class Replace : public Decoder {
 public:
  Replace(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  Tokens decode(Tokens tokens) const override {
    std::size_t bytes = 0;
    for (std::string& token : tokens) {
      token = pattern_.replace(token, content_);
      check_growth(bytes += token.size());
    }
    return tokens;
  }
  static Made make(const Field& field) {
    return std::make_unique<Replace>(Pattern::read(field.at("pattern")),
                                     field.at("content").text());
  }

 private:
  Pattern pattern_;
  std::string content_;
};

/// Runs of tokens <0xHH> become the text of their bytes, or U+FFFD for each byte where they are
/// none.
class ByteFallback : public Decoder {
 public:
  Tokens decode(Tokens tokens) const override {
    Tokens decoded;
    std::string run;
    for (std::string& token : tokens) {
      if (const auto byte = byte_of(token)) {
        run += static_cast<char>(*byte);
        continue;
      }
      flush(run, decoded);
      decoded.push_back(std::move(token));
    }
    flush(run, decoded);
    return decoded;
  }
  static Made make(const Field&) { return std::make_unique<ByteFallback>(); }

 private:
  static std::optional<unsigned char> byte_of(const std::string& token) {
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>'))
      return std::nullopt;
    unsigned char byte = 0;
    const char* const begin = token.data() + 3;
    const auto [end, code] = std::from_chars(begin, begin + 2, byte, 16);
    return code == std::errc() && end == begin + 2 ? std::optional(byte) : std::nullopt;
  }

  static void flush(std::string& run, Tokens& decoded) {
    if (run.empty())
      return;
    if (!utf8::first_invalid(run))
      decoded.push_back(run);
    else
      decoded.insert(decoded.end(), run.size(), "\xEF\xBF\xBD");
    run.clear();
  }
};

class Fuse : public Decoder {
 public:
  Tokens decode(Tokens tokens) const override {
    std::string text;
    for (const std::string& token : tokens)
      text += token;
    return {std::move(text)};
  }
  static Made make(const Field&) { return std::make_unique<Fuse>(); }
};

/// Takes up to `start` and `stop` repetitions of `content`, one character, off each token's ends.
class Strip : public Decoder {
 public:
  Strip(std::string content, int64_t start, int64_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  Tokens decode(Tokens tokens) const override {
    for (std::string& token : tokens) {
      std::string_view rest = token;
      for (int64_t i = 0; i < start_ && rest.starts_with(content_); ++i)
        rest.remove_prefix(content_.size());
      for (int64_t i = 0; i < stop_ && rest.ends_with(content_); ++i)
        rest.remove_suffix(content_.size());
      token = std::string(rest);
    }
    return tokens;
  }
  static Made make(const Field& field) {
    const Field content = field.at("content");
    if (utf8::count(content.text()) != 1)
      content.fail("is not one character", "Strip takes one");
    return std::make_unique<Strip>(content.text(), field.at("start").integer(0, INT32_MAX),
                                   field.at("stop").integer(0, INT32_MAX));
  }

 private:
  std::string content_;
  int64_t start_;
  int64_t stop_;
};

class Sequence : public Decoder {
 public:
  explicit Sequence(std::vector<Made> steps) : steps_(std::move(steps)) {}
  Tokens decode(Tokens tokens) const override {
    for (const auto& step : steps_)
      tokens = step->decode(std::move(tokens));
    return tokens;
  }
  static Made make(const Field& field) {
    return std::make_unique<Sequence>(make_steps(field.at("decoders"), make_decoder));
  }

 private:
  std::vector<Made> steps_;
};

constexpr Maker<Decoder> kMakers[] = {
    {"ByteFallback", ByteFallback::make},
    {"ByteLevel", ByteLevel::make},
    {"Fuse", Fuse::make},
    {"Metaspace", make_metaspace_decoder},
    {"Replace", Replace::make},
    {"Sequence", Sequence::make},
    {"Strip", Strip::make},
};

} // namespace

std::unique_ptr<const Decoder> make_decoder(const Field& field) {
  return make_component(field, kMakers);
}

} // namespace residua::tokenizer
