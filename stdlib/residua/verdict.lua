-- Verdicts: what an effect's interval says about a prediction that was declared beforehand.

local stats = require("residua.stats")

local M = {}

local ALPHA = 0.05
local FEWEST_UNITS = 3

local function finite(value)
  return type(value) == "number" and value == value and math.abs(value) < math.huge
end

-- Where the interval lies: inside what was predicted, outside of it, or across the border.
local function place(prediction, effect)
  if prediction.within then
    local low, high = prediction.within[1], prediction.within[2]
    return effect.low >= low and effect.high <= high, effect.high < low or effect.low > high
  elseif prediction.below then
    return effect.high < prediction.below, effect.low > prediction.below
  end
  return effect.low > prediction.above, effect.high < prediction.above
end

local function judge(prediction, effect)
  if effect.refused then
    return "inconclusive", effect.refused
  elseif not (finite(effect.low) and finite(effect.high)) then
    return "inconclusive", "no interval"
  elseif effect.n and effect.n < FEWEST_UNITS then
    return "inconclusive", ("only %d units"):format(effect.n)
  end
  local inside, outside = place(prediction, effect)
  if not inside and not outside then
    return "inconclusive", "the interval crosses the border"
  elseif effect.adjusted_p and effect.adjusted_p > ALPHA then
    return "inconclusive", ("p = %.3g after Holm's correction"):format(effect.adjusted_p)
  end
  return inside and "supported" or "refuted", nil
end

-- p values are of the test against 0: they say nothing of a border elsewhere, where the interval alone decides.
local function tests_border(prediction)
  return prediction.above == 0 or prediction.below == 0
end

-- Adds adjusted_p to the effects that have a p.
local function correct(entries)
  local p, tested = {}, {}
  for _, entry in ipairs(entries) do
    if finite(entry.effect.p) and tests_border(entry.prediction) then
      p[#p + 1], tested[#tested + 1] = entry.effect.p, entry.effect
    end
  end
  for i, adjusted in ipairs(#p > 0 and stats.holm(p) or {}) do
    tested[i].adjusted_p = adjusted
  end
end

--- Returns the verdicts of one experiment. p values are corrected together by Holm's method.
---@param predicts table<string, table>  as `experiment` normalises them
---@param effects table<string, table>  by prediction: estimate, low, high, p, n; or refused (why)
---@return table[]  sorted by name: name, prediction, verdict ("supported", "refuted", "inconclusive"), effect, why
---@example
---local verdict = require("residua.verdict")
---local v = verdict.of({ up = { text = "it rises", above = 0 } }, { up = { estimate = 2, low = 1, high = 3, n = 9 } })
---assert(v[1].verdict == "supported")
function M.of(predicts, effects)
  local entries = {}
  for name, prediction in pairs(predicts) do
    local copy = {}
    for key, value in pairs(effects[name] or { refused = "the run gave no effect" }) do
      copy[key] = value
    end
    entries[#entries + 1] = { name = name, prediction = prediction, effect = copy }
  end
  table.sort(entries, function(a, b)
    return a.name < b.name
  end)
  correct(entries)
  for _, entry in ipairs(entries) do
    entry.verdict, entry.why = judge(entry.prediction, entry.effect)
  end
  return entries
end

return M
