// The Tensor type as scripts see it, against literals.

#include "tests/support/catch.hpp"

#include "bindings/wrap_tensor.hpp"
#include "tests/bindings/lua_state.hpp"

#include <ATen/ATen.h>

using namespace residua;
using Catch::Contains;

namespace {

struct State : LuaState {
  State() {
    run(R"(
      T = tensor.from_table
      function show(t) -- a tensor, number or list as "1 2 | 3 4"
        if type(t) ~= "table" and type(t) ~= "userdata" then return ("%g"):format(t) end
        local parts, list = {}, type(t) == "userdata" and t:totable() or t
        if type(list) == "number" then return ("%g"):format(list) end
        for i, v in ipairs(list) do parts[i] = show(v) end
        return table.concat(parts, type(list[1]) == "table" and " | " or " ")
      end
      m = T({{1, 2, 3}, {4, 5, 6}}))");
  }
  std::string show(const std::string& expression) { return eval("show(" + expression + ")"); }
};

} // namespace

TEST_CASE("tensors are made from nothing, tables and seeds") {
  State lua;
  CHECK(lua.show("tensor.zeros(2, 2)") == "0 0 | 0 0");
  CHECK(lua.show("tensor.ones({1, 3})") == "1 1 1");
  CHECK(lua.show("tensor.full(-1.5, 2)") == "-1.5 -1.5");
  CHECK(lua.show("tensor.eye(2)") == "1 0 | 0 1");
  CHECK(lua.show("tensor.range(1, 4)") == "1 2 3 4");
  CHECK(lua.show("tensor.range(5, 1, -2)") == "5 3 1");
  CHECK(lua.show("tensor.range(0, 1, 0.25)") == "0 0.25 0.5 0.75 1");
  CHECK(lua.show("tensor.range(2, 1):shape()") == "0");
  CHECK(lua.show("tensor.zeros()") == "0");
  CHECK(lua.show("T(3)") == "3");
  CHECK(lua.show("T({})") == "");
  CHECK(lua.show("T({{}, {}}):shape()") == "2 0");
  CHECK(lua.show("T({{{1}, {2}}}):shape()") == "1 2 1");
  CHECK(lua.eval("T({1, 2}, 'int64'):dtype()") == "int64");
  CHECK(lua.show("T({16777217, 3}, 'float64')") == "1.67772e+07 3");
  CHECK(lua.eval("T({16777217}, 'float64'):at(1)") == "16777217.0");
  CHECK(lua.eval("tensor.randn(7, 3) == tensor.randn(7, 3)") == "true");
  CHECK(lua.eval("tensor.randn(7, 3) == tensor.randn(8, 3)") == "false");
  CHECK(lua.eval("tensor.rand(7, 1000):max() < 1 and tensor.rand(7, 1000):min() >= 0") == "true");
  CHECK(lua.show("tensor.cat({m, m}, 2)") == "1 2 3 1 2 3 | 4 5 6 4 5 6");
  CHECK(lua.show("tensor.stack({T{1, 2}, T{3, 4}}, 2)") == "1 3 | 2 4");
}

TEST_CASE("wrong input for making says where it is wrong") {
  State lua;
  CHECK_THAT(lua.run("T({{1, 2}, {3}})"), Contains("(element [2]: 2 elements expected, got 1)"));
  CHECK_THAT(lua.run("T({{1, 2}, {3, 'x'}})"),
             Contains("(element [2][2]: number expected, got string)"));
  CHECK_THAT(lua.run("T({1, {2}})"), Contains("(element [2]: number expected, got table)"));
  CHECK_THAT(lua.run("T({{1}, 2})"), Contains("(element [2]: table expected, got number)"));
  CHECK_THAT(lua.run("T('x')"), Contains("(number expected, got string)"));
  CHECK_THAT(lua.run("local t = {} t[1] = t T(t)"), Contains("(nested deeper than 16 tables)"));
  CHECK_THAT(
      lua.run("T({1}, 'float')"),
      Contains("unknown dtype 'float', expected one of: float32, float64, float16, bfloat16"));
  CHECK_THAT(lua.run("tensor.zeros(2, -3)"), Contains("size -3 of a dimension is negative"));
  CHECK_THAT(lua.run("tensor.zeros(1 << 40, 1 << 40)"), Contains("zeros: "));
  CHECK_THAT(lua.run("tensor.eye(-1)"), Contains("eye: "));
  CHECK_THAT(lua.run("tensor.range(1, 2, 0)"), Contains("(step makes no finite range)"));
  CHECK_THAT(lua.run("tensor.range(1, 1e300)"), Contains("(step makes no finite range)"));
  CHECK_THAT(lua.run("tensor.cat({})"), Contains("(at least one Tensor expected"));
  CHECK_THAT(lua.run("tensor.cat({m, 3})"), Contains("(element 2: Tensor expected, got number)"));
  CHECK_THAT(lua.run("tensor.randn('x', 3)"),
             Contains("#1 to 'randn' (integer expected, got string)"));
}

TEST_CASE("a tensor tells its shape, type and elements") {
  State lua;
  CHECK(lua.show("m:shape()") == "2 3");
  CHECK(lua.eval("math.type(m:shape()[1])") == "integer");
  CHECK(lua.eval("m:size(1) .. m:size(-1) .. m:numel() .. m:dim() .. #m") == "23622");
  CHECK(lua.eval("m:dtype() .. ' ' .. m:device()") == "float32 cpu");
  CHECK(lua.eval("m:at(2, 1)") == "4.0");
  CHECK(lua.eval("m:t():at(3, -1)") == "6.0");
  CHECK(lua.eval("m:narrow(2, 2, 2):at(1, 1)") == "2.0");
  CHECK(lua.eval("T(7):at()") == "7.0");
  CHECK(lua.eval("T({7}):item()") == "7.0");
  CHECK(lua.eval("T({7}, 'int64'):item()") == "7.0");
  CHECK(lua.eval("m:gt(3):at(2, 2)") == "1.0");
  CHECK_THAT(lua.run("m:item()"), Contains("one element expected, got Tensor [2, 3] float32"));
  CHECK_THAT(lua.run("m:at(1)"), Contains("2 indices expected, got 1"));
  CHECK_THAT(
      lua.run("m:at(1, 4)"),
      Contains("bad argument #2 to 'at' (index 4 out of range, expected 1 to 3 or -3 to -1)"));
  CHECK_THAT(lua.run("m:size(3)"), Contains("dim 3 out of range, expected 1 to 2 or -2 to -1"));
  CHECK_THAT(lua.run("return #T(1)"), Contains("Tensor has no dimensions"));
  CHECK_THAT(lua.eval("tostring(m)"), Contains("Tensor [2, 3] float32\n  1.0000 2.0000 3.0000\n"));
}

TEST_CASE("parts and arrangements share the elements") {
  State lua;
  CHECK(lua.show("m:narrow(2, 2, 2)") == "2 3 | 5 6");
  CHECK(lua.show("m:slice(2, 1, 2)") == "1 2 | 4 5");
  CHECK(lua.show("m:slice(2, -1)") == "3 | 6");
  CHECK(lua.show("m:slice(2, 3, 1):shape()") == "2 0");
  CHECK(lua.show("m:select(1, -1)") == "4 5 6");
  CHECK(lua.show("m:index(2, {3, 1, 1})") == "3 1 1 | 6 4 4");
  CHECK(lua.show("m:index(2, T({3, -3}, 'int64'))") == "3 1 | 6 4");
  CHECK(lua.show("m:row(2)") == "4 5 6");
  CHECK(lua.show("m:column(-1)") == "3 6");
  CHECK(lua.show("m:t()") == "1 4 | 2 5 | 3 6");
  CHECK(lua.show("m:transpose(1, 2)") == "1 4 | 2 5 | 3 6");
  CHECK(lua.show("m:t():reshape(-1)") == "1 4 2 5 3 6");
  CHECK(lua.show("m:row(1):clone()") == "1 2 3");
  CHECK_THAT(lua.run("m:index(2, {4})"), Contains("element 1: index 4 out of range"));
  CHECK_THAT(lua.run("m:index(2, T({1, 0}, 'int64'))"),
             Contains("element 2: index 0 out of range"));
  CHECK_THAT(lua.run("m:index(2, T({1.5}))"), Contains("Tensor of integers expected"));
  CHECK_THAT(lua.run("m:narrow(2, 2, 3)"), Contains("3 out of range, expected 0 to 2"));
  CHECK_THAT(lua.run("m:row(1):row(1)"), Contains("matrix expected, got a Tensor of 1 dimensions"));
  CHECK_THAT(lua.run("m:reshape(4)"), Contains("reshape: shape '[4]' is invalid"));
}

TEST_CASE("arithmetic takes numbers on either side and keeps the type") {
  State lua;
  CHECK(lua.show("m + m") == "2 4 6 | 8 10 12");
  CHECK(lua.show("10 - m") == "9 8 7 | 6 5 4");
  CHECK(lua.show("2 * m / 4") == "0.5 1 1.5 | 2 2.5 3");
  CHECK(lua.show("6 / m") == "6 3 2 | 1.5 1.2 1");
  CHECK(lua.show("m ^ 2") == "1 4 9 | 16 25 36");
  CHECK(lua.show("2 ^ m") == "2 4 8 | 16 32 64");
  CHECK(lua.show("-m") == "-1 -2 -3 | -4 -5 -6");
  CHECK(lua.show("m + T{10, 20, 30}") == "11 22 33 | 14 25 36");
  CHECK(lua.eval("(m * 0.5):dtype()") == "float32");
  CHECK(lua.eval("(T({1}, 'int64') + 1):dtype()") == "int64");
  CHECK(lua.eval("(T({1}, 'int64') + 0.5):dtype()") == "float32");
  CHECK(lua.eval("(m:to('float64') * m):dtype()") == "float64");
  CHECK(lua.show("m:matmul(m:t())") == "14 32 | 32 77");
  CHECK_THAT(lua.run("m:matmul(m)"), Contains("test:1: matmul: "));
  CHECK_THAT(lua.run("m:matmul(3)"),
             Contains("bad argument #1 to 'matmul' (Tensor expected, got number)"));
  CHECK_THAT(lua.run("return m + 'x'"), Contains("(number or Tensor expected, got string)"));
  CHECK_THAT(lua.run("return m + T{1, 2}"),
             Contains("test:1: __add: sizes 3 and 2 do not fit in dimension 2"));
}

TEST_CASE("no operation changes its operands") {
  State lua;
  lua.run("before = m:digest() view = m:row(1)");
  lua.run("local x = m + 1; x = m * 2; x = -m; x = m:clamp(2, 3); x = m:abs(); x = m:sort(); x = "
          "m:round()");
  CHECK(lua.eval("m:digest() == before") == "true");
  CHECK(lua.show("view") == "1 2 3");
}

TEST_CASE("functions of elements") {
  State lua;
  CHECK(lua.show("T{-2, 3}:abs()") == "2 3");
  CHECK(lua.show("T{4, 9}:sqrt()") == "2 3");
  CHECK(lua.show("T{0, 1}:exp()") == "1 2.71828");
  CHECK(lua.show("T{1, 10}:log()") == "0 2.30259");
  CHECK(lua.show("T{0, 1}:tanh()") == "0 0.761594");
  CHECK(lua.show("T{-0.5, 0.5, 1.5, 2.5, 2.6}:round()") == "-0 0 2 2 3");
  CHECK(lua.show("T{1, 2, 3}:clamp(2)") == "2 2 3");
  CHECK(lua.show("T{1, 2, 3}:clamp(nil, 2)") == "1 2 2");
  CHECK(lua.show("T{1, 2, 3}:lt(2)") == "1 0 0");
  CHECK(lua.show("T{1, 2, 3}:le(2)") == "1 1 0");
  CHECK(lua.show("T{1, 2, 3}:gt(T{0, 2, 4})") == "1 0 0");
  CHECK(lua.show("T{1, 2, 3}:ge(2)") == "0 1 1");
  CHECK(lua.show("T{1, 2, 3}:eq(2)") == "0 1 0");
  CHECK(lua.show("T{1, 2, 3}:ne(2)") == "1 0 1");
  CHECK(lua.eval("T{1}:lt(2):dtype()") == "bool");
}

TEST_CASE("reductions give numbers, or tensors along a dimension") {
  State lua;
  CHECK(lua.eval("m:sum()") == "21.0");
  CHECK(lua.show("m:sum(1)") == "5 7 9");
  CHECK(lua.show("m:sum(2, true)") == "6 | 15");
  CHECK(lua.eval("m:mean()") == "3.5");
  CHECK(lua.show("m:mean(-1)") == "2 5");
  CHECK(lua.show("T({1, 2}, 'int64'):mean(1)") == "1.5");
  CHECK(lua.eval("m:var()") == "3.5");
  CHECK(lua.show("m:var(nil, nil, 0)") == "2.91667");
  CHECK(lua.show("m:var(2)") == "1 1");
  CHECK(lua.show("m:var(1, false, 0)") == "2.25 2.25 2.25");
  CHECK(lua.show("m:std()") == "1.87083");
  CHECK(lua.show("m:std(2)") == "1 1");
  CHECK(lua.eval("m:min() .. ' ' .. m:max()") == "1.0 6.0");
  CHECK(lua.show("m:max(1)") == "4 5 6");
  CHECK(lua.show("m:min(2)") == "1 4");
  CHECK(lua.eval("m:argmax()") == "6");
  CHECK(lua.eval("math.type(m:argmin())") == "integer");
  CHECK(lua.show("m:argmax(2)") == "3 3");
  CHECK(lua.show("m:argmin(1)") == "1 1 1");
  CHECK(lua.show("T{3, 4}:norm()") == "5");
  CHECK(lua.show("m:norm(1, false, 1)") == "5 7 9");
  CHECK(lua.show("T{-3, 2}:norm(nil, nil, math.huge)") == "3");
  CHECK_THAT(lua.run("m:sum(0)"), Contains("dim 0 out of range, expected 1 to 2 or -2 to -1"));
  CHECK_THAT(lua.run("m:var(1, false, 2)"), Contains("2 out of range, expected 0 to 1"));
  for (const std::string method : {"max", "min", "argmax", "argmin"}) {
    CHECK_THAT(lua.run("T({}):" + method + "()"), Contains("the tensor is empty"));
    CHECK_THAT(lua.run("tensor.zeros(0, 3):" + method + "(1)"), Contains("the tensor is empty"));
    CHECK(lua.show("tensor.zeros(0, 3):" + method + "(2):shape()") == "0");
  }
}

TEST_CASE("whole reductions accumulate in float64") {
  State lua;
  // 2^24 + 1 is not a float32.
  CHECK(lua.eval("tensor.cat({T{16777216}, tensor.ones(9)}):sum()") == "16777225.0");
}

TEST_CASE("libtorch's errors say what scripts know") {
  State lua;
  CHECK_THAT(lua.run("tensor.cat({m, tensor.zeros(2, 4)}, 1)"),
             Contains("tensor 2 has size 4 where the first has 3; sizes must agree in all "
                      "dimensions but 1"));
  CHECK_THAT(lua.run("tensor.ones(2):to('bool'):abs()"),
             Contains("not implemented for bool; convert the tensor first"));
}

TEST_CASE("order and spectra") {
  State lua;
  CHECK(lua.show("T{3, 1, 2}:sort()") == "1 2 3");
  CHECK(lua.show("select(2, T{3, 1, 2}:sort())") == "2 3 1");
  CHECK(lua.show("select(2, T{1, 1, 1}:sort(1, true))") == "1 2 3");
  CHECK(lua.show("m:sort(1, true)") == "4 5 6 | 1 2 3");
  CHECK(lua.show("T{3, 1, 2}:index(1, select(2, T{3, 1, 2}:sort()))") == "1 2 3");
  CHECK(lua.show("T{3, 1, 2}:topk(2)") == "3 2");
  CHECK(lua.show("select(2, T{3, 1, 2}:topk(2, 1, false))") == "2 3");
  CHECK_THAT(lua.run("T{1}:topk(2)"), Contains("2 out of range, expected 0 to 1"));
  CHECK(lua.show("T{0, math.log(3)}:softmax()") == "0.25 0.75");
  CHECK(lua.show("T{{0, 0}, {0, math.log(3)}}:softmax(1)") == "0.5 0.25 | 0.5 0.75");
  CHECK(lua.show("T{0, math.log(3)}:log_softmax():exp()") == "0.25 0.75");
  CHECK(lua.show("T{{3, 0}, {0, -4}}:svdvals()") == "4 3");
  CHECK_THAT(lua.run("T{1}:svdvals()"), Contains("svdvals: "));
  CHECK(lua.show("T({{3, 0}, {0, -4}}, 'int64'):svdvals()") == "4 3");
  CHECK(lua.show("T({2, 2}, 'int64'):softmax()") == "0.5 0.5");
  CHECK(lua.show("T({0, 0}, 'bool'):log_softmax():exp()") == "0.5 0.5");
}

TEST_CASE("types convert and say what is valid") {
  State lua;
  CHECK(lua.show("T{1.7, -1.7}:to('int32')") == "1 -1");
  for (const char* name : {"float32", "float64", "float16", "bfloat16", "int64", "int32", "int16",
                           "int8", "uint8", "bool"})
    CHECK(lua.eval("m:to('" + std::string(name) + "'):dtype()") == name);
  CHECK(lua.eval("m:to('cpu') == m") == "true");
  CHECK_THAT(lua.run("m:to('float')"),
             Contains("unknown dtype or device 'float', expected one of: float32"));
  CHECK_THAT(lua.run("m:to('cuda:x')"), Contains("to: "));
}

TEST_CASE("equality, closeness and digests") {
  State lua;
  CHECK(lua.eval("m == m:clone()") == "true");
  CHECK(lua.eval("m == m + 1") == "false");
  CHECK(lua.eval("m == m:to('float64')") == "false");
  CHECK(lua.eval("m == m:row(1)") == "false");
  CHECK(lua.eval("m == 3") == "false");
  CHECK(lua.eval("m == io.stdout") == "false");
  CHECK(lua.eval("m:equal(m:clone())") == "true");
  CHECK(lua.eval("m:allclose(m + 1e-3)") == "false");
  CHECK(lua.eval("m:allclose(m + 1e-3, 1e-2)") == "true");
  CHECK(lua.eval("m:allclose(m:to('float64'))") == "true");
  CHECK(lua.eval("m:allclose(m:row(1))") == "false");
  CHECK(lua.eval("T{0/0}:allclose(T{0/0})") == "false");
  CHECK(lua.eval("#m:digest()") == "32");
  CHECK(lua.eval("m:t():t():digest() == m:digest()") == "true");
  CHECK(lua.eval("m:t():digest() == m:digest()") == "false");
  CHECK(lua.eval("m:reshape(3, 2):digest() == m:digest()") == "false");
  CHECK(lua.eval("tensor.zeros(2):digest() == tensor.zeros(2):to('int32'):digest()") == "false");
}

TEST_CASE("a released tensor says so") {
  State lua;
  lua.run("r = tensor.ones(2) r:release()");
  CHECK(lua.run("r:sum()") == "test:1: calling 'sum' on bad self (Tensor was released)");
  CHECK_THAT(lua.run("return r + 1"), Contains("bad argument #1 to '__add' (Tensor was released)"));
  CHECK_THAT(lua.run("m:matmul(r)"), Contains("bad argument #1 to 'matmul' (Tensor was released)"));
  CHECK_THAT(lua.run("tensor.cat({m, r})"), Contains("Tensor was released"));
}

TEST_CASE("scripts get tensors without gradients") {
  State lua;
  const at::Tensor weight = at::ones({2}, at::TensorOptions().requires_grad(true));
  push_tensor(lua.L, weight);
  CHECK_FALSE(check_tensor(lua.L, -1).requires_grad());
  lua_setglobal(lua.L, "w");
  lua.run("w2 = w * 2");
  lua_getglobal(lua.L, "w2");
  CHECK_FALSE(check_tensor(lua.L, -1).requires_grad());
  CHECK(opt_tensor(lua.L, 5) == nullptr);
  lua_settop(lua.L, 0);
}
