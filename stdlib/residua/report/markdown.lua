-- The report as Markdown, for notes and repositories: the same parts, figures as text.

local cells = require("residua.report.cells")
local counted = require("residua.text").counted
local page = require("residua.report.page")
local provenance = require("residua.report.provenance")
local table_of = require("residua.table")
local verdicts = require("residua.report.verdicts")

local M = {}

local MOST_ROWS <const> = 60 -- of one table; the CSV file has all

-- Text of one line that no Markdown reader takes for markup.
local function escape(s)
  return (s:gsub("%s+", " "):gsub("[\\`*_<>|%[%]#]", "\\%0"))
end

local function table_text(rows)
  local function line(read)
    local parts = {}
    for i, name in ipairs(rows.columns) do
      parts[i] = read(name)
    end
    return "| " .. table.concat(parts, " | ") .. " |"
  end
  local lines = { line(escape), line(function() return "---" end) }
  for i = 1, math.min(#rows, MOST_ROWS) do
    lines[#lines + 1] = line(function(name)
      return escape(cells.text(rows[i][name]))
    end)
  end
  if #rows > MOST_ROWS then
    lines[#lines + 1] = ("\nFirst %d of %d rows."):format(MOST_ROWS, #rows)
  end
  return table.concat(lines, "\n")
end

local function verdict_table(records, first)
  local rows = {}
  for _, record in ipairs(records) do
    for _, row in ipairs(verdicts.rows(record.judged)) do
      row.experiment, row["p (Holm)"] = record.plain.id, row.p
      row.verdict = verdicts.SIGNS[row.verdict] .. " " .. row.verdict
      rows[#rows + 1] = row
    end
  end
  local columns = { "name", "verdict", "prediction", "effect", "expected", "p (Holm)", "n", "why" }
  if first then
    table.insert(columns, 1, first)
  end
  return table_text(table_of(rows, { columns = columns }))
end

local function definitions(list)
  local lines = {}
  for _, pair in ipairs(list) do
    local shown = cells.text(pair[2])
    lines[#lines + 1] = shown ~= "" and ("* %s: %s"):format(escape(tostring(pair[1])), escape(shown)) or nil
  end
  return table.concat(lines, "\n")
end

-- A fence longer than any run of backticks inside.
local function fenced(s)
  local longest = 2
  for ticks in s:gmatch("`+") do
    longest = math.max(longest, #ticks)
  end
  local fence = ("`"):rep(longest + 1)
  return ("%stext\n%s\n%s"):format(fence, s, fence)
end

local function add_results(parts, record)
  for i, rows in ipairs(record.tables) do
    parts[#parts + 1] = ("### %s"):format(escape(rows.caption or "Table " .. i))
    parts[#parts + 1] = table_text(rows)
    parts[#parts + 1] = ("[tables/%s-%d.csv](tables/%s-%d.csv)"):format(record.key, i, record.key, i)
  end
  for _, figure in ipairs(record.figures) do
    parts[#parts + 1] = fenced(figure:draw(80))
    parts[#parts + 1] = escape(figure.alt)
  end
end

local function section(record)
  local plain, params = record.plain, provenance.params(record)
  local parts = { ("## %s"):format(escape(plain.id .. " " .. plain.title)), escape(plain.asks) }
  if record.method ~= "" or #params > 0 then
    parts[#parts + 1] = "### Method"
    parts[#parts + 1] = record.method ~= "" and escape(record.method) or nil
    parts[#parts + 1] = #params > 0 and definitions(params) or nil
  end
  parts[#parts + 1] = "### Predictions"
  parts[#parts + 1] = verdict_table({ record })
  for _, message in ipairs(plain.warnings or {}) do
    parts[#parts + 1] = "**Warning:** " .. escape(message)
  end
  add_results(parts, record)
  parts[#parts + 1] = "### Provenance"
  parts[#parts + 1] = definitions(provenance.of(record))
  return table.concat(parts, "\n\n")
end

--- Returns the whole report.
---@param records table[]
---@param failed table[]  id, message
---@return string
function M.of(records, failed)
  local counts, total = verdicts.counts(records)
  local parts = { "# Residua report: " .. escape(page.title(records)),
    ("%s, %s: %s."):format(counted(#records, "experiment"), counted(total, "prediction"), counts) }
  for _, failure in ipairs(failed) do
    parts[#parts + 1] = ("**Failed:** %s: %s"):format(escape(failure.id), escape(failure.message))
  end
  parts[#parts + 1] = "## Predictions and verdicts"
  parts[#parts + 1] = verdict_table(records, "experiment")
  parts[#parts + 1] = verdicts.MEANING
  for _, record in ipairs(records) do
    parts[#parts + 1] = section(record)
  end
  return table.concat(parts, "\n\n") .. "\n"
end

return M
