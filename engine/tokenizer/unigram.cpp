#include "engine/tokenizer/unigram.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/tokenizer/code_points.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

// They bound the time per byte of a text, and the memory of the trie. Pieces in use have at most
// some 100 bytes, and all of a vocabulary together at most 4 MB.
static constexpr std::size_t kMaxPieceBytes = 1024;
static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;
static constexpr std::size_t kMaxCharacter = 4; // bytes

Unigram::Unigram(const std::vector<UnigramPiece>& pieces, const UnigramOptions& options,
                 std::string name)
    : longest_(kMaxCharacter), options_(options), name_(std::move(name)) {
  std::vector<PieceTrie::Piece> found;
  std::size_t bytes = 0;
  for (const UnigramPiece& piece : pieces) {
    const auto id = static_cast<int32_t>(scores_.size());
    bytes += piece.text.size();
    if (piece.text.size() > kMaxPieceBytes || bytes > kMaxBytes)
      throw Error(cat(name_, "[", id, "] has ", piece.text.size(), " bytes, together ", bytes),
                  cat("at most ", kMaxPieceBytes, " and ", kMaxBytes, " are supported"));
    if (!vocabulary_.add(piece.text, id))
      vocabulary_.add_again(piece.text, id);
    scores_.push_back(piece.score);
    lengths_.push_back(piece.text.size());
    longest_ = std::max(longest_, piece.text.size());
    if (piece.in_text)
      found.emplace_back(piece.text, id);
  }
  trie_ = PieceTrie(std::move(found));
  if (options_.byte_fallback)
    bytes_ = ByteTokens(vocabulary_);
}

void Unigram::encode(std::string_view word, std::vector<int64_t>& ids) const {
  if (word.empty() || cache_.append(word, ids))
    return;
  std::vector<int32_t> best;
  search(word, best);
  const std::vector<Step> steps = path(word, best);
  std::vector<int32_t> tokens;
  const auto uncovered = [&](const Step& step) {
    return step.id == kUncovered || step.id == options_.unk;
  };
  for (auto step = steps.begin(); step != steps.end();) {
    if (!uncovered(*step)) {
      tokens.push_back((step++)->id);
      continue;
    }
    const auto end = std::find_if_not(step, steps.end(), uncovered);
    append_uncovered(word.substr(step->begin, std::prev(end)->end - step->begin), tokens);
    step = end;
  }
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  cache_.store(word, std::move(tokens));
}

/// Fills `best` with the last token of the best path to each byte of `word`, or kNone.
void Unigram::search(std::string_view word, std::vector<int32_t>& best) const {
  best.assign(word.size() + 1, kNone);
  std::vector<double> scores(longest_ + 1); // of the paths to this byte and the next `longest_`
  const auto offer = [&](std::size_t from, std::size_t length, double score, int32_t id) {
    const double sum = score + scores[from % scores.size()];
    const double total = options_.as_sentencepiece ? static_cast<float>(sum) : sum;
    double& known = scores[(from + length) % scores.size()];
    int32_t& last = best[from + length];
    if (last != kNone && !(total > known))
      return;
    if (id == kUncovered && !options_.unk)
      fail_uncovered(word.substr(from, length));
    known = total;
    last = id;
  };
  for (std::size_t at = 0, step = 0; at < word.size(); ++step) {
    const std::size_t character = code_points::length(static_cast<unsigned char>(word[at]));
    bool covered = false;
    trie_.prefixes(word.substr(at), [&](std::size_t length, int32_t id) {
      offer(at, length, scores_[static_cast<std::size_t>(id)], id);
      covered = covered || length == character;
    });
    if (!covered)
      offer(at, character, options_.unk_score, kUncovered);
    at += character;
    if (step % 4096 == 4095)
      interrupt::poll();
  }
}

/// The tokens of the best path through `word`, in order.
std::vector<Unigram::Step> Unigram::path(std::string_view word,
                                         const std::vector<int32_t>& best) const {
  std::vector<Step> steps;
  for (std::size_t end = word.size(); end > 0;) {
    const int32_t id = best[end];
    const std::size_t begin = id == kUncovered ? code_points::last(word.substr(0, end))
                                               : end - lengths_[static_cast<std::size_t>(id)];
    steps.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end), id});
    end = begin;
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

/// The ids for a run that no piece covers. Runs that are tokens as a whole are left to those, as
/// Hugging Face tokenizers leaves them.
void Unigram::append_uncovered(std::string_view run, std::vector<int32_t>& ids) const {
  const auto id = options_.as_sentencepiece ? std::nullopt : vocabulary_.find(run);
  if (id)
    ids.push_back(*id);
  else if (!bytes_.append(run, ids))
    ids.push_back(*options_.unk);
}

void Unigram::fail_uncovered(std::string_view character) const {
  throw Error(cat(name_, " has no piece for ", shown(character), ", and unk_id is null"),
              "name the unknown token by unk_id");
}

std::string Unigram::describe() const {
  return cat("Unigram", options_.byte_fallback ? " with byte fallback" : "");
}

namespace {

UnigramPiece read_piece(const Field& list, std::size_t index) {
  const nlohmann::json& pair = list.json()[index];
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_number())
    list.element(index).fail("is no piece", R"(write ["text", score])");
  return {pair[0].get<std::string>(), pair[1].get<double>(), true};
}

void refuse_sampling(const Field& field) {
  for (const char* key : {"alpha", "nbest_size"})
    if (const auto found = field.find(key))
      found->fail("is not supported", "use a tokenizer without it (null)");
}

} // namespace

std::unique_ptr<const Model> make_unigram(const Field& field) {
  refuse_sampling(field);
  const Field list = field.at("vocab");
  list.require_array();
  const auto size = static_cast<int64_t>(list.json().size());
  if (size > kMaxTokenId)
    list.fail(cat("has ", size, " pieces"), cat("at most ", kMaxTokenId, " are supported"));
  constexpr double kUnknownPenalty = 10; // below the worst piece
  std::vector<UnigramPiece> pieces;
  UnigramOptions options;
  double least = 0;
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    pieces.push_back(read_piece(list, i));
    least = i == 0 ? pieces[i].score : std::min(least, pieces[i].score);
  }
  options.unk_score = least - kUnknownPenalty;
  options.byte_fallback = field.flag_or("byte_fallback", false);
  if (const auto unk = field.find("unk_id"))
    options.unk = static_cast<int32_t>(unk->integer(0, size - 1));
  return std::make_unique<Unigram>(pieces, options, list.place());
}

} // namespace residua::tokenizer
