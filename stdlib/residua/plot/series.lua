-- Lines, points and bars: rows become series of points with intervals.

local cells = require("residua.plot.cells")
local columns = require("residua.plot.columns")

local M = {}

-- The names of the columns that y stands for; a list of numbers, one per row, is a column without a name.
local function y_columns(rows, opts)
  if opts.y == nil then
    if #rows > 0 and rows[1].value ~= nil then
      return { "value" }
    end
    columns.missing(rows, "y", opts.kind)
  elseif type(opts.y) == "table" and type(opts.y[1]) == "string" then
    return opts.y
  end
  return { opts.y }
end

local function add_category(names, places, label)
  if not places[label] then
    names[#names + 1] = label
    places[label] = #names
  end
  return places[label]
end

-- Where each row stands along x: numbers, or the places of categories and their names.
local function x_places(rows, opts)
  local list = {}
  for i = 1, #rows do
    list[i] = i
  end
  list = opts.x and columns.of(rows, opts.x, "x") or list
  local numeric = cells.numeric(list, #rows)
  if opts.kind ~= "bars" and numeric then
    return list
  end
  local names, places, places_of = {}, {}, {}
  for i = 1, #rows do
    places[i] = add_category(names, places_of, cells.label(list[i]))
  end
  return places, names
end

local function series_name(column, by_label, several)
  local name = type(column) == "string" and column or "values"
  if by_label then
    return several and by_label .. ", " .. name or by_label
  end
  return name
end

local function point(x_cell, y_cell, log)
  local x, x_low, x_high = cells.number(x_cell)
  local y, low, high = cells.number(y_cell)
  local shown = x and y and not (log.x and x <= 0) and not (log.y and y <= 0)
  return shown and { x = x, y = y, low = low, high = high, x_low = x_low, x_high = x_high } or { x = x }
end

-- Lines go from left to right, whatever the order of the rows; a point without y breaks them.
local function in_order(series)
  for _, one in ipairs(series) do
    local kept = {}
    for i, p in ipairs(one.points) do
      p.order = i
      kept[#kept + 1] = p.x and p or nil
    end
    table.sort(kept, function(a, b)
      if a.x ~= b.x then
        return a.x < b.x
      end
      return a.order < b.order
    end)
    one.points = kept
  end
end

local function only_shown(series)
  for _, one in ipairs(series) do
    local kept = {}
    for _, p in ipairs(one.points) do
      kept[#kept + 1] = p.y and p or nil
    end
    one.points = kept
  end
end

-- Fills series by name, in the order in which their names first appear; returns how many points are left out.
local function collect(rows, opts, wanted, xs)
  local by, series, places, left_out = opts.by and columns.of(rows, opts.by, "by"), {}, {}, 0
  for _, column in ipairs(wanted) do
    local ys = columns.of(rows, column, "y")
    for i = 1, #rows do
      local name = series_name(column, by and cells.label(by[i]), #wanted > 1)
      if not places[name] then
        series[#series + 1] = { name = name, points = {} }
        places[name] = #series
      end
      local p = point(xs[i], ys[i], opts.log)
      left_out = left_out + (p.y and 0 or 1)
      table.insert(series[places[name]].points, p)
    end
  end
  return series, left_out
end

--- Returns the data of a figure of lines, points or bars.
---@param rows table[]
---@param opts table  kind, x, y, by, log { x, y }
---@return table  series (name, points { x, y, low, high }), x_names (of categories), left_out, x_label, y_label
---@example
---local data = require("residua.plot.series").of({ { a = 1, b = 2 } }, { kind = "lines", x = "a", y = "b", log = {} })
---assert(data.series[1].points[1].y == 2)
function M.of(rows, opts)
  local wanted = #rows == 0 and {} or y_columns(rows, opts)
  local xs, names = x_places(rows, opts)
  local series, left_out = collect(rows, opts, wanted, xs)
  if opts.kind == "lines" then
    in_order(series)
  else
    only_shown(series)
  end
  local y_label = #wanted == 1 and type(wanted[1]) == "string" and wanted[1] or nil
  return { series = series, x_names = names, left_out = left_out, y_label = y_label,
    x_label = type(opts.x) == "string" and opts.x or not opts.x and "row" or nil }
end

return M
