-- Regressions, two-sample tests, change points and curve fits as scripts see them.
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.least_squares_by_name()
  local fit = stats.ols({ 1, 3, 5, 7.5 }, { depth = { 0, 1, 2, 3 } }, { level = 0.9 })
  -- Slope 10.75 / 5; residual squares 0.075 with 2 degrees of freedom; t quantile 2.919986.
  t.near(fit.by_name.depth.estimate, 2.15, 1e-12)
  t.near(fit.by_name.intercept.estimate, 0.9, 1e-12)
  t.near(fit.by_name.depth.standard_error, math.sqrt(0.075 / 2 / 5), 1e-12)
  t.near(fit.by_name.depth.high - 2.15, 2.919985580 * math.sqrt(0.075 / 2 / 5), 1e-8)
  t.eq({ fit.n, fit.degrees, fit.level }, { 4, 2, 0.9 })
  t.ok(fit.q2 < fit.adjusted_r2 and fit.adjusted_r2 < fit.r2)
  t.eq(fit.coefficients:column("name"), { "intercept", "depth" })
  t.ok(tostring(fit.coefficients):find("2.15", 1, true))
end

function test.predictors_are_sorted_by_name_or_a_tensor()
  local named = { b = { 1, 0, 2, 5, 3 }, a = { 3, 1, 4, 1, 5 } }
  local y = { 2, 7, 1, 8, 2 }
  local by_name = stats.ols(y, named)
  t.eq(by_name.coefficients:column("name"), { "intercept", "a", "b" })
  local by_position = stats.ols(y, tensor.from_table({ named.a, named.b }, "float64"):t())
  t.near(by_position.by_name.x1.estimate, by_name.by_name.a.estimate, 1e-12)
  t.near(stats.ols(y, named, { weights = { 1, 1, 1, 1, 1 } }).r2, by_name.r2, 1e-12)
  t.near(stats.ridge(y, named, { penalty = 1e-9 }).by_name.b, by_name.by_name.b.estimate, 1e-6)
end

function test.errors_name_the_predictor()
  t.raises("depth is constant", function() stats.ols({ 1, 2, 3 }, { depth = { 4, 4, 4 } }) end)
  t.raises("'b' must be a list of as many numbers as 'a'", function()
    stats.ols({ 1, 2, 3 }, { a = { 1, 2, 3 }, b = { 1, 2 } })
  end)
  t.raises("predictors are given by name", function() stats.ridge({ 1, 2 }, {}) end)
  t.raises("unknown option 'alpha'", function() stats.ridge({ 1, 2 }, { a = { 1, 2 } }, { alpha = 1 }) end)
end

function test.partial_correlation_takes_a_cause_out()
  local x, y, cause = {}, {}, {}
  math.randomseed(3)
  for i = 1, 100 do
    cause[i] = 5 * math.random()
    x[i], y[i] = cause[i] + math.random(), cause[i] + math.random()
  end
  t.ok(stats.correlation(x, y).estimate > 0.8)
  local e = stats.partial_correlation(x, y, { cause = cause }, { kind = "pearson" })
  t.ok(math.abs(e.estimate) < 0.3 and e.low < 0 and e.high > 0)
  t.near(stats.partial_correlation(x, y, { cause = cause }, { kind = "pearson", permutations = 999 }).p, e.p, 0.06)
end

function test.probes()
  local x = { size = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, other = { 0, 1, 0, 1, 0, 1, 0, 1, 0 } }
  local labels = { "a", "a", "a", "b", "b", "b", "c", "c", "c" }
  local probe = stats.logistic(labels, x, { penalty = 0.01 })
  t.eq(probe.classes, { "a", "b", "c" })
  t.eq(probe:predict(x), labels)
  t.eq(probe:accuracy(x, labels), 1)
  t.near(probe:log_loss(x, labels), probe.training_loss, 1e-9)
  local p = probe:probabilities(x)[5]
  t.near(p[1] + p[2] + p[3], 1, 1e-12)
  t.eq(probe:log_loss({ size = { 1 }, other = { 0 } }, { "new" }), math.huge)
  t.raises("2 labels for 9 items", function() probe:accuracy(x, { "a", "b" }) end)
  t.raises("separate the classes", function() stats.logistic(labels, x, { penalty = 0 }) end)
end

function test.probes_of_tensors()
  local named = { a = { 1, 2, 3, 4, 5, 6 }, b = { 0, 1, 0, 1, 0, 1 } }
  local x = tensor.from_table({ named.a, named.b }, "float64"):t()
  local labels = { 7, 7, 7, 30, 30, 30 } -- ordered by their text
  local probe, by_name = stats.logistic(labels, x), stats.logistic(labels, named)
  t.eq(probe.classes, { 30, 7 })
  t.eq(probe:predict(x), labels)
  t.eq(probe:accuracy(x:narrow(1, 1, 2), { 7, 30 }), 0.5)
  t.near(probe:probabilities(x)[2], by_name:probabilities(named)[2], 1e-12)
  t.near(probe:log_loss(x, labels), probe.training_loss, 1e-9)
  t.raises("it was fitted to a tensor of 2 columns, got a tensor of 3 columns", function()
    probe:predict(tensor.ones(4, 3))
  end)
  t.raises("it was fitted to a tensor of 2 columns, got the predictors a, b", function() probe:predict(named) end)
  t.raises("it was fitted to the predictors a, b, got the predictors a", function()
    by_name:predict { a = { 1 } }
  end)
end

function test.tests_of_two_samples()
  t.near(stats.mann_whitney({ 1, 2 }, { 3, 4 }).p, 1 / 3, 1e-12)
  t.eq(stats.wilcoxon({ 3, 5 }, { 1, 2 }).statistic, 3)
  t.raises("stats.wilcoxon: b: 1 values where a has 2", function() stats.wilcoxon({ 1, 2 }, { 1 }) end)
  t.near(stats.difference({ 5, 6, 7, 6 }, { 1, 2, 1, 2 }).p, 2 / 70, 1e-12)
  local e = stats.auc({ 1, 2, 3, 4, 5, 6 }, { 0, 0, 1, 0, 1, 1 })
  t.near(e.estimate, 8 / 9, 1e-12)
  t.eq({ e.threshold.estimate, e.threshold.sensitivity }, { 5, 2 / 3 })
  t.raises("stats.auc: labels: element 2: true or false, or 1 or 0 expected, got 7", function()
    stats.auc({ 1, 2 }, { 0, 7 })
  end)
end

-- Curves with next to no noise, whose refits are coarser than the fit.
function test.locations_lie_in_their_intervals()
  for _, sd in ipairs { 0, 1e-6, 0.1 } do
    for n = 6, 11 do
      local x, y, noise = {}, {}, tensor.randn(n, { n }):totable()
      for i = 1, n do
        x[i], y[i] = i - 1, 1 / (1 + math.exp(-(i - 1 - n / 2.3) / 1.5)) + sd * noise[i]
      end
      local fits = stats.change_point(x, y, { resamples = 49 })
      for _, model in ipairs { "two_segment", "logistic" } do
        local location = fits[model].location
        t.ok(location.low <= location.estimate and location.estimate <= location.high, ("%s, sd %g, %d points: %.9g in "
          .. "[%.9g, %.9g]"):format(model, sd, n, location.estimate, location.low, location.high))
      end
    end
  end
end

function test.change_points()
  local x, y = {}, {}
  math.randomseed(4)
  for i = 1, 40 do
    x[i] = i
    y[i] = 0.1 * math.max(i, 15) + 0.02 * math.random()
  end
  local fits = stats.change_point(x, y, { resamples = 199 })
  t.eq({ fits.best, fits.n }, { "two_segment", 40 })
  t.near(fits.two_segment.location.estimate, 15, 0.5)
  t.ok(fits.two_segment.location.low < fits.two_segment.location.high)
  t.near(fits.two_segment.slope_after, 0.1, 0.002)
  t.eq(fits.two_segment.p, 1 / 200)
  t.raises("3 distinct x", function() stats.change_point({ 1, 2, 3 }, { 1, 2, 3 }) end)
end

function test.curve_fits()
  local x, y = {}, {}
  for i = 1, 10 do
    x[i] = i
    y[i] = 3 * math.exp(-0.4 * i) + (i % 2 == 0 and 0.01 or -0.01)
  end
  local function decay(at, p)
    return p[1] * math.exp(-p[2] * at)
  end
  local fit = stats.curve_fit(decay, x, y, { 1, 1 })
  t.near(fit.params[1].estimate, 3, 0.1)
  t.ok(fit.params[2].low < 0.4 and fit.params[2].high > 0.4)
  t.near(fit.covariance[1][1], fit.params[1].standard_error ^ 2, 1e-12)
  local plane = stats.curve_fit(function(row, p) return p[1] * row[1] + p[2] * row[2] end,
    { { 1, 0 }, { 0, 1 }, { 1, 1 } }, { 2, 3, 5 }, { 0, 0 })
  t.near({ plane.params[1].estimate, plane.params[2].estimate }, { 2, 3 }, 1e-8)
  t.raises("the curve returned nil", function() stats.curve_fit(function() end, x, y, { 1 }) end)
  t.raises("do not determine param 2", function()
    stats.curve_fit(function(at, p) return p[1] * at end, x, y, { 1, 1 })
  end)
end

return test
