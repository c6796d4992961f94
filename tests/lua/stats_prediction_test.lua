-- Predictions of units that a fit has not seen, against scikit-learn; what stands constant features.
local stats = require("residua.stats")
local t = require("residua.testing")

local test = t.suite()

local Y <const> = { 1, 2, 3, 5, 4, 7, 6, 9 }
local FEATURES <const> = { a = { 1, 2, 4, 3, 6, 5, 8, 9 }, b = { 2, 0, 1, 5, 3, 7, 4, 6 } }
local GROUPS <const> = { "p", "p", "q", "q", "r", "r", "s", "s" }

-- scikit-learn 1.9: x = numpy.array([a, b]).T
-- p, m = (cross_val_predict(e, x, y, groups=g, cv=LeaveOneGroupOut()) for e in (Ridge(alpha=0.5), DummyRegressor()))
-- 1 - ((y - p)**2).sum() / ((y - m)**2).sum(), 1 - ((y - p)**2).sum() / ((y - y.mean())**2).sum()
local PREDICTED <const> = { 1.8620501635768816, 0.8947655398037079, 2.6128747052879757, 4.518314247221286,
  5.157203553495558, 6.814213982232522, 6.1306666666666665, 7.730666666666668 }
local Q2 <const>, Q2_OF_ALL <const> = 0.9329110741875074, 0.892762340806542

function test.one_group_is_left_out_at_a_time()
  local held = stats.held_out(Y, FEATURES, { groups = GROUPS, penalty = 0.5 })
  t.near(held.predicted, PREDICTED, 1e-12)
  t.near(held.q2.estimate, Q2, 1e-12)
  t.near(held.mean[1], (3 + 5 + 4 + 7 + 6 + 9) / 6, 1e-12) -- of the others
  t.near(held.residuals[8], 9 - PREDICTED[8], 1e-12)
  t.eq(held.q2.n, 4)
  t.ok(held.q2.low < Q2 and held.q2.high > Q2 and held.q2.high <= 1)
  t.near(stats.q2(Y, held.predicted).estimate, Q2_OF_ALL, 1e-12) -- against the mean of all
  local ridge = stats.ridge(Y, FEATURES, { penalty = 0.5 })
  t.near(held.fitted[3], Y[3] - ridge.residuals[3], 1e-12)
end

-- Leverage gives the same predictions of units that are left out one by one.
function test.without_groups_each_unit_is_one()
  local held = stats.held_out(Y, FEATURES, { penalty = 1e-9 })
  local ols = stats.ols(Y, FEATURES)
  for i, residual in ipairs(ols.residuals) do
    t.near(held.residuals[i], residual / (1 - ols.leverage[i]), 1e-6)
  end
  t.near(stats.q2(Y, held.predicted).estimate, ols.q2, 1e-6)
  t.eq(held.q2.n, 8)
end

function test.constant_and_collinear_features_add_nothing()
  local plain = stats.held_out(Y, { a = FEATURES.a }, { penalty = 1e-9, standardize = true })
  local doubled = {}
  for i, value in ipairs(FEATURES.a) do
    doubled[i] = 2 * value
  end
  local held = stats.held_out(Y, { a = FEATURES.a, twice = doubled, same = { 3, 3, 3, 3, 3, 3, 3, 3 } },
    { penalty = 1e-9, standardize = true })
  t.near(held.predicted, plain.predicted, 1e-6)
end

-- Over 20 seeds, features of noise predict nothing: the mean of Q2 is below 0, and no interval lies above it.
function test.noise_predicts_nothing()
  local sum = 0
  for seed = 1, 20 do
    math.randomseed(seed)
    local y, noise = {}, { a = {}, b = {} }
    for i = 1, 12 do
      y[i], noise.a[i], noise.b[i] = math.random(), math.random(), math.random()
    end
    local q2 = stats.held_out(y, noise, { penalty = 1e-6, seed = seed }).q2
    t.ok(q2.low < 0, "seed " .. seed)
    sum = sum + q2.estimate
  end
  t.ok(sum < 0)
end

function test.too_little_is_refused()
  local short = stats.held_out({ 1, 2, 3, 4, 6 }, { a = { 1, 3, 2, 4, 5 }, b = { 1, 0, 2, 0, 1 } })
  t.eq({ short.q2.refused, #short.predicted }, { "4 units for 3 coefficients; at least 5 are needed", 5 })
  t.eq(stats.q2({ 2, 2, 2 }, { 1, 2, 3 }).refused, "what is predicted is the same everywhere")
  t.eq(stats.q2({ 0.1, 0.1, 0.1 }, { 1, 2, 3 }).refused, "what is predicted is the same everywhere") -- mean ~= 0.1
end

function test.errors_say_what_is_wrong()
  t.raises("all units are of one group; at least two are needed", function()
    stats.held_out(Y, FEATURES, { groups = { 1, 1, 1, 1, 1, 1, 1, 1 } })
  end)
  t.raises("groups: unit 3 has none", function() stats.held_out(Y, FEATURES, { groups = { 1, 2 } }) end)
  t.raises("features are given by name", function() stats.held_out(Y, 3) end)
  t.raises("stats.q2: predicted: 1 values where y has 2", function() stats.q2({ 1, 2 }, { 1 }) end)
  t.raises("stats.q2: against: 1 values where y has 2", function() -- the first of three
    stats.q2({ 1, 2 }, { 1 }, { groups = { 1 }, against = { 1 } })
  end)
  t.raises("unknown option 'group'", function() stats.held_out(Y, FEATURES, { group = GROUPS }) end)
end

function test.a_ridge_predicts_new_items()
  local ridge = stats.ridge(Y, FEATURES, { penalty = 0.5 })
  t.near(ridge:predict(FEATURES)[3], Y[3] - ridge.residuals[3], 1e-12)
  t.raises("it was fitted to the predictors a, b, got a", function() ridge:predict { a = { 1 } } end)
end

function test.standardized_values()
  t.near(stats.standardized({ 2, 4, 6, 8 }), { -3 / math.sqrt(20 / 3), -1 / math.sqrt(20 / 3), 1 / math.sqrt(20 / 3),
    3 / math.sqrt(20 / 3) }, 1e-12)
  t.eq(stats.standardized({ 0.1, 0.1, 0.1 }), { 0, 0, 0 }) -- whose mean is not 0.1
  t.eq(stats.standardized({ 7 }), { 0 })
end

return test
