-- Peaks and dips over depth, spectra over resamples, nulls by shuffling, the jackknife: against closed forms and plain
-- recomputation.
local range = require("residua.range")
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

-- Ten items that all have the profile, with a little noise.
local function profile_of(values)
  local by_item = tensor.from_table({ values }, "float64") + tensor.randn(3, 10, #values):to("float64") * 1e-3
  return stats.draws(10, 100):matmul(by_item) / 10
end

function test.a_peak_is_where_the_profile_is_highest()
  local profile = profile_of { 1, 2, 4, 3, 0 }
  local e = stats.peak(profile, { n = 10 })
  t.near({ e.estimate, e.low, e.high, e.n }, { 0.4, 0.4, 0.4, 10 }, 1e-12)
  t.near(stats.peak(profile, { n = 10, least = true }).estimate, 0.8, 1e-12)
  t.near(stats.peak(profile, { n = 10, depths = { 0, 0.25, 0.5, 0.75, 1 } }).estimate, 0.5, 1e-12)
  t.raises("stats.peak: 2 depths for 5 layers", function() stats.peak(profile, { n = 10, depths = { 0, 1 } }) end)
end

function test.layers_that_are_alike_make_a_wide_interval()
  local by_item = tensor.randn(5, 12, 8):to("float64")
  local e = stats.peak(stats.draws(12, 400):matmul(by_item), { n = 12 })
  t.ok(e.low < e.estimate or e.high > e.estimate)
  t.ok(stats.peak(by_item, { n = 2 }).low ~= stats.peak(by_item, { n = 2 }).low, "2 items give no interval")
end

function test.draws_without_a_value_do_not_count()
  local profile = tensor.from_table({ { 1, 2, 0 }, { 1, 2, 0 }, { 0, 3, 1 }, { 0 / 0, 1, 0 } }, "float64")
  for _, least in ipairs { false, true } do
    local e = stats.peak(profile, { n = 9, least = least, depths = least and { 7, 7, 7 } or { 9, 1, 9 } })
    t.eq({ e.low, e.high }, least and { 7, 7 } or { 1, 1 })
  end
  local lost = stats.peak(profile:narrow(1, 4, 1), { n = 9 })
  t.ok(lost.estimate ~= lost.estimate)
end

function test.a_dip_is_the_least_inside_over_the_least_outside()
  local profile = profile_of { 4, 2, 8, 1, 8, 4 }
  t.near(stats.dip(profile, { n = 10, from = 0.5, to = 0.5 }).estimate, 0.5, 1e-2)
  t.near(stats.dip(profile, { n = 10, from = 1 / 6, to = 1 / 3 }).estimate, 2, 1e-2)
  t.ok(stats.dip(profile, { n = 10, from = 2 / 3, to = 5 / 6 }).low > 3.9, "layers 5 and 6, though 5 / 6 is rounded")
  t.eq(stats.dip(profile, { n = 10, from = 0.9, to = 1 }).refused, "0 layers lie at 0.9 to 1 of the depth, 6 elsewhere")
  t.ok(stats.dip(profile, { n = 10, from = 0, to = 1 }).refused:find("6 layers lie at 0 to 1"))
end

-- The same from rows that are written out as often as their unit was drawn.
function test.spectra_of_resamples_are_those_of_the_rows_drawn()
  local rows, units = tensor.randn(7, 30, 4) + 2, {}
  for i = 1, 30 do
    units[i] = (i - 1) % 6 + 1
  end
  local draws = stats.draws(6, 5, 3)
  local first = stats.spectrum_draws(rows, units, draws, function(values) return values[1] end)
  for d, counts in ipairs(draws:totable()) do
    local drawn = {}
    for i = 1, 30 do
      for _ = 1, counts[units[i]] do
        drawn[#drawn + 1] = i
      end
    end
    t.near(first[d], stats.covariance(rows:index(1, drawn)):eigenvalues()[1], 1e-6)
  end
  t.raises("3 units for 30 rows", function() stats.spectrum_draws(rows, { 1, 2, 3 }, draws, stats.entropy) end)
end

function test.units_without_rows_count_nothing()
  local rows, draws = tensor.randn(8, 9, 2), tensor.ones(1, 4):to("float64")
  t.near(stats.spectrum_draws(rows, { 1, 1, 1, 2, 2, 2, 4, 4, 4 }, draws, function(v) return v[2] end)[1],
    stats.covariance(rows):eigenvalues()[2], 1e-6)
end

-- p of unrelated lists is uniform: at most 5 % or so of 100 are below 0.05.
function test.shuffled_pairs_are_a_null()
  local hits = 0
  for seed = 1, 100 do
    local a, b = tensor.randn(seed, 12), tensor.randn(seed + 500, 12)
    local e = stats.against_shuffled(12, function(order) return (a * b:index(1, order)):sum() end,
      { shuffles = 59, seed = seed })
    hits = hits + (e.p <= 0.05 and 1 or 0)
  end
  t.ok(hits <= 10, hits)
  local a = tensor.range(1, 12)
  local e = stats.against_shuffled(12, function(order) return (a * a:index(1, order)):sum() end)
  t.eq({ e.p, e.n }, { 2 / 200, 12 })
  t.ok(e.low > 0)
  local opposite = stats.against_shuffled(12, function(order) return -(a * a:index(1, order)):sum() end)
  t.eq(opposite.p, 2 / 200) -- of either side
  t.ok(opposite.high < 0)
end

-- Of the variance with divisor n the jackknife makes that with n - 1.
function test.the_jackknife_takes_the_bias_out()
  local values = tensor.randn(4, 9):to("float64")
  local e = stats.jackknife(9, function(items)
    return values:index(1, items):var(nil, nil, 0)
  end)
  t.near(e.estimate, values:var(), 1e-12)
  t.eq(e.n, 9)
  local seen = {}
  stats.jackknife(3, function(items)
    seen[#seen + 1] = table.concat(items, " ")
    return #items
  end)
  t.eq(seen, { table.concat(range(1, 3), " "), "2 3", "1 3", "1 2" })
end

return test
