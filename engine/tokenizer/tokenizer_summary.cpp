#include "engine/tokenizer/tokenizer_summary.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace residua {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// Hears the tokens of the JSON text as they come; builds no value.
class SummaryListener : public json::json_sax_t {
 public:
  explicit SummaryListener(std::string origin) : origin_(std::move(origin)) {}

  TokenizerSummary summary() const { return {kind_, greatest_ + 1}; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t value) override;
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string& value) override;
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override;
  bool end_array() override { return leave(); }
  bool key(std::string& name) override;
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    throw Error(cat(origin_, ": not valid JSON at byte ", position),
                "check or download the file again");
  }

 private:
  static constexpr std::size_t kKept = 2; // keys at the depths that matter

  bool enter();
  bool leave();
  bool inside(std::size_t depth, const char* outer, const char* inner) const {
    return depth_ == depth && keys_[0] == outer && keys_[1] == inner;
  }

  std::string origin_, kind_ = "unknown", key_;
  std::string keys_[kKept]; // keys_[i]: the key, if any, that is open at depth i + 1
  std::size_t depth_ = 0;
  int64_t greatest_ = -1, entries_ = 0;
};

bool SummaryListener::enter() {
  ++depth_;
  if (depth_ <= kKept)
    keys_[depth_ - 1].clear();
  return true;
}

bool SummaryListener::leave() {
  --depth_;
  return true;
}

bool SummaryListener::key(std::string& name) {
  if (depth_ <= kKept)
    keys_[depth_ - 1] = name;
  key_ = name;
  return true;
}

// "type" of the model; its vocabulary is an object of ids (BPE, WordPiece) ...
bool SummaryListener::string(std::string& value) {
  if (inside(2, "model", "type"))
    kind_ = value;
  return true;
}

bool SummaryListener::number_unsigned(uint64_t value) {
  const bool token = inside(3, "model", "vocab");
  const bool added = depth_ == 3 && keys_[0] == "added_tokens" && key_ == "id";
  if ((token || added) && value < INT64_MAX)
    greatest_ = std::max(greatest_, static_cast<int64_t>(value));
  return true;
}

// ... or a list of [token, score] (Unigram), where ids are positions.
bool SummaryListener::start_array(std::size_t) {
  if (inside(3, "model", "vocab"))
    greatest_ = std::max(greatest_, entries_++);
  return enter();
}

} // namespace

std::optional<TokenizerSummary> summarize_tokenizer(const fs::path& folder) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 28;
  const fs::path file = folder / "tokenizer.json";
  if (fs::exists(file)) {
    SummaryListener listener(file.string());
    json::sax_parse(read_file(file, kMostBytes), &listener);
    return listener.summary();
  }
  if (fs::exists(folder / "tokenizer.model"))
    return TokenizerSummary{"SentencePiece", std::nullopt};
  return std::nullopt;
}

} // namespace residua
