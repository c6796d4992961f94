-- How often the 95 % intervals of resampled values hold the truth, simulated.

local gap_of = require("residua.disparity.gap")
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

-- The share of samples, each an effect that `measure` makes of a seed, whose interval holds the truth.
local function coverage(samples, truth, measure)
  local held = 0
  for seed = 1, samples do
    local effect = measure(seed)
    held = held + (effect.low <= truth and truth <= effect.high and 1 or 0)
  end
  return held / samples
end

-- Standard normal values, [...], and their sums over the last dimension in the data and 300 resamples.
local function resampled(seed, languages, n)
  local values = tensor.randn(seed, languages, n):to("float64")
  return stats.draws(n, 300, seed):matmul(values:t()) / n
end

function test.means_of_few_sentences()
  for _, n in ipairs { 3, 5, 8, 20 } do
    local share = coverage(1000, 0, function(seed)
      return stats.from_draws(resampled(seed, 1, n):select(2, 1), { n = n })
    end)
    t.ok(share >= 0.93 and share <= 0.97, ("%d sentences: %.3f"):format(n, share))
  end
end

-- Gaps of languages whose true rises are `rise` standard errors apart, 0: there is none.
local function gap(seed, languages, n, rise)
  local apart = tensor.range(0, languages - 1):to("float64") * (rise / math.sqrt(n))
  local draws = resampled(seed, languages, n) + apart
  local gaps, errors = gap_of(draws:t():reshape({ languages, 1, -1 }))
  return gaps:select(1, 1), errors:select(1, 1)
end

local function gap_effect(values, errors, n)
  local effect = stats.from_draws(values, { n = n, extreme = true, errors = errors })
  effect.low = math.max(effect.low, 0)
  return effect
end

-- Intervals of extremes may be wide where languages are nearly the same; they must not be narrow.
function test.gaps_of_noise_and_of_languages()
  for _, case in ipairs { { 16, 8, 0 }, { 16, 24, 0 }, { 16, 24, 0.3 }, { 3, 8, 0 }, { 3, 24, 2 }, { 8, 12, 4 } } do
    local languages, n, rise = table.unpack(case)
    local share = coverage(300, (languages - 1) * rise / math.sqrt(n), function(seed)
      local values, errors = gap(seed, languages, n, rise)
      return gap_effect(values, errors, n)
    end)
    t.ok(share >= 0.93, ("%d languages, %d sentences, %g apart: %.3f"):format(languages, n, rise, share))
  end
end

-- A gap of much noise less one of little, both of it alone.
function test.differences_of_gaps()
  for _, scale in ipairs { 0, 0.2, 1 } do
    local share = coverage(300, 0, function(seed)
      local a, of_a = gap(seed, 16, 24, 0)
      local b, of_b = gap(seed + 1000, 16, 24, 0)
      return stats.from_draws(a - b * scale, { n = 24, extreme = true, errors = of_a - of_b * scale })
    end)
    t.ok(share >= 0.93, ("noise of %g: %.3f"):format(scale, share))
  end
end

return test
