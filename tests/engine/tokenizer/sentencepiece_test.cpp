#include "tests/support/catch.hpp"

#include "engine/tokenizer/sentencepiece.hpp"
#include "tests/engine/tokenizer/piece_bytes.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::reference;
using namespace residua::tokenizer;
using Ids = std::vector<int64_t>;

static const std::string kUnigram = usual_pieces() + piece("\u2581", -3) + piece("a", -1) +
                                    piece("\u2581a", -1.5F) + piece("b", -2) + trainer(1);

static std::shared_ptr<const Tokenizer> parse(const SentencePieceOptions& options = {},
                                              const std::string& bytes = kUnigram) {
  return parse_sentencepiece(bytes, options, "t.model");
}

TEST_CASE("texts of a file without more begin with its first special token", "[tokenizer]") {
  const auto tokenizer = parse();
  CHECK(tokenizer->encode("ab") == Ids{1, 5, 6});
  CHECK(tokenizer->encode("ab", false) == Ids{5, 6});
  CHECK(tokenizer->encode("a</s>a") == Ids{1, 5, 2, 5});
  CHECK(tokenizer->encode("") == Ids{1});
  CHECK(tokenizer->decode({1, 5, 6, 3, 4}) == "ab a");
  CHECK(tokenizer->decode({1, 5}, false) == "<s> a");
  CHECK(tokenizer->describe() == "Unigram, 7 tokens, 3 special");
}

TEST_CASE("options say what goes around texts", "[tokenizer]") {
  SentencePieceOptions options;
  options.add_bos = false;
  options.add_eos = true;
  options.legacy = false;
  const auto tokenizer = parse(options);
  CHECK(tokenizer->encode("a<s>a") == Ids{5, 1, 4, 2});
  CHECK(tokenizer->digest() != parse()->digest());
  CHECK(tokenizer->digest() == parse(options)->digest());
}

TEST_CASE("XGLM's ids are shifted", "[tokenizer]") {
  SentencePieceOptions options;
  options.fairseq = true;
  const auto tokenizer = parse(options);
  CHECK(tokenizer->encode("ab") == Ids{2, 6, 7});
  CHECK(tokenizer->encode("z") == Ids{2, 4, 3});
  CHECK(tokenizer->vocab_size() == 15);
  CHECK(tokenizer->token(14) == "<madeupword6>");
  CHECK(tokenizer->id_of("<pad>") == 1);
  CHECK(tokenizer->encode("<madeupword0>a") == Ids{2, 8, 6});
  CHECK(tokenizer->decode({2, 4, 6, 7, 4}) == "ab");
}

// Expected: sentencepiece 0.2.
TEST_CASE("pieces of users have a bonus over others", "[tokenizer]") {
  const auto tokenizer = parse({}, usual_pieces() + piece("\u2581", -1) + piece("a", -2) +
                                       piece("aa", -1) + piece("aaa", 0, 4) + trainer(1));
  CHECK(tokenizer->encode("aaaa") == Ids{1, 3, 4, 6});
  CHECK(tokenizer->encode("aaaaaaa") == Ids{1, 3, 4, 6, 6});
}

TEST_CASE("files that cannot be used are refused", "[tokenizer]") {
  SentencePieceOptions fairseq;
  fairseq.fairseq = true;
  const auto of = [](const std::string& bytes, const SentencePieceOptions& options = {}) {
    return message([&] { parse(options, bytes); });
  };
  CHECK(of(usual_pieces() + trainer(4)) == "t.model: this type of SentencePiece model is not "
                                           "supported; supported are unigram and bpe");
  CHECK(of(usual_pieces() + trainer(2), fairseq) ==
        "t.model: this type of SentencePiece model is not supported; XGLM's is unigram");
  CHECK(of(piece("<unk>", 0, 2), fairseq) ==
        "t.model: 1 pieces, fewer than XGLM's files replace; check the file");
  CHECK(of(piece("<unk>", 0, 2) + piece("a", 0)) ==
        "t.model: the special token '<s>' is not among the pieces; set add_bos_token and "
        "add_eos_token to false in tokenizer_config.json");
  CHECK(of(usual_pieces() + piece("<pad>", 0), fairseq) ==
        "t.model: the piece '<pad>' has the name of a special token; check the file");
  CHECK(of(usual_pieces() + bytes_field(3, bytes_field(2, "abc"))) ==
        "t.model: precompiled_charsmap has 3 bytes, too few for a size; download or write the file "
        "again");
  CHECK_THROWS_WITH(load_sentencepiece("no/such.model", {}),
                    "no/such.model: no such file; check the path");
}
