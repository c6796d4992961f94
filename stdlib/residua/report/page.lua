-- The report as one page that stands alone: no script, nothing to load, opens from disk.

local counted = require("residua.text").counted
local html = require("residua.report.html")
local section = require("residua.report.section")
local style = require("residua.report.style")
local table_of = require("residua.table")
local verdicts = require("residua.report.verdicts")

local M = {}

local element, text = html.element, html.text

local COLUMNS <const> = { "experiment", "verdict", "prediction", "effect [interval]", "expected", "p (Holm)", "why" }

local function summary_table(records)
  local rows = {}
  for _, record in ipairs(records) do
    for _, row in ipairs(section.verdict_rows(record.judged)) do
      row.experiment = { markup = element("a", { href = "#" .. record.key }, html.escape(record.plain.id)) .. " "
        .. html.escape(row.name), header = true }
      row.prediction.header = nil
      rows[#rows + 1] = row
    end
  end
  return html.table(table_of(rows, { columns = COLUMNS }), "All predictions and verdicts", nil, true)
end

local function failures(failed)
  local items = {}
  for i, failure in ipairs(failed) do
    items[i] = text("li", ("%s: %s"):format(failure.id, failure.message))
  end
  return #items > 0 and element("div", { class = "warning" },
    text("p", "These experiments failed and have no verdicts:"), element("ul", nil, table.concat(items))) or ""
end

--- Returns the name of a run: "T-004", "T-002, T-004", "T-002 and 38 more".
---@param records table[]
---@return string
---@example
---assert(require("residua.report.page").title({ { plain = { id = "T-004" } } }) == "T-004")
function M.title(records)
  local ids = {}
  for i, record in ipairs(records) do
    ids[i] = record.plain.id
  end
  return #ids <= 4 and table.concat(ids, ", ") or ("%s and %d more"):format(ids[1], #ids - 1)
end

local function header(records)
  local first, counts, total = records[1].plain, verdicts.counts(records)
  local on = ("%s on %s%s, started %s (UTC)."):format(first.texts, first.model,
    first.model2 and " and " .. first.model2 or "", first.started or "?")
  return element("header", nil, text("h1", "Residua report: " .. M.title(records)), text("p", on, { class = "soft" }),
    text("p", ("%s, %s: %s."):format(counted(#records, "experiment"), counted(total, "prediction"), counts)))
end

--- Returns the whole page.
---@param records table[]
---@param failed table[]  id, message
---@return string
function M.of(records, failed)
  local sections = {}
  for i, record in ipairs(records) do
    sections[i] = section.of(record)
  end
  local summary = element("section", { ["aria-labelledby"] = "summary" },
    text("h2", "Predictions and verdicts", { id = "summary" }), failures(failed), summary_table(records),
    text("p", verdicts.MEANING, { class = "soft" }))
  local head = element("head", nil, '<meta charset="utf-8">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    text("title", "Residua report: " .. M.title(records)), "\n", element("style", nil, style))
  local body = element("body", nil, text("a", "Skip to the results", { class = "skip", href = "#results" }), "\n",
    header(records), "\n", element("main", { id = "results", tabindex = "-1" }, summary, "\n",
      table.concat(sections, "\n")))
  return "<!doctype html>\n" .. element("html", { lang = "en" }, "\n", head, "\n", body, "\n") .. "\n"
end

return M
