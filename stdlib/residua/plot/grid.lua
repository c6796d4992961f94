-- Heat maps: rows become cells of a grid of two axes.

local cells = require("residua.plot.cells")
local columns = require("residua.plot.columns")

local M = {}

-- The places along an axis and their names: numbers ascend, texts stay in order of appearance.
local function axis(list, count)
  local keys, seen = {}, {}
  for i = 1, count do
    local key = cells.number(list[i]) or cells.label(list[i])
    if not seen[key] then
      seen[key] = true
      keys[#keys + 1] = key
    end
  end
  if cells.numeric(list, count) then
    pcall(table.sort, keys)
  end
  local names, place_of = {}, {}
  for i, key in ipairs(keys) do
    names[i], place_of[key] = cells.label(key), i
  end
  return names, function(cell)
    return place_of[cells.number(cell) or cells.label(cell)]
  end
end

--- Returns the data of a heat map. Of several rows for one cell the last counts.
---@param rows table[]
---@param opts table  x, y (columns of the axes), value (column of the colours)
---@return table  x_names, y_names, cells ([y][x] numbers, nil where there is none), left_out, x_label, y_label,
---  value_label
---@example
---local data = require("residua.plot.grid").of({ { a = 1, b = 2, c = 3 } }, { x = "a", y = "b", value = "c" })
---assert(data.cells[1][1] == 3)
function M.of(rows, opts)
  for _, option in ipairs(#rows > 0 and { "x", "y", "value" } or {}) do
    if not opts[option] then
      columns.missing(rows, option, "heat")
    end
  end
  local xs, ys = columns.of(rows, opts.x, "x"), columns.of(rows, opts.y, "y")
  local values = columns.of(rows, opts.value, "value")
  local x_names, x_place = axis(xs, #rows)
  local y_names, y_place = axis(ys, #rows)
  local grid, left_out = {}, 0
  for i = 1, #y_names do
    grid[i] = {}
  end
  for i = 1, #rows do
    local value = cells.number(values[i])
    left_out = left_out + (value and 0 or 1)
    grid[y_place(ys[i])][x_place(xs[i])] = value
  end
  local function name(option)
    return type(opts[option]) == "string" and opts[option] or nil
  end
  return { x_names = x_names, y_names = y_names, cells = grid, left_out = left_out, x_label = name("x"),
    y_label = name("y"), value_label = name("value") }
end

return M
