#include "tests/support/catch.hpp"

#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::tokenizer;
using reference::message;

static const std::string kOrigin = "t.json";

TEST_CASE("fields are read by path", "[tokenizer]") {
  const auto document = parse_json(R"({"a": {"b": [1, true, "x"], "n": null}})", kOrigin);
  const Field root(document, "", kOrigin);
  const Field list = root.at("a").at("b");
  CHECK(list.path() == "a.b");
  CHECK(list.element(0).integer(0, 5) == 1);
  CHECK(list.element(1).flag());
  CHECK(list.elements().at(2).text() == "x");
  CHECK_FALSE(root.at("a").find("n"));
  CHECK_FALSE(root.at("a").find("missing"));
  CHECK(root.at("a").at("n").is_null());
  CHECK(root.at("a").flag_or("missing", true));
}

TEST_CASE("errors of fields name the file, the path and the remedy", "[tokenizer]") {
  const auto document = parse_json(R"({"a": {"b": [1, 1e30, "x"], "odd\nkey": 1}})", kOrigin);
  const Field root(document, "", kOrigin);
  const Field a = root.at("a");
  CHECK(message([&] { root.at("c"); }) == "t.json: the document has no field 'c'; use a file "
                                          "written by Hugging Face tokenizers");
  CHECK(message([&] { a.text(); }) == "t.json: a is of type object; it must be a string");
  CHECK(message([&] { a.elements(); }) == "t.json: a is of type object; it must be an array");
  CHECK(message([&] { a.at("b").at("x"); }) ==
        "t.json: a.b is of type array; it must be an object");
  CHECK(message([&] { a.at("b").element(0).flag(); }) ==
        "t.json: a.b[0] is of type number; it must be true or false");
  CHECK(message([&] { a.at("b").element(0).integer(2, 3); }) ==
        "t.json: a.b[0] is 1, outside 2 to 3");
  CHECK(message([&] { a.at("b").element(1).integer(2, 3); }) ==
        "t.json: a.b[1] is of type number; it must be an integer");
  CHECK(message([&] { a.at("odd\nkey").text(); }) ==
        "t.json: a['odd?key'] is of type number; it must be a string");
}

TEST_CASE("an integer beyond 64 bits is no integer", "[tokenizer]") {
  const auto document = parse_json("[18446744073709551615, -9223372036854775808]", kOrigin);
  const Field list(document, "", kOrigin);
  CHECK_THROWS(list.element(0).integer(0, INT64_MAX));
  CHECK(list.element(1).integer(INT64_MIN, 0) == INT64_MIN);
}

TEST_CASE("JSON that is broken, deep or endless is refused", "[tokenizer]") {
  const auto of = [](const std::string& text) {
    return message([&] { parse_json(text, kOrigin); });
  };
  CHECK(of("") == "t.json: not valid JSON at byte 1; download or write the file again");
  CHECK(of("{\"a\": }") == "t.json: not valid JSON at byte 7; download or write the file again");
  CHECK(of("\"\xFF\"") == "t.json: not valid JSON at byte 2; download or write the file again");
  CHECK(of("[1e999]") == "t.json: not valid JSON; download or write the file again");
  CHECK(of(std::string(1 << 20, '[')) == "t.json: nested more than 64 levels deep; check the file");
  std::string many = "[0";
  for (int i = 0; i < (8 << 20); ++i)
    many += ",0";
  CHECK(of(many + "]") == "t.json: more than 8388608 values; check the file");
}

TEST_CASE("a name is shown on one short line", "[tokenizer]") {
  CHECK(shown("ab") == "'ab'");
  CHECK(shown("a\nb\x7F") == "'a?b?'");
  CHECK(shown(std::string(100, 'x')) == "'" + std::string(60, 'x') + "...'");
  CHECK(shown(std::string(59, 'x') + "\u00e9") == "'" + std::string(59, 'x') + "\xEF\xBF\xBD...'");
}
