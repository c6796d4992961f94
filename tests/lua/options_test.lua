-- Tables of options: defaults, unknown names, wrong types.
local options = require("residua.options")
local quant = require("residua.quant")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local spec = { bits = { "integer", 4 }, per = { "string", "tensor" }, with = { "Quantizer" },
  protect = { "string|table" }, extra = { "any" }, rate = { "number", 0.5 } }

local function check(given)
  return options.check("f", given, spec)
end

function test.defaults_fill_what_is_absent()
  t.eq(check(nil), { bits = 4, per = "tensor", rate = 0.5 })
  t.eq(check({ bits = 3, protect = { 0 } }), { bits = 3, per = "tensor", rate = 0.5, protect = { 0 } })
end

function test.the_given_table_stays_as_it_is()
  local given = { bits = 3 }
  t.ok(check(given) ~= given)
  t.eq(given, { bits = 3 })
end

function test.unknown_names_suggest_the_nearest()
  t.raises("f: unknown option 'bist' (did you mean 'bits'?); options are bits, extra, per, protect, rate, with",
    function()
      check({ bist = 3 })
    end)
  t.raises("f: unknown option 'zzzzzzzz'; options are", function()
    check({ zzzzzzzz = 3 })
  end)
  t.raises("f: unknown option '1'; options are", function()
    check({ "bits" })
  end)
end

function test.of_several_wrong_names_the_first_is_told()
  t.raises("f: unknown option '2'; options are", function()
    check({ ee = 1, dd = 1, cc = 1, bb = 1, aa = 1, [3] = 1, [2] = 1 })
  end)
  t.raises("f: unknown option 'aa'; options are", function()
    check({ ff = 1, ee = 1, dd = 1, cc = 1, bb = 1, aa = 1 })
  end)
end

function test.types_are_checked()
  t.raises("f: option 'bits' must be integer, got string", function()
    check({ bits = "four" })
  end)
  t.raises("f: option 'bits' must be integer, got 4.5", function()
    check({ bits = 4.5 })
  end)
  t.raises("f: option 'protect' must be string or table, got 3", function()
    check({ protect = 3 })
  end)
  t.eq(check({ rate = 1 }).rate, 1)
  t.eq(math.type(check({ bits = 8 / 2 }).bits), "integer")
  t.eq(check({ extra = print }).extra, print)
end

function test.native_types_have_names()
  local int4 = quant.int()
  t.eq(check({ with = int4 }).with, int4)
  t.raises("f: option 'with' must be Quantizer, got Tensor", function()
    check({ with = tensor.ones(2) })
  end)
end

function test.required_options()
  local function check_required(given)
    return options.check("f", given, { texts = { "string", required = true } })
  end
  t.eq(check_required({ texts = "x" }), { texts = "x" })
  t.raises("f: option 'texts' is missing", function()
    check_required(nil)
  end)
  t.raises("f: option 'with' is missing; name a quantizer", function()
    options.check("f", nil, { with = { "Quantizer", required = "name a quantizer" } })
  end)
end

function test.options_must_be_a_table()
  t.raises("f: a table of options expected, such as { bits = ... }, got 4", function()
    check(4)
  end)
  t.raises("f: a table of options expected, such as { with = ... }, got Quantizer", function()
    check(quant.int())
  end)
end

function test.the_caller_is_blamed()
  local function library(given)
    given = options.check("library", given, spec)
    return given
  end
  local message = t.raises("unknown option 'oops'", function()
    library({ oops = 1 })
  end)
  t.ok(message:find("options_test.lua:%d+: library: unknown"), message)
end

return test
