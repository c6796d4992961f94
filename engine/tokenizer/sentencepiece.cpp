// The files are read and applied here rather than by libsentencepiece: Debian's exports an old
// protobuf, and a program that links it beside libtorch crashes before main.

#include "engine/tokenizer/sentencepiece.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/parts.hpp"
#include "engine/tokenizer/piece_bpe.hpp"
#include "engine/tokenizer/speller.hpp"
#include "engine/tokenizer/unigram.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

/// The pieces of a unigram file with the scores by which they compete for texts.
std::vector<UnigramPiece> scored(const PieceFile& file) {
  std::vector<UnigramPiece> pieces;
  for (const Piece& piece : file.pieces) {
    const bool user = piece.kind == PieceKind::kUserDefined;
    // sentencepiece 0.2's bonus for pieces of users, measured
    const auto bonus = static_cast<float>(0.1F * static_cast<float>(piece.text.size()) - 0.1);
    pieces.push_back(
        {piece.text, user ? bonus : piece.score, user || piece.kind == PieceKind::kNormal});
  }
  return pieces;
}

float least_score(const PieceFile& file) {
  float least = 0;
  bool any = false;
  for (const Piece& piece : file.pieces)
    if (piece.kind == PieceKind::kNormal) {
      least = any ? std::min(least, piece.score) : piece.score;
      any = true;
    }
  return least;
}

/// The special tokens of XGLM before and behind its pieces.
const std::vector<std::string> kFirst = {"<s>", "<pad>", "</s>", "<unk>"};
const std::vector<std::string> kLast = {"<madeupword0>", "<madeupword1>", "<madeupword2>",
                                        "<madeupword3>", "<madeupword4>", "<madeupword5>",
                                        "<madeupword6>"};

bool is_special(const std::string& token) {
  const auto among = [&](const auto& list) {
    return std::find(list.begin(), list.end(), token) != list.end();
  };
  return among(kFirst) || among(kLast);
}

/// The order of ids that XGLM has.
std::vector<UnigramPiece> shifted(const std::vector<UnigramPiece>& pieces,
                                  const std::string& name) {
  constexpr std::size_t kReplaced = 3; // <unk>, <s>, </s>
  if (pieces.size() < kReplaced)
    throw Error(cat(name, ": ", pieces.size(), " pieces, fewer than XGLM's files replace"),
                "check the file");
  std::vector<UnigramPiece> order;
  for (const std::string& special : kFirst)
    order.push_back({special, 0, false});
  for (std::size_t i = kReplaced; i < pieces.size(); ++i) {
    if (is_special(pieces[i].text))
      throw Error(
          cat(name, ": the piece ", shown(pieces[i].text), " has the name of a special token"),
          "check the file");
    order.push_back(pieces[i]);
  }
  for (const std::string& special : kLast)
    order.push_back({special, 0, false});
  return order;
}

std::unique_ptr<const Model> make_piece_model(const PieceFile& file, bool fairseq,
                                              const std::string& name) {
  if (file.algorithm == PieceFile::Algorithm::kBpe && !fairseq)
    return std::make_unique<PieceBpe>(file, name);
  if (file.algorithm != PieceFile::Algorithm::kUnigram)
    throw Error(cat(name, ": this type of SentencePiece model is not supported"),
                fairseq ? "XGLM's is unigram" : "supported are unigram and bpe");
  constexpr float kUnknownPenalty = 10;
  constexpr int32_t kFairseqUnknown = 3;
  std::vector<UnigramPiece> pieces = scored(file);
  UnigramOptions options;
  options.unk = fairseq ? kFairseqUnknown : file.unknown();
  options.unk_score = least_score(file) - kUnknownPenalty;
  options.byte_fallback = file.byte_fallback;
  options.as_sentencepiece = true;
  if (fairseq)
    pieces = shifted(pieces, name);
  return std::make_unique<Unigram>(pieces, options, cat(name, ": pieces"));
}

/// The special tokens, as a tokenizer.json lists them.
nlohmann::json special_tokens(const PieceFile& file, bool fairseq, const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const Piece& piece : file.pieces)
    if (piece.kind == PieceKind::kControl || piece.kind == PieceKind::kUnknown)
      names.push_back(piece.text);
  if (fairseq) {
    names = kFirst;
    names.insert(names.end(), kLast.begin(), kLast.end());
  }
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& name : names)
    list.push_back({{"id", *vocabulary.find(name)},
                    {"content", name},
                    {"special", true},
                    {"normalized", false}});
  return list;
}

int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const std::string& name) {
  const auto id = vocabulary.find(token);
  if (!id)
    throw Error(cat(name, ": the special token ", shown(token), " is not among the pieces"),
                "set add_bos_token and add_eos_token to false in tokenizer_config.json");
  return *id;
}

Frame frame_of(const PieceFile& file, const SentencePieceOptions& options,
               const Vocabulary& vocabulary, const std::string& name) {
  Frame frame;
  if (options.fairseq)
    return {{id_of(vocabulary, "</s>", name)}, {}};
  if (options.add_bos)
    frame.before.push_back(id_of(vocabulary, file.bos, name));
  if (options.add_eos)
    frame.after.push_back(id_of(vocabulary, file.eos, name));
  return frame;
}

/// Pieces and bytes to text; the space that was put before the text goes.
std::unique_ptr<const Decoder> make_piece_decoder(const std::string& name) {
  const nlohmann::json steps = {
      {"type", "Sequence"},
      {"decoders",
       {{{"type", "Replace"}, {"pattern", {{"String", kSpaceSign}}}, {"content", " "}},
        {{"type", "ByteFallback"}},
        {{"type", "Fuse"}},
        {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}};
  return make_decoder(Field(steps, "decoder", name));
}

/// Another decoder's text without white space at its ends, as XGLM's reference gives it.
class Trimmed : public Decoder {
 public:
  explicit Trimmed(std::unique_ptr<const Decoder> inner) : inner_(std::move(inner)) {}
  std::vector<std::string> decode(std::vector<std::string> tokens) const override {
    std::string text;
    for (const std::string& part : inner_->decode(std::move(tokens)))
      text += part;
    const std::size_t begin = code_points::space_behind(text, 0);
    const std::size_t end = code_points::space_before(text, text.size());
    return {begin < end ? text.substr(begin, end - begin) : ""};
  }

 private:
  std::unique_ptr<const Decoder> inner_;
};

} // namespace

std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes,
                                                     const SentencePieceOptions& options,
                                                     const std::string& name) {
  const PieceFile file = parse_piece_file(bytes, name);
  auto parts = std::make_unique<TokenizerParts>();
  parts->model = make_piece_model(file, options.fairseq, name); // checks the lengths of pieces
  parts->pretokenizer = std::make_unique<Speller>(file, !options.legacy, name);
  const Vocabulary& vocabulary = parts->model->vocabulary();
  const nlohmann::json special = special_tokens(file, options.fairseq, vocabulary);
  parts->added =
      std::make_unique<AddedTokens>(Field(special, "special tokens", name), vocabulary, nullptr);
  parts->frame = frame_of(file, options, vocabulary, name);
  parts->decoder = make_piece_decoder(name);
  if (options.fairseq)
    parts->decoder = std::make_unique<Trimmed>(std::move(parts->decoder));
  parts->digest = Digest()
                      .add("sentencepiece")
                      .add(bytes)
                      .add(options.add_bos)
                      .add(options.add_eos)
                      .add(options.legacy)
                      .add(options.fairseq)
                      .hex();
  return Tokenizer::assemble(std::move(parts));
}

std::shared_ptr<const Tokenizer> load_sentencepiece(const std::filesystem::path& file,
                                                    const SentencePieceOptions& options) {
  return parse_sentencepiece(read_file(file, kMaxFileBytes), options, file.string());
}

} // namespace residua::tokenizer
