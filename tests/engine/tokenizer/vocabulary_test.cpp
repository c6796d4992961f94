#include "tests/support/catch.hpp"

#include "engine/tokenizer/vocabulary.hpp"

using namespace residua;
using namespace residua::tokenizer;

TEST_CASE("a vocabulary maps both ways, with gaps", "[tokenizer]") {
  Vocabulary vocabulary;
  CHECK(vocabulary.size() == 0);
  CHECK(vocabulary.add("five", 5));
  CHECK(vocabulary.add("one", 1));
  CHECK_FALSE(vocabulary.add("five", 7));
  CHECK_FALSE(vocabulary.add("other", 5));
  CHECK(vocabulary.size() == 6);
  CHECK(vocabulary.find("five") == 5);
  CHECK_FALSE(vocabulary.find("other"));
  CHECK(*vocabulary.token(1) == "one");
  for (const int64_t id : {-1, 0, 2, 6, 7})
    CHECK(vocabulary.token(id) == nullptr);
  const Vocabulary moved = std::move(vocabulary);
  CHECK(*moved.token(5) == "five");
}
