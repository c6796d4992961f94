-- Pareto fronts: rows that no other row beats in both columns.

local options = require("residua.options")
local problems = require("residua.search.problem")
local rows_of = require("residua.search.rows")
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")
local table_of = require("residua.table")
local values = require("residua.search.values")

local M = {}

local MEASURED <const> = { dnll = true, gap = true } -- of every set of a model, whatever the search lowered

-- The number in a column, that of an effect being its estimate; NaN where a measurement failed or was refused.
local function number_in(row, column, place)
  local value = row[column]
  if type(value) == "table" then
    value = value.refused and 0 / 0 or value.estimate
  end
  if type(value) ~= "number" then
    local names = sorted_keys(row)
    error(("search.pareto: row %d has no number '%s'%s"):format(place, column, spelling.did_you_mean(column, names)), 4)
  end
  return value
end

local function points_of(rows, cost, value)
  local points = {}
  for place, row in ipairs(rows) do
    options.argument("search.pareto", "row " .. place, row, "table", 4)
    local x, y = number_in(row, cost, place), number_in(row, value, place)
    if x == x and y == y then
      points[#points + 1] = { row = row, x = x, y = y, place = place }
    end
  end
  table.sort(points, function(a, b)
    if a.x ~= b.x or a.y ~= b.y then
      return a.x < b.x or a.x == b.x and a.y < b.y
    end
    return a.place < b.place
  end)
  return points
end

-- Of points by ascending x, then y: those that lie below all before them, or tie with the last that did.
local function front_of(points)
  local front, last = {}, nil
  for _, point in ipairs(points) do
    if not last or point.y < last.y or point.y == last.y and point.x == last.x then
      front[#front + 1], last = point, point
    end
  end
  return front
end

-- Copies of the rows of a front; those of a search get the interval of what was measured.
local function copies(front, rows, value)
  local list, combinations = {}, {}
  for i, point in ipairs(front) do
    list[i] = {}
    for name, cell in pairs(point.row) do
      list[i][name] = cell
    end
    if rows.problem then
      combinations[i] = { [problems.set_of(rows.problem, point.row.units, 3)] = 1.0 }
    end
  end
  if rows.problem and (value == rows.measure or MEASURED[value]) then
    local axis = value ~= rows.measure and value or nil
    for i, effect in ipairs(values.combine_sparse(rows.problem, combinations, axis)) do
      list[i][value] = effect
    end
  end
  return list
end

---@class residua.search.ParetoOpts
---@field cost? string  column that is to be low: "bits" by default, or "bytes", "share", "size" where the rows have it
---@field value? string  the other: the measure of the search by default ("dnll", "gap" or "value"), else "dnll"

--- Returns the rows that no other one dominates, by ascending cost. A row dominates another where it is at most as high
--- in both columns and lower in one; rows that tie in both are all on the front or all off it, and rows with NaN are
--- off. The rows may be those of a search, whose values then get intervals over sentences, or any others with two
--- columns of numbers or effects, such as `disparity.curve` gives them.
---@param rows table[]
---@param opts? residua.search.ParetoOpts
---@return Table rows  copies
---@example
---local rows = { { bits = 4, gap = 1 }, { bits = 8, gap = 0 }, { bits = 8, gap = 1 } }
---local front = search.pareto(rows, { value = "gap" })
---assert(#front == 2 and front[1].bits == 4 and front[2].gap == 0)
function M.pareto(rows, opts)
  local meta = getmetatable(rows)
  if type(rows) ~= "table" or (meta and meta.__name == "Problem") then
    error("search.pareto: a list of rows expected, such as search.sets returns, got "
      .. (meta and meta.__name or type(rows)), 2)
  end
  opts = options.check("search.pareto", opts, { cost = { "string", rows.problem and not rows.problem.opts.model
    and "size" or "bits" }, value = { "string", rows.measure or "dnll" } })
  local front = copies(front_of(points_of(rows, opts.cost, opts.value)), rows, opts.value)
  local caption = ("Front of %s against %s: %d of %d rows"):format(opts.cost, opts.value, #front, #rows)
  if not rows.problem then
    return table_of(front, { columns = rows.columns, caption = caption })
  end
  return rows_of.table_of_sets(rows.problem, front, rows_of.caption(rows.problem, caption, opts.value))
end

return M
