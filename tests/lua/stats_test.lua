-- Statistics against closed forms and enumeration.
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.moments_of_known_samples()
  local m = stats.moments({ 1, 2, 3, 4, 10 })
  -- Mean 4; central moments m2 = 10, m3 = 36, m4 = 278.8.
  t.near({ m:count(), m:mean(), m:min(), m:max() }, { 5, 4, 1, 10 }, 1e-12)
  t.near({ m:variance(), m:std() }, { 12.5, math.sqrt(12.5) }, 1e-12)
  t.near({ m:skewness(), m:kurtosis() }, { 36 / 10 ^ 1.5, 278.8 / 100 - 3 }, 1e-12)
  t.near(stats.moments(tensor.from_table { { 1, 2 }, { 3, 4 } }):mean(), 2.5, 1e-12)
end

function test.merged_moments_are_those_of_all()
  math.randomseed(5)
  local first, second, all = {}, {}, {}
  for i = 1, 200 do
    local value = math.random() ^ 3 * 10
    all[i] = value
    table.insert(i <= 70 and first or second, value)
  end
  local merged, whole = stats.moments(first):merge(stats.moments(second)), stats.moments(all)
  t.near({ merged:mean(), merged:variance(), merged:skewness(), merged:kurtosis(), merged:max() },
    { whole:mean(), whole:variance(), whole:skewness(), whole:kurtosis(), whole:max() }, 1e-9)
end

function test.shapes_of_distributions()
  local gauss, uniform = tensor.randn(1, 100000), tensor.rand(1, 100000)
  t.near(stats.moments(gauss):kurtosis(), 0, 0.1) -- standard error sqrt(24 / n) = 0.015
  t.near(stats.moments(uniform):kurtosis(), -1.2, 0.05)
end

function test.quantiles_and_ranks()
  t.near(stats.quantiles({ 4, 1, 3, 2 }, { 0, 0.25, 0.5, 1 }), { 1, 1.75, 2.5, 4 }, 1e-12)
  t.eq(stats.ranks({ 10, 30, 20, 20 }), { 1, 4, 2.5, 2.5 })
end

function test.corrections_for_many_tests()
  t.near(stats.holm({ 0.01, 0.04, 0.03 }), { 0.03, 0.06, 0.06 }, 1e-12)
  t.near(stats.holm({ 0.9, 0.8 }), { 1, 1 }, 1e-12)
  t.near(stats.benjamini_hochberg({ 0.01, 0.04, 0.03 }), { 0.03, 0.04, 0.04 }, 1e-12)
end

-- Share of the 2^n sign patterns whose mean is as far from 0 as the sample's.
local function sign_flip_p(values)
  local observed, hits = 0, 0
  for _, value in ipairs(values) do
    observed = observed + value
  end
  for pattern = 0, 2 ^ #values - 1 do
    local sum = 0
    for i, value in ipairs(values) do
      sum = sum + (pattern >> (i - 1) & 1 == 1 and value or -value)
    end
    hits = hits + (math.abs(sum) >= math.abs(observed) - 1e-12 and 1 or 0)
  end
  return hits / 2 ^ #values
end

function test.means_and_exact_sign_flips()
  for _, values in ipairs({ { 1, 2, 3 }, { 1, 2, 3, -1, 2, 4 }, { -2, 5, 1, 1, -3, 2, 2 } }) do
    local e, sum = stats.mean(values), 0
    for _, value in ipairs(values) do
      sum = sum + value
    end
    t.near(e.estimate, sum / #values, 1e-12)
    t.near(e.p, sign_flip_p(values), 1e-12)
    t.ok(e.low <= e.estimate and e.estimate <= e.high)
    t.eq({ e.n, e.level }, { #values, 0.95 })
  end
end

function test.intervals_have_their_level()
  math.randomseed(11)
  local covered, runs = 0, 200
  for seed = 1, runs do
    local values = tensor.randn(seed, 30):totable()
    local e = stats.mean(values, { seed = seed, resamples = 400 })
    covered = covered + (e.low <= 0 and 0 <= e.high and 1 or 0)
  end
  t.ok(covered / runs > 0.88 and covered / runs < 0.99, covered / runs) -- 3 binomial standard errors, and small n
end

function test.clusters_count_alike()
  local values = { 1, 1, 1, 1, 5 }
  local e = stats.mean(values, { clusters = { "eng", "eng", "eng", "eng", "swa" } })
  t.near(e.estimate, 3, 1e-12)
  t.eq(e.n, 2)
end

function test.paired_differences()
  local e, by_hand = stats.paired_difference({ 3, 5, 9 }, { 1, 2, 3 }), stats.mean({ 2, 3, 6 })
  t.eq(e, by_hand)
  t.raises("stats.paired_difference: b: 3 values where a has 2", function()
    stats.paired_difference({ 1, 2 }, { 1, 2, 3 })
  end)
end

function test.ratios_of_sums()
  local e = stats.ratio({ 1, 2, 6 }, { 2, 2, 2 })
  t.near(e.estimate, 1.5, 1e-12)
  t.ok(e.low < 1.5 and e.high > 1.5)
  local exact = stats.ratio({ 2, 4, 6 }, { 1, 2, 3 })
  t.near({ exact.low, exact.high }, { 2, 2 }, 1e-12)
end

function test.correlations()
  local x, y = { 1, 2, 3, 4, 5 }, { 2, 1, 4, 3, 5 }
  t.near(stats.correlation(x, y).estimate, 0.8, 1e-12)
  t.near(stats.correlation(x, y, { kind = "pearson" }).estimate, 0.8, 1e-12)
  t.near(stats.correlation(x, y, { kind = "kendall" }).estimate, 0.6, 1e-12)
  -- Of the 120 orders, two have |rho| = 1.
  t.near(stats.correlation(x, x).p, 2 / 120, 1e-12)
end

function test.permutation_within_groups()
  local x, groups = { 1, 2, 3, 4 }, { "Latin", "Latin", "Arabic", "Arabic" }
  -- Four permutations keep the groups; only the identity has |rho| = 1.
  t.near(stats.correlation(x, x, { groups = groups }).p, 1 / 4, 1e-12)
end

function test.bootstrap_of_a_lua_function()
  local values = { 3, 1, 4, 1, 5 }
  local e = stats.bootstrap(#values, function(drawn)
    local sum = 0
    for _, i in ipairs(drawn) do
      sum = sum + values[i]
    end
    return sum / #drawn
  end, { resamples = 300 })
  t.near(e.estimate, 2.8, 1e-12)
  -- scipy.stats.t.interval(0.95, 4, 2.8, scipy.stats.sem(values)), but for 300 resamples
  t.near({ e.low, e.high }, { 0.578, 5.022 }, 0.2)
  t.raises("mine", function()
    stats.bootstrap(3, function()
      error("mine")
    end)
  end)
end

function test.seeds_repeat()
  local values = tensor.randn(1, 20):totable()
  t.eq(stats.mean(values, { seed = 3 }), stats.mean(values, { seed = 3 }))
  t.ok(stats.mean(values, { seed = 3 }).low ~= stats.mean(values, { seed = 4 }).low)
  t.eq(stats.shuffled(values, 3), stats.shuffled(values, 3))
end

function test.shuffled_lists_keep_their_elements()
  local list = stats.shuffled({ "a", "b", "c", "d" }, 9)
  table.sort(list)
  t.eq(list, { "a", "b", "c", "d" })
  t.eq(stats.shuffled({}), {})
end

function test.resample_counts_sum_to_n()
  local counts = stats.resample_counts(7, 50, 2)
  t.eq(counts:shape(), { 50, 7 })
  for _, row in ipairs(counts:sum(2):totable()) do
    t.eq(row, 7)
  end
end

function test.similarities()
  local x = tensor.randn(1, 40, 5)
  t.near(stats.linear_cka(x, x * 3), 1, 1e-9)
  t.near(stats.linear_cka(x, tensor.randn(2, 40, 5)), 0, 0.2)
  t.near({ stats.mean_cosine(x, x), stats.mean_cosine(x, x * -2) }, { 1, -1 }, 1e-6)
  t.eq(stats.retrieval(x, x), 1)
  t.near(stats.mean_cosine(x + 100, x * -1 + 100, true), -1, 1e-3)
end

function test.mistakes_are_named()
  t.raises("stats.mean: unknown option 'resample' (did you mean 'resamples'?)", function()
    stats.mean({ 1 }, { resample = 3 })
  end)
  t.raises("expected one of: pearson, spearman, kendall", function()
    stats.correlation({ 1, 2, 3 }, { 1, 2, 3 }, { kind = "rank" })
  end)
end

return test
