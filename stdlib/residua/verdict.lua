-- Verdicts: what an effect's interval says about a prediction that was declared beforehand. `verdict.of` has the rule.

local native = require("residua.native").stats
local stats = require("residua.stats")
local text = require("residua.text")

local M = {}

local ALPHA = 0.05

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
  if effect.not_run then
    return "not run", effect.not_run
  elseif effect.refused then
    return "inconclusive", effect.refused
  elseif not finite(effect.estimate) then
    return "inconclusive", "the effect is not a number"
  elseif effect.n and effect.n < native.fewest_units then
    return "inconclusive", ("only %d units"):format(effect.n)
  elseif not (finite(effect.low) and finite(effect.high)) then
    return "inconclusive", "no interval"
  end
  if effect.adjusted_p ~= effect.adjusted_p then
    return "inconclusive", "its test gives no p"
  end
  local inside, outside = place(prediction, effect)
  if not inside and not outside then
    return "inconclusive", "the interval crosses the border"
  elseif effect.adjusted_p and effect.adjusted_p > ALPHA + 1e-12 then
    return "inconclusive", ("p = %.3g after Holm's correction"):format(effect.adjusted_p)
  end
  return inside and "supported" or "refuted", nil
end

-- The p of a border: that of the effect's own test where the border is 0, else from its interval.
local function p_of_border(effect, border)
  local p_is_nan = effect.p ~= effect.p
  if border == 0 and finite(effect.p) or p_is_nan and effect.low == effect.high then
    return effect.p -- constant values: neither test nor interval says anything
  end
  local units = effect.df and math.floor(effect.df) + 1 or math.tointeger(effect.n)
  return stats.interval_p(effect.estimate, effect.low, effect.high, border, effect.level, units)
end

-- The p of a prediction. For `within` inside: of both borders the less certain (two one-sided tests); outside: of the
-- border that was missed.
local function p_of(prediction, effect)
  if not prediction.within then
    return p_of_border(effect, prediction.above or prediction.below)
  end
  local low, high = prediction.within[1], prediction.within[2]
  if effect.estimate < low then
    return p_of_border(effect, low)
  elseif effect.estimate > high then
    return p_of_border(effect, high)
  end
  return math.max(p_of_border(effect, low), p_of_border(effect, high))
end

local function testable(effect)
  return not (effect.refused or effect.not_run) and finite(effect.estimate) and finite(effect.low)
    and finite(effect.high)
end

-- Gives effects the p of what was predicted, in place of that of 0, and adjusted_p; none without an interval.
local function correct(entries)
  local p, tested = {}, {}
  for _, entry in ipairs(entries) do
    local effect = entry.effect
    effect.p = testable(effect) and p_of(entry.prediction, effect) or nil
    if effect.p then
      if finite(effect.p) then
        p[#p + 1], tested[#tested + 1] = effect.p, effect
      else
        effect.adjusted_p = effect.p
      end
    end
  end
  for i, adjusted in ipairs(#p > 0 and stats.holm(p) or {}) do
    tested[i].adjusted_p = adjusted
  end
end

--- Returns the criterion of a prediction as text: "> 0", "< 1", "5 to 15"; "" where it has none.
---@param prediction table  with above, below or within
---@return string
function M.criterion(prediction)
  if prediction.within then
    return ("%s to %s"):format(text.number(prediction.within[1]), text.number(prediction.within[2]))
  end
  local border = prediction.below or prediction.above
  return border and (prediction.below and "< " or "> ") .. text.number(border) or ""
end

--- Returns the verdicts of one experiment.
---
--- A prediction is supported where the effect's interval lies wholly inside what was predicted and p, corrected by
--- Holm's method over the predictions of the experiment, is at most 0.05; refuted where it lies wholly outside, with
--- the same p; inconclusive in all other cases: an interval across the border, no interval, fewer than 3 units, a
--- refused effect; not run where something was missing that it needs. p is that of the effect's own test (sign flips,
--- permutations) where the border is 0, else it follows from the interval (`stats.interval_p`).
---@param predicts table<string, table>  as `experiment` normalises them
---@param effects table<string, table>  by prediction: estimate, low, high, p, n; or refused (why), or not_run (why)
---@return table[]  sorted by name: name, prediction, verdict ("supported", "refuted", "inconclusive", "not run"),
---  effect, why
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
