// Native functions with arguments that the library in Lua does not pass: errors name the argument.

#include "tests/support/catch.hpp"

#include "tests/bindings/lua_state.hpp"

using namespace residua;
using Catch::Contains;

TEST_CASE("a list of models names its wrong element, and is not empty where sites are read") {
  LuaState lua;
  CHECK_THAT(lua.run("run.losses({ 5 }, tokenizer.tokens {})"),
             Contains("bad argument #1 to 'losses' (element 1: Model expected, got number)"));
  CHECK_THAT(lua.run("run.compare({}, {}, {})"), Contains("(Model expected, got table)"));
  for (const char* capture : {"means", "tensors", "moments", "sketches", "summaries"})
    CHECK_THAT(lua.run(std::string("run.") + capture + "({}, {}, {})"),
               Contains("at least one Model expected, got an empty list"));
}

TEST_CASE("lists of other values name their wrong element") {
  LuaState lua;
  CHECK_THAT(lua.run("quant.plan({ 'a', 'b' }, { false, 5 })"),
             Contains("bad argument #2 to 'plan' (element 2: Quantizer expected, got number)"));
  CHECK_THAT(lua.run("tokenizer.tokens { { 1, 'x' } }"),
             Contains("(element 1: element 2: integer expected, got string)"));
  CHECK_THAT(lua.run("local t = tensor.ones(1) t:release() tensor.cat { tensor.ones(1), t }"),
             Contains("(element 2: Tensor was released)"));
}

TEST_CASE("numbers that would wrap around are refused") {
  LuaState lua;
  CHECK_THAT(lua.run("system.weight_cache(-1)"), Contains("(-1 out of range, expected 0 to "));
  CHECK_THAT(lua.run("tokenizer.train({ 'a' }, (1 << 32) + 300, {})"),
             Contains("vocab_size 4294967596 is not in 256 to "));
  CHECK_THAT(lua.run("quant.hqq(tensor.ones(1, 64), 4, 64, 0.7, -1)"), Contains("steps = -1"));
}
