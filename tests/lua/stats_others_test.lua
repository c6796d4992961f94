-- One value or pair against all others: closed forms, the rate under the null, refusals.
local range = require("residua.range")
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.the_greatest_and_the_least_are_told()
  local values = range(1, 21)
  local top, bottom = stats.against_others(values, 21), stats.against_others(values, 1)
  t.near({ top.estimate, top.low, top.high }, { 10, 0.5, 19.5 }, 1e-12)
  t.near({ bottom.estimate, bottom.low, bottom.high }, { -10, -19.5, -0.5 }, 1e-12)
  t.near({ top.p, bottom.p, top.n }, { 1 / 21, 1 / 21, 21 }, 1e-12)
  t.near(stats.against_others(values, 20).p, 2 / 21, 1e-12)
end

function test.ties_count_against_the_value()
  local values = {}
  for i = 1, 30 do
    values[i] = i <= 3 and 7 or 1
  end
  t.near(stats.against_others(values, 1).p, 3 / 30, 1e-12)
  local equal = stats.against_others(tensor.ones(30):totable(), 1)
  t.eq({ equal.low, equal.high, equal.p }, { 0, 0, 1 })
end

-- p <= 0.05 at either end: twice 0.05 of exchangeable values, 2 of 40 places each.
function test.exchangeable_values_have_the_rate_of_ranks()
  local hits = 0
  for seed = 1, 400 do
    hits = hits + (stats.against_others(tensor.randn(seed, 40):totable(), 1).p <= 0.05 and 1 or 0)
  end
  t.near(hits / 400, 0.1, 0.045) -- three standard errors
end

function test.a_pair_is_compared_with_every_other_pair()
  local called = {}
  local effect, rows = stats.pair_against_others({ "a", "b", "c", "d", "e", "f", "g" }, { "b", "f" }, function(a, b)
    called[#called + 1] = a .. b
    return (a == "b" and b == "f") and -5 or #called
  end)
  t.eq({ #rows, #called, called[1], called[21] }, { 21, 21, "ab", "fg" })
  t.eq(rows[10], { first = "b", second = "f", value = -5 })
  t.ok(effect.high < 0 and effect.p == 1 / 21)
end

function test.what_cannot_be_told_is_refused()
  t.ok(stats.against_others(range(1, 19), 19).refused:find("19 values", 1, true))
  t.ok(stats.pair_against_others({ 0, 1 }, { 0, 1 }, function() return 1 end).refused)
  t.raises("no value 3; there are 2", function() stats.against_others({ 1, 2 }, 3) end)
  t.raises("no pair 2, 1", function() stats.pair_against_others({ 1, 2 }, { 2, 1 }, math.max) end)
end

return test
