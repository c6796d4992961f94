// The tensor budget: what is counted, when it collects, and that a long loop stays small.

#include "tests/support/catch.hpp"

#include "bindings/memory.hpp"
#include "tests/bindings/lua_state.hpp"

#include <fstream>
#include <unistd.h>
#include <utility>

using namespace residua;

namespace {

constexpr double kMiB = 1 << 20;

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace

TEST_CASE("storage counts once however many handles view it") {
  LuaState lua;
  CHECK(lua.number("memory.stats().live") == 0);
  lua.run("a = tensor.zeros(1000) b = a:narrow(1, 1, 10) c = a:reshape(10, 100)");
  CHECK(lua.number("memory.stats().live") == 4000);
  lua.run("a:release() b:release()");
  CHECK(lua.number("memory.stats().live") == 4000);
  lua.run("c:release() c:release()");
  CHECK(lua.number("memory.stats().live") == 0);
  CHECK(lua.number("memory.stats().peak") == 4000);
  lua.run("d = tensor.zeros(10) d = nil collectgarbage()");
  CHECK(lua.number("memory.stats().live") == 0);
}

TEST_CASE("a lease moves without counting twice") {
  const auto budget = std::make_shared<TensorBudget>();
  const int storage = 0;
  {
    Lease first(budget, &storage, 100);
    Lease second = std::move(first);
    first = Lease(budget, &storage, 100);
    CHECK(budget->live() == 100);
    second = std::move(first);
    CHECK(budget->live() == 100);
  }
  CHECK(budget->live() == 0);
  budget->remove(&storage);
  CHECK(budget->live() == 0);
}

TEST_CASE("garbage above the budget is collected, and the budget stays") {
  LuaState lua;
  CHECK(lua.number("memory.stats().budget") == 256 * kMiB);
  lua.run("collectgarbage('setpause', 1000) memory.set_budget(8 << 20)\n"
          "for i = 1, 100 do local t = tensor.zeros(256, 1024) end"); // 1 MiB each
  CHECK(lua.number("memory.stats().collections") >= 10);
  CHECK(lua.number("memory.stats().peak") <= 9 * kMiB);
  CHECK(lua.number("memory.stats().budget") == 8 * kMiB);
}

TEST_CASE("a working set above the budget raises it by 40 % at a time") {
  LuaState lua;
  lua.run("collectgarbage('setpause', 1000) memory.set_budget(1 << 20) kept = {}\n"
          "for i = 1, 64 do kept[i] = tensor.zeros(256, 1024) end");
  CHECK(lua.number("memory.stats().live") == 64 * kMiB);
  // 1.4^13 > 64 / 0.8: about a dozen collections instead of 64.
  CHECK(lua.number("memory.stats().collections") <= 14);
  CHECK(lua.number("memory.stats().budget") >= 64 * kMiB);
}

TEST_CASE("a finalizer that makes tensors does not collect") {
  LuaState lua;
  lua.run(
      "memory.set_budget(1) collectgarbage('stop')\n"
      "setmetatable({}, { __gc = function() inside = true made = tensor.zeros(100) end })\n"
      "before = memory.stats().collections collectgarbage() after = memory.stats().collections");
  CHECK(lua.eval("inside") == "true");
  CHECK(lua.eval("before == after") == "true");
  CHECK(lua.eval("made:numel()") == "100");
}

TEST_CASE("a stopped collector stays stopped") {
  LuaState lua;
  lua.run("collectgarbage('stop') memory.set_budget(1) t = tensor.zeros(100)");
  CHECK(lua.number("memory.stats().collections") == 0);
  lua.run("collectgarbage('restart') t = tensor.zeros(100)");
  CHECK(lua.number("memory.stats().collections") == 1);
}

TEST_CASE("the budget is at least one byte") {
  LuaState lua;
  CHECK(lua.run("memory.set_budget(0)") ==
        "test:1: bad argument #1 to 'set_budget' (0 out of range, expected 1 to 1125899906842624)");
}

TEST_CASE("a million short tensor operations stay small", "[slow]") {
  LuaState lua;
  lua.run("local t = tensor.ones(16) for i = 1, 10000 do local u = t + i end");
  const double before = resident_bytes();
  CHECK(lua.run("local t = tensor.ones(16) for i = 1, 1000000 do local u = t + i end") == "");
  const double growth = resident_bytes() - before;
  lua.run("collectgarbage()");
  CHECK(lua.number("memory.stats().live") == 0);
  // 64 bytes of elements and half a kB of handle each; a collection starts at 100 000 of them.
  CHECK(lua.number("memory.stats().peak") < 32 * kMiB);
#ifndef __SANITIZE_ADDRESS__ // whose quarantine keeps freed memory
  CHECK(growth < 160 * kMiB);
#endif
  WARN("resident growth " << growth / kMiB << " MiB, peak of live bytes "
                          << lua.number("memory.stats().peak") / kMiB << " MiB");
}
