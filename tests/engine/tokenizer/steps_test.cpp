// Normalizers, pre-tokenizers, post-processors and decoders, one by one.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/decoder.hpp"
#include "engine/tokenizer/normalizer.hpp"
#include "engine/tokenizer/postprocessor.hpp"
#include "engine/tokenizer/pretokenizer.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::message;
using Pieces = std::vector<std::string>;

static std::string normalize(const std::string& description, const std::string& text) {
  const json document = json::parse(description);
  return make_normalizer(field(document))->normalize(text);
}

static Pieces split(const std::string& description, const std::string& text) {
  const json document = json::parse(description);
  std::vector<Word> words;
  make_pretokenizer(field(document))->split({text, true}, words);
  Pieces pieces;
  for (const Word& word : words)
    pieces.push_back(word.text);
  return pieces;
}

static Pieces decode(const std::string& description, const Pieces& tokens) {
  const json document = json::parse(description);
  return make_decoder(field(document))->decode(tokens);
}

static Frame frame(const std::string& description) {
  const json document = json::parse(description);
  return read_postprocessor(field(document), [](int64_t id) { return id < 10; });
}

TEST_CASE("null is no component", "[tokenizer]") {
  const json null;
  CHECK_FALSE(make_normalizer(field(null)));
  CHECK_FALSE(make_pretokenizer(field(null)));
  CHECK_FALSE(make_decoder(field(null)));
  CHECK(frame("null").before.empty());
}

TEST_CASE("normalizers rewrite texts", "[tokenizer]") {
  CHECK(normalize(R"({"type": "Prepend", "prepend": "_"})", "a") == "_a");
  CHECK(normalize(R"({"type": "Prepend", "prepend": "_"})", "") == "");
  CHECK(normalize(R"({"type": "Replace", "pattern": {"String": "aa"}, "content": "b"})", "aaaa.") ==
        "bb.");
  CHECK(normalize(R"({"type": "Replace", "pattern": {"String": ""}, "content": "b"})", "aa") ==
        "aa");
  CHECK(normalize(R"({"type": "Replace", "pattern": {"Regex": "a+"}, "content": "$0"})", "aab") ==
        "$0b");
  CHECK(normalize(R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": " "},
        {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]})",
                  "a b") == "_a_b");
}

TEST_CASE("a chain of replacements cannot fill the memory", "[tokenizer]") {
  json steps = json::array();
  for (int i = 0; i < 10; ++i)
    steps.push_back(
        {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", std::string(1000, 'a')}});
  const json document = {{"type", "Sequence"}, {"normalizers", steps}};
  const auto normalizer = make_normalizer(field(document));
  CHECK(message([&] { normalizer->normalize("a"); }) ==
        "the text has, or becomes in tokenizing, more than 67108864 bytes; split the text, or "
        "check the steps "
        "in tokenizer.json");
}

TEST_CASE("pre-tokenizers cut texts", "[tokenizer]") {
  const std::string bytes =
      R"({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true})";
  CHECK(split(bytes, "it's 10 am") == Pieces{"\u0120it", "'s", "\u012010", "\u0120am"});
  CHECK(split(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})", "a b") ==
        Pieces{"a\u0120b"});
  CHECK(split(R"({"type": "Digits", "individual_digits": true})", "ab12") ==
        Pieces{"ab", "1", "2"});
  CHECK(split(R"({"type": "Digits", "individual_digits": false})", "ab12\u0663") ==
        Pieces{"ab", "12\u0663"});
  CHECK(
      split(
          R"({"type": "Split", "pattern": {"String": "."}, "behavior": "Removed", "invert": false})",
          "a.b") == Pieces{"a", "b"});
  CHECK(
      split(R"({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
        {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}]})",
            "a1") == Pieces{"\u0120a", "\u01201"});
}

TEST_CASE("a chain of byte symbols cannot fill the memory", "[tokenizer]") {
  json steps = json::array();
  for (int i = 0; i < 60; ++i)
    steps.push_back({{"type", "ByteLevel"}, {"add_prefix_space", true}, {"use_regex", false}});
  const json document = {{"type", "Sequence"}, {"pretokenizers", steps}};
  const auto pretokenizer = make_pretokenizer(field(document));
  std::vector<Word> words;
  CHECK(message([&] {
          pretokenizer->split({"a b c", true}, words);
        }).starts_with("the text has, or becomes"));
}

TEST_CASE("templates go around the text", "[tokenizer]") {
  const std::string ids =
      R"("special_tokens": {"<s>": {"id": "<s>", "ids": [1, 2], "tokens": ["x", "y"]},
                                                "e": {"id": "e", "ids": [3], "tokens": ["e"]}})";
  const std::string whole =
      R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
      {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "e", "type_id": 0}}], )" +
      ids + "}";
  CHECK(frame(whole).before == std::vector<int64_t>{1, 2});
  CHECK(frame(whole).after == std::vector<int64_t>{3});
  const Frame twice = frame(
      R"({"type": "Sequence", "processors": [{"type": "ByteLevel"}, )" + whole + "," +
      R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "e"}}, {"Sequence": {"id": "A"}}], )" +
      ids + "}]}");
  CHECK(twice.before == std::vector<int64_t>{3, 1, 2});
  CHECK(twice.after == std::vector<int64_t>{3});
}

TEST_CASE("BERT's and RoBERTa's frames are a token before and one behind", "[tokenizer]") {
  const std::string type = GENERATE("BertProcessing", "RobertaProcessing");
  const auto of = [&](const std::string& sep) {
    return R"({"type": ")" + type + R"(", "sep": )" + sep + R"(, "cls": ["c", 4]})";
  };
  CHECK(frame(of(R"(["s", 5])")).before == std::vector<int64_t>{4});
  CHECK(frame(of(R"(["s", 5])")).after == std::vector<int64_t>{5});
  CHECK(message([&] { frame(of(R"(["s", 77])")); }) ==
        "t.json: it.sep[1] is 77, which is the id of no token; correct the id");
  CHECK(message([&] { frame(of(R"(["s"])")); }) ==
        "t.json: it.sep has 1 elements; write [token, id]");
}

TEST_CASE("templates that cannot be meant are refused", "[tokenizer]") {
  const auto of = [](const std::string& single) {
    return message([&] {
      frame(R"({"type": "TemplateProcessing", "single": )" + single +
            R"(, "special_tokens": {"<s>": {"ids": [77]}}})");
    });
  };
  CHECK(of("[]") == "t.json: it.single has the text A 0 times; once is supported");
  CHECK(of(R"([{"Sequence": {"id": "B"}}])") ==
        "t.json: it.single[0] names another text than A; a template for a single text has A alone");
  CHECK(of(R"([{"SpecialToken": {"id": "no"}}])") ==
        "t.json: it.single[0].SpecialToken names 'no', which is not in special_tokens; list it "
        "there with its ids");
  CHECK(
      of(R"([{"SpecialToken": {"id": "<s>"}}])") ==
      "t.json: it.special_tokens['<s>'].ids[0] is 77, which is the id of no token; correct the id");
}

TEST_CASE("a template cannot fill the memory", "[tokenizer]") {
  const json special = {{"SpecialToken", {{"id", "<s>"}}}};
  json single = json::array({{{"Sequence", {{"id", "A"}}}}});
  const auto of = [&](int times) {
    for (int i = 0; i < times; ++i)
      single.push_back(special);
    const json ids = std::vector<int>(256, 4);
    return json{{"type", "TemplateProcessing"},
                {"single", single},
                {"special_tokens", {{"<s>", {{"ids", ids}}}}}}
        .dump();
  };
  CHECK(frame(of(4)).after == std::vector<int64_t>(1024, 4));
  CHECK(message([&] { frame(of(1)); }) ==
        "t.json: it.single[5] puts more than 1024 ids beside a text; check the template");
}

TEST_CASE("decoders rewrite tokens", "[tokenizer]") {
  CHECK(decode(R"({"type": "ByteLevel"})", {"\u0120\u00c3", "\u00a9", "<\u2581 >"}) ==
        Pieces{" \u00e9<\u2581 >"});
  CHECK(decode(R"({"type": "ByteLevel"})", {"\u00c3"}) == Pieces{"\ufffd"});
  CHECK(decode(R"({"type": "Replace", "pattern": {"String": "_"}, "content": " "})",
               {"_a_", "b"}) == Pieces{" a ", "b"});
  CHECK(decode(R"({"type": "Fuse"})", {"a", "b"}) == Pieces{"ab"});
  CHECK(decode(R"({"type": "Strip", "content": " ", "start": 1, "stop": 2})",
               {"  a   ", " ", ""}) == Pieces{" a ", "", ""});
  CHECK(decode(
            R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "_",
        "start": 1, "stop": 0}]})",
            {"_", "_a"}) == Pieces{"_a"});
}

TEST_CASE("byte tokens become text, or one U+FFFD each", "[tokenizer]") {
  const std::string bytes = R"({"type": "ByteFallback"})";
  CHECK(decode(bytes, {"a", "<0xC3>", "<0xA9>", "b"}) == Pieces{"a", "\u00e9", "b"});
  CHECK(decode(bytes, {"<0xE4>", "<0xB8>", "b", "<0x61>"}) == Pieces{"\ufffd", "\ufffd", "b", "a"});
  CHECK(decode(bytes, {"<0xG1>", "<0x1>", "<0x->"}) == Pieces{"<0xG1>", "<0x1>", "<0x->"});
}

TEST_CASE("other components are refused by name", "[tokenizer]") {
  CHECK(message([] { normalize(R"({"type": "BertNormalizer"})", ""); }) ==
        "t.json: it 'BertNormalizer' is not supported; supported are Lowercase, NFC, NFD, NFKC, "
        "NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents");
  CHECK(message([] {
          split(R"({"type": "Sequence", "pretokenizers": [{"type": "UnicodeScripts"}]})", "");
        }) == "t.json: it.pretokenizers[0] 'UnicodeScripts' is not supported; supported are "
              "ByteLevel, Digits, Metaspace, Punctuation, Sequence, Split, Whitespace, "
              "WhitespaceSplit");
  CHECK(message([] { decode(R"({"type": "WordPiece"})", {}); }) ==
        "t.json: it 'WordPiece' is not supported; supported are ByteFallback, ByteLevel, Fuse, "
        "Metaspace, Replace, Sequence, Strip");
  CHECK(message([] { frame(R"({"type": "Roberta"})"); }) ==
        "t.json: it 'Roberta' is not supported; supported are BertProcessing, ByteLevel, "
        "RobertaProcessing, Sequence, TemplateProcessing");
  CHECK(message([] {
          split(R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "x"})", "");
        }) == "t.json: it.behavior 'x' is not supported; supported are Removed, Isolated, "
              "MergedWithPrevious, "
              "MergedWithNext, Contiguous");
  CHECK(message([] {
          split(R"({"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"})", "");
        }) == "t.json: it.pattern.Regex holds the regex '(a': missing closing parenthesis; correct "
              "the pattern");
  CHECK(message([] {
          decode(R"({"type": "Strip", "content": "ab", "start": 0, "stop": 0})", {});
        }) == "t.json: it.content is not one character; Strip takes one");
}
