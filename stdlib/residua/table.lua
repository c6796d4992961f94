-- Tables of results: rows with named columns that print aligned.

local aligned = require("residua.aligned")
local cells = require("residua.report.cells")
local options = require("residua.options")
local save = require("residua.save")
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")

--- Rows that print as a table: what `table_of` returns, a list of the rows.
---@class Table
---@field columns string[]  what is shown, in this order
---@field caption? string
local Table = {}
Table.__index = Table
Table.__name = "Table"

local function all_columns(rows)
  local seen = {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do
      seen[name] = true
    end
  end
  return sorted_keys(seen, true)
end

-- A column that no row has is a slip of the pen when another name is near; else it is empty in these rows.
local function check_columns(rows, columns)
  local present = all_columns(rows)
  local there = {}
  for _, name in ipairs(present) do
    there[name] = true
  end
  for _, name in ipairs(#rows > 0 and columns or {}) do
    local hint = not there[name] and spelling.did_you_mean(name, present) or ""
    if hint ~= "" then
      error(("table_of: no row has a column '%s'%s"):format(name, hint), 3)
    end
  end
end

---@class residua.table.Opts
---@field columns? string[]  what is shown, in this order; all columns, sorted, by default
---@field caption? string

--- Returns rows as a table that prints aligned, with effects as "estimate [low, high]".
---@param rows table[]  each a table of named values
---@param opts? residua.table.Opts
---@return Table
---@example
---local t = table_of({ { bits = 4, loss = 2.5 } }, { columns = { "bits", "loss" } })
---assert(tostring(t) == "bits  loss\n----  ----\n   4   2.5")
local function table_of(rows, opts)
  opts = options.check("table_of", opts, { columns = { "table" }, caption = { "string" } })
  check_columns(rows, opts.columns)
  local self = { columns = opts.columns or all_columns(rows), caption = opts.caption }
  return setmetatable(table.move(rows, 1, #rows, 1, self), Table)
end

function Table:__tostring()
  local rows = {}
  for i, row in ipairs(self) do
    rows[i] = { n = #self.columns }
    for j, name in ipairs(self.columns) do
      local value = row[name]
      rows[i][j] = value ~= nil and type(value) ~= "number" and cells.text(value) or value
    end
  end
  local body = aligned(rows, { header = self.columns, limit = 100 })
  return self.caption and self.caption .. "\n" .. body or body
end

--- Writes the rows to a file as CSV: every digit; an effect fills columns NAME, NAME_low, NAME_high and, where they are
--- known, NAME_n and NAME_level.
---@param path string
---@example
---local name = os.tmpname()
---table_of({ { bits = 4, loss = 2.5 } }):save(name .. ".csv")
---assert(io.open(name .. ".csv"):read("a") == "bits,loss\r\n4,2.5\r\n")
---assert(os.remove(name .. ".csv") and os.remove(name))
function Table:save(path)
  options.argument("Table:save", "path", path, "string")
  save("Table:save", path, require("residua.report.csv").text(self), ".csv")
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

local function has_all(row, names)
  for _, name in ipairs(names) do
    if row[name] == nil then
      return false
    end
  end
  return true
end

--- Returns several columns as lists by name, as regressions take them: of the rows that have them all, so that the k-th
--- values belong together.
---@param names string[]
---@return table<string, any[]>
---@example
---local columns = table_of({ { a = 1, b = 3 }, { a = 5 }, { a = 2, b = 4 } }):lists { "a", "b" }
---assert(columns.a[2] == 2 and columns.b[2] == 4)
function Table:lists(names)
  local lists = {}
  for _, name in ipairs(names) do
    lists[name] = {}
  end
  for _, row in ipairs(self) do
    for _, name in ipairs(has_all(row, names) and names or {}) do
      table.insert(lists[name], row[name])
    end
  end
  return lists
end

return table_of
