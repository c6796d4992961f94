-- How often the 95 % intervals of resampled values hold the truth, simulated.

local gap = require("residua.disparity.gap")
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

-- Gap and its errors, of languages whose true rises are `rises` standard errors.
local function gap_of(seed, n, rises)
  local draws = resampled(seed, #rises, n) + tensor.from_table(rises, "float64") / math.sqrt(n)
  local gaps, errors = gap.of(draws:t():reshape({ #rises, 1, -1 }))
  return gaps:select(1, 1), { most = errors.most:select(1, 1), least = errors.least:select(1, 1) }
end

local function spaced(languages, step)
  local list = {}
  for i = 1, languages do
    list[i] = (i - 1) * step
  end
  return list
end

local function range_of(rises)
  return math.max(table.unpack(rises)) - math.min(table.unpack(rises))
end

-- Intervals of extremes may be wide where languages are nearly the same; they must not be narrow.
function test.gaps_of_noise_and_of_languages()
  for _, case in ipairs { { 16, 8, 0 }, { 16, 24, 0 }, { 16, 24, 0.3 }, { 3, 8, 0 }, { 3, 24, 2 }, { 8, 12, 4 } } do
    local languages, n, step = table.unpack(case)
    local rises = spaced(languages, step)
    local share = coverage(300, range_of(rises) / math.sqrt(n), function(seed)
      local values, errors = gap_of(seed, n, rises)
      return stats.from_draws(values, { n = n, extreme = true, errors = errors, least = 0 })
    end)
    t.ok(share >= 0.93, ("%d languages, %d sentences, %g apart: %.3f"):format(languages, n, step, share))
  end
end

local function apart(near, far, count) -- so many languages at each
  local list = {}
  for i = 1, 16 do
    list[i] = i <= count and far or near
  end
  return list
end

-- Of gaps whose languages are as unlike as may be, or alike; `scale`: of the second.
function test.differences_of_gaps()
  local two = apart(0, 0, 0)
  two[1], two[2] = -2, 2
  local cases = { { spaced(16, 0), spaced(16, 0), 0 }, { spaced(16, 0), spaced(16, 0), 0.2 },
    { spaced(16, 0), spaced(16, 0), 1 }, { apart(0, 4, 8), two, 1 }, { spaced(16, 0), two, 1 },
    { apart(0, 4, 8), two, 0.5 }, { spaced(16, 0), spaced(16, 0.3), 1 } }
  for i, case in ipairs(cases) do
    local one, other, scale = table.unpack(case)
    local share = coverage(300, (range_of(one) - scale * range_of(other)) / math.sqrt(24), function(seed)
      local a, of_a = gap_of(seed, 24, one)
      local b, of_b = gap_of(seed + 1000, 24, other)
      return stats.from_draws(a - b * scale, { n = 24, extreme = true, errors = gap.less(of_a, of_b, scale) })
    end)
    t.ok(share >= 0.93, ("case %d: %.3f"):format(i, share))
  end
end

-- In per cent of a gap that is there; one that may be noise is refused.
function test.relative_differences_of_gaps()
  for _, rises in ipairs { spaced(16, 0.6), spaced(16, 0.3), apart(0, 6, 1) } do
    local held, judged = 0, 0
    for seed = 1, 300 do
      local a, of_a = gap_of(seed, 24, spaced(16, 0.6))
      local b, of_b = gap_of(seed + 1000, 24, rises)
      local below = stats.from_draws(b, { n = 24, extreme = true, errors = of_b })
      if below.low > 0 then
        local times, truth = a:at(1) / below.estimate, range_of(spaced(16, 0.6)) / range_of(rises)
        local e = stats.from_draws(a / b, { n = 24, extreme = true, least = 0,
          errors = gap.less(of_a, of_b, times, below.estimate) })
        held, judged = held + (e.low <= truth and truth <= e.high and 1 or 0), judged + 1
      end
    end
    t.ok(held >= 0.93 * judged, ("gap of %g: %d of %d"):format(range_of(rises), held, judged))
  end
end

function test.what_is_no_number_has_no_interval()
  local nan, drawn = 0 / 0, { 2, 1, 2, 3, 4 }
  local function refused(values, opts)
    opts.n = 8
    local effect = stats.from_draws(values, opts)
    t.ok(effect.low ~= effect.low and effect.high ~= effect.high)
  end
  refused(drawn, { errors = { most = { nan, nan, nan, 1 }, least = { 1, 1, 1, 1 } } })
  refused({ nan, 1, 2, 3, 4 }, { extreme = true })
  refused({ math.huge, 1, 2, 3, 4 }, { extreme = true })
  refused({ 2, nan, nan, nan, 4 }, {})
  t.eq(stats.from_draws({ 2, 2, 2 }, { n = 8, most = 1.5 }).high, 1.5)
end

return test
