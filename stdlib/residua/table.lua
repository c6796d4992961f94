-- Tables of results: rows with named columns that print aligned.

local text = require("residua.text")

--- Rows that print as a table: what `table_of` returns, a list of the rows.
---@class Table
---@field columns string[]  what is shown, in this order
---@field caption? string
local Table = {}
Table.__index = Table
Table.__name = "Table"

local function all_columns(rows)
  local names, seen = {}, {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

-- An effect { estimate, low, high } prints as an estimate and its interval, a refused one as the reason.
local function cell(value)
  if type(value) == "table" and value.refused then
    return value.refused
  end
  if type(value) == "table" and value.estimate then
    local lowest = value.low == value.low and value.low and text.number(value.low) or "?"
    local highest = value.high == value.high and value.high and text.number(value.high) or "?"
    return ("%s [%s, %s]"):format(text.number(value.estimate), lowest, highest)
  end
  if type(value) == "boolean" then
    return value and "yes" or "no"
  end
  return value
end

-- A column that no row has is a slip of the pen when another name is near; else it is empty in these rows.
local function check_columns(rows, columns)
  local present = all_columns(rows)
  local there = {}
  for _, name in ipairs(present) do
    there[name] = true
  end
  for _, name in ipairs(#rows > 0 and columns or {}) do
    local hint = not there[name] and text.did_you_mean(name, present) or ""
    if hint ~= "" then
      error(("table_of: no row has a column '%s'%s"):format(name, hint), 3)
    end
  end
end

--- Returns rows as a table that prints aligned, with effects as "estimate [low, high]".
---@param rows table[]  each a table of named values
---@param opts? table  columns (names in order; all, sorted, by default), caption
---@return Table
---@example
---local t = table_of({ { bits = 4, loss = 2.5 } }, { columns = { "bits", "loss" } })
---assert(tostring(t) == "bits  loss\n----  ----\n   4   2.5")
local function table_of(rows, opts)
  check_columns(rows, opts and opts.columns)
  local self = { columns = opts and opts.columns or all_columns(rows), caption = opts and opts.caption }
  return setmetatable(table.move(rows, 1, #rows, 1, self), Table)
end

function Table:__tostring()
  local rows = {}
  for i, row in ipairs(self) do
    rows[i] = { n = #self.columns }
    for j, name in ipairs(self.columns) do
      rows[i][j] = cell(row[name])
    end
  end
  local body = text.columns(rows, { header = self.columns, limit = 100 })
  return self.caption and self.caption .. "\n" .. body or body
end

--- Returns one column as a list; missing values are left out.
---@param name string
---@return any[]
function Table:column(name)
  local values = {}
  for _, row in ipairs(self) do
    values[#values + 1] = row[name]
  end
  return values
end

--- Returns several columns as lists by name, as regressions take them.
---@param names string[]
---@return table<string, any[]>
---@example
---local columns = table_of({ { a = 1, b = 3 }, { a = 2, b = 4 } }):lists { "a", "b" }
---assert(columns.a[2] == 2 and columns.b[2] == 4)
function Table:lists(names)
  local lists = {}
  for _, name in ipairs(names) do
    lists[name] = self:column(name)
  end
  return lists
end

return table_of
