-- The columns of rows by name, and what is wrong with a name that no row has.

local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")

local M = {}

local function fail(format, ...)
  error("plot: " .. format:format(...), 2)
end

local function names_of(rows)
  local seen = {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do
      seen[name] = true
    end
  end
  return sorted_keys(seen)
end

--- Raises an error where a value is an object rather than a list: says where it keeps its rows, so that it does not
--- draw as an empty figure.
---@param value any
---@example
---local ok, message = pcall(require("residua.plot.columns").require_list, { rows = { { gap = 1 } } })
---assert(not ok and message:find("give its field rows", 1, true))
function M.require_list(value)
  if type(value) ~= "table" or #value > 0 or next(value) == nil then
    return
  end
  local meta, rows = getmetatable(value), rawget(value, "rows")
  local name = type(meta) == "table" and meta.__name or "table of named values"
  if type(rows) == "table" and type(rows[1]) == "table" then
    fail("a %s is no list of rows; give its field rows, as in plot(d.rows, { x = ..., y = ... }); columns are %s", name,
      table.concat(names_of(rows), ", "))
  end
  fail("a %s is no list of rows; give a list of tables%s", name,
    type(value.by) == "function" and ", as in plot(loss:by(\"language\"), { x = ..., y = ... })" or "")
end

--- Returns rows of any kind as a list of tables; a list of numbers or effects, or a Tensor, becomes the column "value".
---@param rows any
---@return table[]
---@example
---assert(require("residua.plot.columns").rows({ 3, 4 })[2].value == 4)
function M.rows(rows)
  if type(rows) == "userdata" then
    rows = rows:totable()
  end
  if type(rows) ~= "table" then
    fail("rows must be a list of tables, a list of numbers or a Tensor, got %s", type(rows))
  end
  local list = {}
  for i, row in ipairs(rows) do
    if type(row) == "number" or type(row) == "table" and row.estimate then
      row = { value = row }
    elseif type(row) ~= "table" then
      fail("row %d is a %s; give tables of named values, or numbers only", i, type(row))
    end
    list[i] = row
  end
  return list
end

--- Returns the cells of a column, by row: those of a name, or a list that has one for each row.
---@param rows table[]
---@param column string|any[]
---@param option string  the option that names it, for messages
---@return table<integer, any>
---@example
---assert(require("residua.plot.columns").of({ { a = 5 } }, "a", "x")[1] == 5)
function M.of(rows, column, option)
  if type(column) == "table" then
    if #column ~= #rows then
      fail("option '%s' has %d values for %d rows; give one for each row, or the name of a column", option, #column,
        #rows)
    end
    return column
  end
  local cells, found = {}, #rows == 0
  for i, row in ipairs(rows) do
    cells[i] = row[column]
    found = found or row[column] ~= nil
  end
  if not found then
    local names = names_of(rows)
    fail("no row has a column '%s'%s; columns are %s", column, spelling.did_you_mean(column, names),
      table.concat(names, ", "))
  end
  return cells
end

--- Raises an error that says which option is missing and which columns there are.
---@param rows table[]
---@param option string
---@param kind string
function M.missing(rows, option, kind)
  fail("option '%s' is missing, which kind = \"%s\" needs; columns are %s", option, kind,
    table.concat(names_of(rows), ", "))
end

return M
