// SentencePiece files, and the wire format under them.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/piece_file.hpp"
#include "engine/tokenizer/wire_format.hpp"
#include "tests/engine/tokenizer/piece_bytes.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::reference;
using namespace residua::tokenizer;

static const std::string kName = "t.model";

TEST_CASE("fields are read one by one", "[tokenizer]") {
  const std::string bytes = integer_field(1, 300) + bytes_field(2, "abc") + float_field(3, -1.5F) +
                            varint(4 << 3 | 1) + "12345678" + bytes_field(5, integer_field(1, 1));
  WireFields fields(bytes, 0, kName);
  REQUIRE(fields.next());
  CHECK(fields.number() == 1);
  CHECK(fields.integer() == 300);
  REQUIRE(fields.next());
  CHECK(fields.bytes() == "abc");
  REQUIRE(fields.next());
  CHECK(fields.single() == -1.5F);
  REQUIRE(fields.next());
  CHECK(fields.number() == 4);
  REQUIRE(fields.next());
  WireFields inner = fields.message();
  REQUIRE(inner.next());
  CHECK(inner.flag());
  CHECK_FALSE(inner.next());
  CHECK_FALSE(fields.next());
}

TEST_CASE("damaged fields are errors at their byte", "[tokenizer]") {
  const auto of = [](const std::string& bytes) {
    return message([&] {
      for (WireFields fields(bytes, 0, kName); fields.next();)
        fields.message();
    });
  };
  const std::string remedy = "; download or write the file again";
  CHECK(of("\x80") == "t.model: at byte 1 the file holds a number that does not end" + remedy);
  CHECK(of(std::string(11, '\xFF')) ==
        "t.model: at byte 10 the file holds a number that does not end" + remedy);
  CHECK(of("\x0A\x05"
           "ab") ==
        "t.model: at byte 2 the file holds a value of 5 bytes, beyond its end" + remedy);
  CHECK(of("\x0B") == "t.model: at byte 1 the file holds a value of the unknown kind 3" + remedy);
  CHECK(of(integer_field(1, 1)) == "t.model: at byte 2 the file has a field 1 of another kind than "
                                   "a SentencePiece model" +
                                       remedy);
  CHECK(of(varint(1 << 3 | 2) + varint(UINT64_MAX)) ==
        "t.model: at byte 11 the file holds a value of 18446744073709551615 bytes, beyond its end" +
            remedy);
}

TEST_CASE("files give pieces and spelling", "[tokenizer]") {
  const std::string bytes = usual_pieces() + piece("\u2581a", -2.5F) + trainer(2, true) +
                            normalizer(false, false) + bytes_field(3, bytes_field(2, "table"));
  const PieceFile file = parse_piece_file(bytes, kName);
  CHECK(file.algorithm == PieceFile::Algorithm::kBpe);
  CHECK(file.byte_fallback);
  CHECK(file.bos == "<s>");
  CHECK(file.unknown() == 0);
  REQUIRE(file.pieces.size() == 4);
  CHECK(file.pieces[1].kind == PieceKind::kControl);
  CHECK(file.pieces[3].text == "\u2581a");
  CHECK(file.pieces[3].score == -2.5F);
  CHECK(file.pieces[3].kind == PieceKind::kNormal);
  CHECK_FALSE(file.spelling.add_dummy_prefix); // parts of a message that comes twice are merged
  CHECK(file.spelling.charsmap == "table");
  CHECK(parse_piece_file(usual_pieces(), kName).spelling.add_dummy_prefix);
}

TEST_CASE("files that contradict themselves are refused", "[tokenizer]") {
  const auto of = [](const std::string& bytes) {
    return message([&] { parse_piece_file(bytes, kName); });
  };
  CHECK(of("") == "t.model: 0 pieces stand for the unknown; one must");
  CHECK(of(usual_pieces() + piece("<s>", 0)) ==
        "t.model: piece 3 repeats '<s>'; pieces must be distinct");
  CHECK(of(usual_pieces() + piece("a", std::bit_cast<float>(0x7FC00000U))) ==
        "t.model: piece 3 has the score nan; correct the score");
  CHECK(of(usual_pieces() + piece("", 0)).find("has an empty piece") != std::string::npos);
  CHECK(of(usual_pieces() + piece("\xFF", 0)).find("no UTF-8") != std::string::npos);
  CHECK(of(usual_pieces() + piece("a", 0, 7)).find("unknown kind 7") != std::string::npos);
  CHECK(of(usual_pieces() + trainer(9)).find("unknown model type 9") != std::string::npos);
}
