// Normalizers that follow Unicode's properties or a table. Expected: Hugging Face tokenizers.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/normalizer.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::golden;
using reference::message;

static std::string normalize(const json& description, const std::string& text) {
  return make_normalizer(field(description))->normalize(text);
}

static std::string by_type(const std::string& type, const std::string& text) {
  return normalize({{"type", type}}, text);
}

TEST_CASE("normalizers of one rule follow it", "[tokenizer]") {
  CHECK(by_type("NFC", "e\u0301") == "\u00e9");
  CHECK(by_type("NFD", "\u00e9") == "e\u0301");
  CHECK(by_type("NFKC", "\ufb01\u0301") == "f\u00ed");
  CHECK(by_type("NFKD", "\u00bd") == "1\u20442");
  CHECK(by_type("Lowercase", "\u0130A") == "i\u0307a");
  CHECK(by_type("StripAccents", "e\u0301\u00e9\u0903") == "e\u00e9");
  CHECK(by_type("Nmt", "a\u0001\tb\u200b\u200c\u00adc\ufeff\u009f\u2581") == "a b  \u00adc  ");
}

TEST_CASE("white space is stripped where asked", "[tokenizer]") {
  const auto strip = [](bool left, bool right, const std::string& text) {
    return normalize({{"type", "Strip"}, {"strip_left", left}, {"strip_right", right}}, text);
  };
  CHECK(strip(true, true, " \u3000a b\u0085 ") == "a b");
  CHECK(strip(true, false, " a ") == "a ");
  CHECK(strip(false, true, " a ") == " a");
  CHECK(strip(true, true, " \n\u2003") == "");
  CHECK(strip(false, true, " \n\u2003") == "");
}

TEST_CASE("tables replace clusters by their shortest entry, else characters", "[tokenizer]") {
  const json file = reference::read(golden("xglm.tokenizer.json"));
  const json& table = file["normalizer"]["normalizers"][0];
  REQUIRE(table["type"] == "Precompiled");
  const auto of = [&](const std::string& text) { return normalize(table, text); };
  CHECK(of("\ufb01\u2460") == "fi1");
  CHECK(of("a\u0301 a\u0327\u030a") == "\u00e1 a\u0327\u030a");
  CHECK(of("\uff08\u0301x") == "(x");     // the accent is lost with the cluster
  CHECK(of("\u2460\u20dd") == "1\u20dd"); // six bytes: character by character
  CHECK(of("\uff8a\uff9f") == "\u30cf\u309a");
  CHECK(of("\u0001a\u3000\tb") == "a  b");
  CHECK(of("plain") == "plain");
}

TEST_CASE("tables that cannot be read are refused", "[tokenizer]") {
  const auto of = [](const json& table) {
    return message([&] {
      normalize({{"type", "Precompiled"}, {"precompiled_charsmap", table}}, "");
    });
  };
  CHECK(of("?") ==
        "t.json: it.precompiled_charsmap is no base64; download or write the file again");
  CHECK(of("AAAA") == "t.json: it.precompiled_charsmap has 3 bytes, too few for a size; download "
                      "or write the file again");
  CHECK(of(nullptr) == "t.json: it.precompiled_charsmap is of type null; it must be a string");
}

TEST_CASE("texts that grow without measure are refused", "[tokenizer]") {
  const json twice = {{"type", "NFKD"}};
  std::string text;
  while (text.size() < (std::size_t{8} << 20))
    text += "\ufdfa"; // 3 bytes become 33
  CHECK(message([&] { normalize(twice, text); }).starts_with("the text has, or becomes"));
  const json prepend = {{"type", "Prepend"}, {"prepend", std::string(std::size_t{40} << 20, 'a')}};
  const json chain = {{"type", "Sequence"}, {"normalizers", {prepend, prepend}}};
  CHECK(message([&] { normalize(chain, "a"); }).starts_with("the text has, or becomes"));
}
