-- Verdicts: where an interval lies, Holm's correction, and what makes them inconclusive.
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

-- The verdict and its reason on one prediction.
local function judge(criterion, effect)
  criterion.text = "it is so"
  local one = verdict.of({ it = criterion }, { it = effect })[1]
  return one.verdict, one.why
end

local function interval(low, high, more)
  local effect = more or { n = 10 }
  effect.estimate, effect.low, effect.high = (low + high) / 2, low, high
  return effect
end

function test.above()
  t.eq(judge({ above = 1 }, interval(1.5, 2)), "supported")
  t.eq(judge({ above = 1 }, interval(0, 0.5)), "refuted")
  t.eq({ judge({ above = 1 }, interval(0.5, 1.5)) }, { "inconclusive", "the interval crosses the border" })
  t.eq(judge({ above = 1 }, interval(1, 2)), "inconclusive")
end

function test.below()
  t.eq(judge({ below = 0 }, interval(-2, -1)), "supported")
  t.eq(judge({ below = 0 }, interval(1, 2)), "refuted")
  t.eq(judge({ below = 0 }, interval(-1, 1)), "inconclusive")
end

function test.within()
  local criterion = { within = { 5, 15 } }
  t.eq(judge(criterion, interval(6, 14)), "supported")
  t.eq(judge(criterion, interval(5, 15)), "supported")
  t.eq(judge(criterion, interval(1, 4)), "refuted")
  t.eq(judge(criterion, interval(16, 20)), "refuted")
  t.eq(judge(criterion, interval(4, 10)), "inconclusive")
  t.eq(judge(criterion, interval(0, 20)), "inconclusive")
end

function test.too_few_units()
  t.eq({ judge({ above = 0 }, interval(1, 2, { n = 2 })) }, { "inconclusive", "only 2 units" })
  t.eq(judge({ above = 0 }, interval(1, 2, { n = 3 })), "supported")
end

function test.an_effect_that_is_not_a_number()
  for _, estimate in ipairs { 0 / 0, math.huge } do
    t.eq({ judge({ above = 0 }, { estimate = estimate, low = 1, high = 2, n = 9, p = 0.001 }) },
      { "inconclusive", "the effect is not a number" })
  end
end

function test.p_is_that_of_the_border()
  local effect = interval(1, 2, { n = 10, p = 0.001, level = 0.95 })
  for border, equals in pairs { [0] = true, [0.5] = false } do
    local e = verdict.of({ it = { text = "so", above = border } }, { it = effect })[1].effect
    t.eq({ e.p == 0.001, e.adjusted_p }, { equals, e.p })
  end
end

function test.no_interval()
  for _, bad in ipairs({ 0 / 0, 1 / 0 }) do
    t.eq({ judge({ above = 0 }, { estimate = 2, low = bad, high = 3, n = 9 }) }, { "inconclusive", "no interval" })
  end
  t.eq(select(2, judge({ above = 0 }, { estimate = 2, n = 9 })), "no interval")
  t.eq(verdict.of({ up = { text = "up", above = 1 } }, { up = { estimate = 2, n = 9, p = 1e-4 } })[1].effect.p, nil,
    "a p of 0 says nothing of 1")
end

function test.refused_and_missing_effects()
  t.eq({ judge({ above = 0 }, { refused = "collapsed" }) }, { "inconclusive", "collapsed" })
  t.eq({ judge({ above = 0 }, nil) }, { "inconclusive", "the run gave no effect" })
end

function test.holm_corrects_all_p_together()
  local predicts, effects = {}, {}
  for name, p in pairs({ a = 0.01, b = 0.03, c = 0.04 }) do
    predicts[name], effects[name] = { text = name, above = 0 }, interval(1, 2, { n = 9, p = p })
  end
  predicts.d, effects.d = { text = "d", above = 0 }, interval(1, 2)
  local verdicts = verdict.of(predicts, effects)
  t.eq({ verdicts[1].name, verdicts[4].name }, { "a", "d" })
  t.near({ verdicts[1].effect.adjusted_p, verdicts[2].effect.adjusted_p, verdicts[3].effect.adjusted_p },
    { 0.03, 0.06, 0.06 }, 1e-12)
  t.eq({ verdicts[1].verdict, verdicts[2].verdict, verdicts[3].verdict, verdicts[4].verdict },
    { "supported", "inconclusive", "inconclusive", "supported" })
  t.eq(verdicts[2].why, "p = 0.06 after Holm's correction")
  t.eq(effects.b.adjusted_p, nil, "the effects given stay as they are")
end

function test.p_follows_from_the_interval_where_the_border_is_not_0()
  local function adjusted(criterion, effect)
    criterion.text = "it is so"
    return verdict.of({ it = criterion }, { it = effect })[1].effect.adjusted_p
  end
  local effect = { estimate = 2, low = 1, high = 3, p = 0.02, n = 9 }
  t.eq(adjusted({ above = 0 }, effect), 0.02, "the test's own p")
  t.near(adjusted({ above = 1 }, effect), 0.05, 1e-12)
  t.near(adjusted({ below = 3 }, effect), 0.05, 1e-12)
  t.near(adjusted({ within = { 1, 5 } }, effect), 0.05, 1e-12, "inside: the nearer border")
  t.near(adjusted({ within = { 3, 5 } }, effect), 0.05, 1e-12, "outside: the border missed")
end

function test.criteria_are_shown()
  t.eq({ verdict.criterion { above = 0 }, verdict.criterion { below = 1.5 }, verdict.criterion { within = { 5, 15 } } },
    { "> 0", "< 1.5", "5 to 15" })
end

function test.nan_p_is_no_p()
  t.eq(judge({ above = 0 }, interval(1, 2, { n = 9, p = 0 / 0 })), "supported")
end

function test.a_test_that_gives_no_p_decides_nothing()
  t.eq({ judge({ above = 0 }, { estimate = 1, low = 1, high = 1, n = 9, p = 0 / 0 }) },
    { "inconclusive", "its test gives no p" })
end

return test
