-- Games for the tests of searches: problems without a model, whose values are known.
local search = require("residua.search")
local tensor = require("residua.tensor")

local M = {}

-- A problem over units 1 to n whose sets are worth what f says of a list of units.
function M.game(n, f, opts)
  opts = opts or {}
  opts.units = n
  opts.value = function(sets)
    local values = {}
    for i, set in ipairs(sets) do
      values[i] = f(set)
    end
    return values
  end
  return search.problem(opts)
end

local function mask_of(set)
  local mask = 0
  for _, unit in ipairs(set) do
    mask = mask | 1 << (unit - 1)
  end
  return mask
end

-- Random values: a rugged game.
function M.random(n, seed, opts)
  local values = tensor.randn(seed, 2 ^ n // 1 | 0):totable()
  return M.game(n, function(set)
    return values[mask_of(set) + 1]
  end, opts)
end

function M.has(set, wanted)
  for _, unit in ipairs(set) do
    if unit == wanted then
      return true
    end
  end
  return false
end

-- The value of a set is the sum of its units' weights.
function M.additive(weights, opts)
  return M.game(#weights, function(set)
    local sum = 0
    for _, unit in ipairs(set) do
      sum = sum + weights[unit]
    end
    return sum
  end, opts)
end

-- The estimates of a column of effects.
function M.estimates(rows, column)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = row[column].estimate
  end
  return list
end

function M.sum(list)
  local total = 0
  for _, value in ipairs(list) do
    total = total + value
  end
  return total
end

function M.column(rows, name)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = row[name]
  end
  return list
end

return M
