-- Tables as CSV (RFC 4180) for other programs: every digit, an effect as a column for each part.

local cells = require("residua.report.cells")

local M = {}

local PARTS <const> = { "low", "high", "n", "level" } -- of an effect, beside its estimate
local ALWAYS <const> = { low = true, high = true }

local function field(value)
  if value == nil or value ~= value then
    return ""
  elseif math.type(value) == "float" then
    local short = ("%.15g"):format(value)
    return tonumber(short) == value and short or ("%.17g"):format(value)
  end
  local s = type(value) == "table" and cells.text(value) or tostring(value)
  return s:find('[",\r\n]') and '"' .. s:gsub('"', '""') .. '"' or s
end

-- What of the cells in a column there is: effects, reasons of refused ones.
local function forms(rows, name)
  local effects, refused
  for _, row in ipairs(rows) do
    local value = row[name]
    effects = effects or cells.is_effect(value)
    refused = refused or type(value) == "table" and value.refused ~= nil
  end
  return effects, refused
end

-- Whether an effect of a column has a part.
local function any_has(rows, name, part)
  for _, row in ipairs(rows) do
    if type(row[name]) == "table" and row[name][part] then
      return true
    end
  end
  return false
end

-- One reader of rows for each column of the file, and its name, which is that of no other.
local function readers(rows)
  local names, list, taken = {}, {}, {}
  for _, name in ipairs(rows.columns) do
    taken[name] = true
  end
  local function add(name, read)
    names[#names + 1], list[#list + 1] = name, read
  end
  local function add_part(name, read)
    while taken[name] do
      name = name .. "_"
    end
    taken[name] = true
    add(name, read)
  end
  for _, name in ipairs(rows.columns) do
    local effects, refused = forms(rows, name)
    if not effects and not refused then
      add(name, function(row) return row[name] end)
    else
      add(name, function(row)
        local value = row[name]
        return type(value) == "table" and value.estimate or type(value) ~= "table" and value or nil
      end)
    end
    for _, part in ipairs(effects and PARTS or {}) do
      if ALWAYS[part] or any_has(rows, name, part) then
        add_part(name .. "_" .. part, function(row)
          return type(row[name]) == "table" and row[name][part] or nil
        end)
      end
    end
    if refused then
      add_part(name .. "_refused", function(row)
        return type(row[name]) == "table" and row[name].refused or nil
      end)
    end
  end
  return names, list
end

--- Returns a table of results as CSV with a line of names first. A column with effects becomes name, name_low,
--- name_high and, where the effects say so, name_n (units) and name_level; one with refused effects gets name_refused
--- with the reasons.
---@param rows Table
---@return string
---@example
---local rows = table_of { { gap = { estimate = 1, low = 0.5, high = 2 } } }
---assert(require("residua.report.csv").text(rows) == "gap,gap_low,gap_high\r\n1,0.5,2\r\n")
function M.text(rows)
  local names, list = readers(rows)
  local lines = { {} }
  for i, name in ipairs(names) do
    lines[1][i] = field(name)
  end
  for r, row in ipairs(rows) do
    lines[r + 1] = {}
    for i, read in ipairs(list) do
      lines[r + 1][i] = field(read(row))
    end
  end
  for i, line in ipairs(lines) do
    lines[i] = table.concat(line, ",") .. "\r\n"
  end
  return table.concat(lines)
end

return M
