-- Reports of runs: a page, Markdown, a CSV file for each table, beside the records.

local csv = require("residua.report.csv")
local markdown = require("residua.report.markdown")
local page = require("residua.report.page")
local system = require("residua.system")
local write_file = require("residua.write_file")

local M = {}

local function write(path, content)
  local written, problem, opened = write_file(path, content)
  if not written then
    error(("%s; %s"):format(problem, opened and "make room on the disk" or "choose another folder with --out"), 0)
  end
end

-- Gives each record a name that can be part of file names and addresses, and that no other has.
local function keyed(records)
  local list, taken = {}, {}
  for i, record in ipairs(records) do
    local key = record.id:gsub("[^%w%-]", "_")
    taken[key] = (taken[key] or 0) + 1
    key = taken[key] > 1 and ("%s_%d"):format(key, taken[key]) or key
    list[i] = setmetatable({ key = key }, { __index = record })
  end
  return list
end

--- Writes the report of a run into its folder: report.html, report.md, tables/ID-N.csv. The page stands alone, also
--- without a network; its figures need gnuplot, without which they are drawn as text.
---@param records table[]  as `record.of` makes them, at least one
---@param folder string
---@param failed? table[]  id and message of experiments that failed
---@return string path  of report.html
function M.write(records, folder, failed)
  records = keyed(records)
  system.make_folder(folder .. "/tables")
  for _, record in ipairs(records) do
    for i, rows in ipairs(record.tables) do
      write(("%s/tables/%s-%d.csv"):format(folder, record.key, i), csv.text(rows))
    end
  end
  write(folder .. "/report.md", markdown.of(records, failed or {}))
  write(folder .. "/report.html", page.of(records, failed or {}))
  return folder .. "/report.html"
end

return M
