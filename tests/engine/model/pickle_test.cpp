// The reader of pickles: what each opcode means (literals by hand, after Lib/pickletools.py), and
// that no sequence of bytes does harm.

#include "tests/support/catch.hpp"

#include "engine/model/pickle.hpp"
#include "tests/support/message.hpp"

#include <random>

using namespace residua;
using namespace std::string_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Kind = PickleValue::Kind;

static constexpr std::string_view kGlobals[] = {"collections.OrderedDict", "torch.rebuild"};

static std::string text_of(const PickleValue& value);

static std::string joined(const PickleValue& value) {
  std::string text;
  for (const PickleValue* item : value.items)
    text += (text.empty() ? "" : " ") + text_of(*item);
  return text;
}

static std::string text_of(const PickleValue& value) {
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.integer != 0 ? "True" : "False";
    case Kind::integer:
      return std::to_string(value.integer);
    case Kind::number:
      return "real";
    case Kind::text:
    case Kind::global:
      return std::string(value.text);
    case Kind::tuple:
      return "(" + joined(value) + ")";
    case Kind::list:
      return "[" + joined(value) + "]";
    case Kind::dict:
      return "{" + joined(value) + "}";
    case Kind::call:
      return "call<" + joined(value) + ">";
    case Kind::stored:
      return "stored<" + joined(value) + ">";
  }
  return "?";
}

static std::string read(const std::string& bytes) {
  return text_of(Pickle::parse(bytes, kGlobals, "x").root());
}

static std::string verdict(const std::string& bytes) {
  return message_of([&] { Pickle::parse(bytes, kGlobals, "x"); });
}

TEST_CASE("values of a pickle", "[pickle]") {
  CHECK(read("\x80\x02N.") == "None");
  CHECK(read("\x80\x02\x88\x89\x86.") == "(True False)");
  CHECK(read("K\xff.") == "255");
  CHECK(read("M\xff\xfe.") == "65279");
  CHECK(read("J\xfe\xff\xff\xff.") == "-2");
  CHECK(read("\x8a\0."s) == "0");
  CHECK(read("\x8a\1\x80.") == "-128");
  CHECK(read("\x8a\2\x80\0."s) == "128");
  CHECK(read("\x8a\5\0\0\0\0\1."s) == "4294967296");
  CHECK(read("\x8a\x08\0\0\0\0\0\0\0\x80."s) == "-9223372036854775808");
  CHECK(read("G\x3f\xf8\0\0\0\0\0\0."s) == "real");
  CHECK(read("X\3\0\0\0abc."s) == "abc");
  CHECK(read("\x80\4\x95\7\0\0\0\0\0\0\0\x8c\3abc."s) == "abc");
}

TEST_CASE("containers of a pickle", "[pickle]") {
  CHECK(read(")]}\x87.") == "(() [] {})");
  CHECK(read("K\1K\2K\3\x87\x85.") == "((1 2 3))");
  CHECK(read("(K\1(K\2tK\3t.") == "(1 (2) 3)");
  CHECK(read("]K\1a(K\2K\3e.") == "[1 2 3]");
  CHECK(read("}(K\1NK\2Nu.") == "{1 None 2 None}");
  CHECK(read("}K\1Ns.") == "{1 None}");
  CHECK(read("K\7q\0r\5\1\0\0h\0j\5\1\0\0\x87."s) == "(7 7 7)");
  CHECK(read("K\1\x94K\2\x94h\0h\1\x86\x87."s) == "(1 2 (1 2))");
}

TEST_CASE("objects stay data", "[pickle]") {
  CHECK(read("ccollections\nOrderedDict\n)RK\1Ns}b.") == "{1 None}");
  CHECK(read("ctorch\nrebuild\nK\1\x85R.") == "call<torch.rebuild (1)>");
  CHECK(read("\x8c\5torch\x8c\7rebuild\x93.") == "torch.rebuild");
  CHECK(read("K\1\x85Q.") == "stored<(1)>");
}

TEST_CASE("names that are not listed are refused, wherever they stand", "[pickle]") {
  const std::string refusal =
      ", which no file of tensors needs; nothing was run; write a file of tensors alone: "
      "torch.save(model.state_dict(), FILE)";
  CHECK(verdict("cposix\nsystem\nX\2\0\0\0ls\x85R."s) ==
        "x: names 'posix.system' at offset 0" + refusal);
  CHECK(verdict("\x8c\x08"
                "builtins\x8c\4eval\x93.") == "x: names 'builtins.eval' at offset 16" + refusal);
  CHECK(verdict("c\n\n.") == "x: names '.' at offset 0" + refusal);
  CHECK(verdict("ca\x1b\x07\nb\n.") == "x: names 'a\\x1b\\x07.b' at offset 0" + refusal);
  CHECK_THAT(verdict("c" + std::string(5000, 'm') + "\nf\n."), StartsWith("x: names 'mmm"));
}

TEST_CASE("opcodes that run or build anything do not exist here", "[pickle]") {
  for (const char code : "oi\x81\x92\x82\x83\x84"s) // OBJ INST NEWOBJ NEWOBJ_EX EXT1 EXT2 EXT4
    if (code != '\0')
      CHECK_THAT(verdict("))"s + code + "."),
                 Contains(", which no file of tensors needs, at offset 2"));
}

TEST_CASE("a damaged pickle names the offset", "[pickle][hostile]") {
  const std::string remedy = "; the file is damaged: download or save it again";
  CHECK(verdict("") == "x: the pickle ends too early for what begins at offset 0" + remedy);
  CHECK(verdict("N") == "x: the pickle ends too early for what begins at offset 1" + remedy);
  CHECK(verdict("X\xff\xff\xff\xff"
                "a.") == "x: the pickle ends too early for what begins at offset 0" + remedy);
  CHECK(verdict("ctorch") ==
        "x: the pickle ends too early for the name that begins at offset 0" + remedy);
  CHECK(verdict(".") == "x: the pickle takes a value that is not there at offset 0" + remedy);
  CHECK(verdict("N(\x85.") == "x: the pickle takes a value that is not there at offset 2" + remedy);
  CHECK(verdict("t.") == "x: the pickle ends a group that was not begun at offset 0" + remedy);
  CHECK(verdict("}(Nu.") == "x: the pickle has a key without value at offset 3" + remedy);
  CHECK(verdict("NNa.") == "x: the pickle has None where a list belongs at offset 2" + remedy);
  CHECK(verdict("N)R.") == "x: the pickle has None where a class belongs at offset 2" + remedy);
  CHECK(verdict("]}b.") == "x: the pickle has a list where a dict belongs at offset 2" + remedy);
  CHECK(verdict("h\1.") ==
        "x: the pickle recalls value 1, which it did not keep, at offset 0" + remedy);
  CHECK(verdict("\x8a\x09"
                "123456789.") == "x: the pickle has an integer of 9 bytes at offset 0" + remedy);
  CHECK(verdict("\x80\1N.") == "x: the pickle has protocol 1, not 2 to 5, at offset 0" + remedy);
}

TEST_CASE("memory stays within bounds", "[pickle][hostile]") {
  CHECK(verdict("Nr\xff\xff\xff\xff.") == "no error"); // a memo of one, not of 2^32
  CHECK(verdict("]q\0h\0a."s) == "no error");          // a list that holds itself
  CHECK_THAT(verdict(std::string(std::size_t{5} << 20, '}')),
             StartsWith("x: the pickle holds more than 4194304 values at offset 4194304"));
  CHECK_THAT(verdict(std::string(std::size_t{1} << 20, '(')), Contains("ends too early"));
  CHECK(verdict("N" + std::string(std::size_t{1} << 20, '\x85') + ".") == "no error"); // nested
}

TEST_CASE("random opcodes are an Error or a value", "[pickle][hostile]") {
  const std::string alphabet = "\x80\2\x95N\x88\x89KMJ\x8aGX\x8c)]}(t\x85\x86\x87"
                               "aesuqr\x94hjc\x93QRb.\n\0\1"s;
  std::mt19937 random(11);
  int good = 0;
  for (int trial = 0; trial < 50000; ++trial) {
    std::string bytes(random() % 40, ' ');
    for (char& byte : bytes)
      byte = alphabet[random() % alphabet.size()];
    const std::string says = verdict(bytes);
    good += says == "no error";
    if (says != "no error")
      CHECK_THAT(says, StartsWith("x: "));
  }
  CHECK(good > 100);
}
