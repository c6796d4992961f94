-- Budgets: what they may bound, and the best row within one.

local sorted_keys = require("residua.sorted_keys")
local subset = require("residua.search.subset")
local values = require("residua.search.values")

-- What a budget may bound: columns of the rows.
local LIMITS <const> = { bits = { "number" }, bytes = { "number" }, share = { "number" }, size = { "integer" } }

local function with_limits(spec)
  for name, types in pairs(LIMITS) do
    spec[name] = types
  end
  return spec
end

local function limits_of(where, problem, opts)
  local limits = {}
  for _, name in ipairs(sorted_keys(LIMITS)) do
    limits[name] = opts[name]
    if opts[name] and problem and name ~= "size" and not values.cost_of(problem, subset.none(problem.n))[name] then
      error(("%s: option '%s' needs a model%s"):format(where, name, name == "bytes" and ", or option 'cost'" or ""), 4)
    end
  end
  return limits
end

local function fits(row, limits)
  for name, limit in pairs(limits) do
    if row[name] > limit then
      return false
    end
  end
  return true
end

local function number_of(value)
  return type(value) == "table" and value.estimate or value
end

-- The row of the least measure that fits; of equal ones the smaller set, then the first.
local function best_of(rows, limits, measure)
  local best
  for _, row in ipairs(rows) do
    local value, least = number_of(row[measure]), best and number_of(best[measure])
    if value == value and fits(row, limits)
      and (not best or value < least or value == least and row.size < best.size) then
      best = row
    end
  end
  return best
end

return { with_limits = with_limits, limits_of = limits_of, fits = fits, best_of = best_of }
