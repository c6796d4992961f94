-- One against all others: is what was found in the place that was asked about found in most other places, too?

local native = require("residua.native").stats
local options = require("residua.options")

local M = {}

local FEWEST <const> = 20 -- values: of fewer, even the most extreme has p > 0.05

--- Returns by how much one value exceeds the others: the median of its differences to all values, their range from
--- 2.5 to 97.5 % as interval, and as p its rank from the nearer end over the number of values (itself counts, ties
--- count against it). It takes the values as exchangeable where nothing is special about the one. Refused with fewer
--- than 20, of which even the most extreme has p > 0.05.
---@param values number[]
---@param which integer  position of the value in question, from 1
---@return table effect  estimate, low, high, p, n (values), level; or refused
---@example
---local values = range(1, 40)
---local e = stats.against_others(values, 40)
---assert(e.estimate == 19.5 and e.low > 0 and e.p == 1 / 40)
---assert(stats.against_others({ 1, 2, 9 }, 3).refused)
function M.against_others(values, which)
  options.numbers("stats.against_others", "values", values)
  options.argument("stats.against_others", "which", which, "integer")
  if values[which] == nil then
    error(("stats.against_others: no value %s; there are %d"):format(tostring(which), #values), 2)
  elseif #values < FEWEST then
    return { refused = ("%d values; of fewer than %d even the most extreme has p > 0.05"):format(#values, FEWEST) }
  end
  local differences, at_most, at_least = {}, 0, 0
  for i, value in ipairs(values) do
    local difference = values[which] - value
    differences[i] = difference
    at_most = at_most + (difference >= 0 and 1 or 0)
    at_least = at_least + (difference <= 0 and 1 or 0)
  end
  local low, middle, high = table.unpack(native.quantiles(differences, { 0.025, 0.5, 0.975 }))
  return { estimate = middle, low = low, high = high, p = math.min(at_most, at_least) / #values, n = #values,
    level = 0.95 }
end

--- Returns by how much a pair exceeds all other pairs of a list in some measure, as `stats.against_others` does with
--- the values of the pairs. 7 items make 21 pairs, the fewest that are not refused.
---@param items any[]
---@param pair any[]  two of them, in the order of the list
---@param measure function  measure(a, b) -> number, where a stands before b in the list
---@return table effect  estimate, low, high, p, n (pairs), level; or refused
---@return table[] rows  first, second, value of every pair
---@example
---local layers = range(0, 11)
---local e, rows = stats.pair_against_others(layers, { 0, 11 }, function(a, b) return b - a end)
---assert(e.low > 0 and e.p == 1 / 66 and #rows == 66 and rows[1].value == 1)
function M.pair_against_others(items, pair, measure)
  options.argument("stats.pair_against_others", "items", items, "table")
  options.argument("stats.pair_against_others", "pair", pair, "table")
  options.argument("stats.pair_against_others", "measure", measure, "function")
  local rows, values, which = {}, {}, nil
  for i, first in ipairs(items) do
    for j = i + 1, #items do
      local second = items[j]
      values[#values + 1] = measure(first, second)
      rows[#rows + 1] = { first = first, second = second, value = values[#values] }
      if first == pair[1] and second == pair[2] then
        which = #values
      end
    end
  end
  if not which then
    error(("stats.pair_against_others: no pair %s, %s in the list"):format(options.shown(pair[1]),
      options.shown(pair[2])), 2)
  end
  return M.against_others(values, which), rows
end

return M
