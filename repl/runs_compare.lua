-- Two records of runs side by side: verdicts, effects, and what differs in how they were made.
local aligned = require("residua.aligned")
local sorted_keys = require("residua.sorted_keys")
local table_of = require("residua.table")
local verdict = require("residua.verdict")
local why_of = require("residua.report.verdicts").why

local M = {}

-- An effect as tables show it.
local function effect_of(entry)
  local interval = entry.interval or {}
  return entry.effect and { estimate = entry.effect, low = interval.low, high = interval.high }
end

--- Returns the verdicts of a record as rows: name, prediction, expected, verdict, effect, n, p (Holm), why.
---@param record table
---@return table[]
function M.verdict_rows(record)
  local rows = {}
  for i, entry in ipairs(record.verdicts or {}) do
    rows[i] = { name = entry.name, prediction = entry.prediction, expected = verdict.criterion(entry),
      verdict = entry.verdict, effect = effect_of(entry), n = entry.n, ["p (Holm)"] = entry.adjusted_p,
      why = why_of { why = entry.why, effect = entry } }
  end
  return rows
end

--- Returns the values inside a table as { "a.b", value }, sorted by name; list elements count as names.
---@param values table
---@param path? string
---@param out? table[]
---@return table[]
function M.flat(values, path, out)
  out = out or {}
  local keys = sorted_keys(values)
  for i = 1, #values do
    keys[#keys + 1] = i
  end
  for _, key in ipairs(keys) do
    local value, name = values[key], (path and path .. "." or "") .. tostring(key)
    if type(value) == "table" then
      M.flat(value, name, out)
    else
      out[#out + 1] = { name, type(value) == "boolean" and tostring(value) or value }
    end
  end
  return out
end

local function by_name(verdicts)
  local map = {}
  for _, entry in ipairs(verdicts or {}) do
    map[entry.name] = entry
  end
  return map
end

-- One row per prediction of either run.
local function verdict_rows(a, b)
  local left, right, names, rows = by_name(a.verdicts), by_name(b.verdicts), {}, {}
  for name in pairs(left) do
    names[name] = true
  end
  for name in pairs(right) do
    names[name] = true
  end
  for i, name in ipairs(sorted_keys(names)) do
    local one, other = left[name] or {}, right[name] or {}
    rows[i] = { name = name, ["verdict A"] = one.verdict, ["verdict B"] = other.verdict, ["effect A"] = effect_of(one),
      ["effect B"] = effect_of(other), ["B - A"] = one.effect and other.effect and other.effect - one.effect,
      ["n A"] = one.n ~= other.n and one.n or nil, ["n B"] = one.n ~= other.n and other.n or nil }
  end
  return rows
end

local ORIGIN <const> = { "id", "model", "texts", "seed", "size", "device", "threads", "params", "digests", "versions" }

-- What made a record, by name.
local function origin(record)
  local picked, map = {}, {}
  for _, field in ipairs(ORIGIN) do
    picked[field] = record[field]
  end
  for _, entry in ipairs(M.flat(picked)) do
    map[entry[1]] = entry[2]
  end
  return map
end

--- Returns what differs in how two runs were made: { name, A, B }, sorted by name.
---@param a table  record
---@param b table  record
---@return table[]
function M.differences(a, b)
  local left, right, names, rows = origin(a), origin(b), {}, {}
  for _, map in ipairs({ left, right }) do
    for name in pairs(map) do
      names[name] = true
    end
  end
  for _, name in ipairs(sorted_keys(names)) do
    if left[name] ~= right[name] then
      rows[#rows + 1] = { name, left[name] == nil and "-" or left[name], right[name] == nil and "-" or right[name] }
    end
  end
  return rows
end

local function print_warnings(name, record)
  for _, message in ipairs(record.warnings or {}) do
    print(("warning of %s: %s"):format(name, message))
  end
end

--- Prints two runs side by side.
---@param a table  record
---@param b table  record
function M.print(a, b)
  print(("A  %s  %s\nB  %s  %s\n"):format(a.run, a.title or "", b.run, b.title or ""))
  local verdicts, columns = verdict_rows(a, b), { "name" }
  for _, column in ipairs({ "verdict A", "verdict B", "effect A", "effect B", "B - A", "n A", "n B" }) do
    for _, row in ipairs(verdicts) do
      if row[column] ~= nil then -- a prediction that was not run has no effect
        columns[#columns + 1] = column
        break
      end
    end
  end
  print(table_of(verdicts, { columns = columns }))
  print_warnings("A", a)
  print_warnings("B", b)
  local rows = M.differences(a, b)
  if #rows == 0 then
    print("\nsame params, seed, digests, versions and device")
  else
    print("\n" .. aligned(rows, { header = { "differs", "A", "B" }, limit = 60 }))
  end
end

return M
