-- One experiment in the report: question, method, predictions, warnings, tables, figures, provenance.

local html = require("residua.report.html")
local provenance = require("residua.report.provenance")
local table_of = require("residua.table")
local verdicts = require("residua.report.verdicts")

local M = {}

local element, text = html.element, html.text

--- Returns a verdict as markup: a sign, the word and a colour.
---@param word string
---@return string
---@example
---assert(require("residua.report.section").badge("refuted"):find("refuted</span>", 1, true))
function M.badge(word)
  return element("span", { class = "verdict " .. word:gsub(" ", "-") },
    element("span", { ["aria-hidden"] = "true" }, verdicts.SIGNS[word] or "", " "), html.escape(word))
end

-- The interval may stand below its estimate, but neither breaks.
local function effect_markup(effect)
  local estimate, interval = effect:match("^(%S+) (%[.*%])$")
  local parts = estimate and { estimate, interval } or { effect ~= "" and effect or nil }
  for i, part in ipairs(parts) do
    parts[i] = element("span", { class = "nowrap" }, html.escape(part))
  end
  return table.concat(parts, " ")
end

local COLUMNS <const> = { "name", "verdict", "prediction", "effect [interval]", "expected", "p (Holm)", "n", "why" }

--- Returns rows of verdicts with markup where the page wants it.
---@param judged table[]
---@return table[]
---@example
---assert(#require("residua.report.section").verdict_rows({}) == 0)
function M.verdict_rows(judged)
  local rows = {}
  for i, row in ipairs(verdicts.rows(judged)) do
    rows[i] = { name = row.name,
      prediction = { markup = element("span", { class = "wide" }, html.escape(row.prediction)), header = true },
      verdict = { markup = M.badge(row.verdict) }, ["p (Holm)"] = row.p, n = row.n,
      why = { markup = row.why ~= "" and element("span", { class = "why" }, html.escape(row.why)) or "" },
      ["effect [interval]"] = { markup = effect_markup(row.effect) },
      expected = { markup = effect_markup(row.expected) } }
  end
  return rows
end

local function method(record)
  local parts = { text("h3", "Method") }
  if record.method ~= "" then
    parts[#parts + 1] = text("p", record.method)
  end
  local params = provenance.params(record)
  parts[#parts + 1] = #params > 0 and html.definitions(params) or nil
  return table.concat(parts, "\n")
end

local function tables(record)
  local parts = {}
  for i, rows in ipairs(record.tables) do
    local path = ("tables/%s-%d.csv"):format(record.key, i)
    local link = " " .. element("a", { href = path }, "CSV")
    parts[i] = html.table(rows, rows.caption or ("Table %d"):format(i), link)
  end
  return #parts > 0 and text("h3", "Tables") .. "\n" .. table.concat(parts, "\n") or ""
end

-- By gnuplot where it is there, else as the terminal shows it.
local function figure_markup(figure, id)
  local drawn, why = figure:svg { id = id }
  local caption = text("figcaption", figure.caption ~= "" and figure.caption or figure.alt)
  if drawn then
    drawn = drawn:gsub(' xmlns="[^"]*"', "", 1)
    return element("figure", nil, element("div", { class = "figure", tabindex = 0, role = "group",
      ["aria-label"] = "Figure: " .. figure.caption }, drawn), caption)
  end
  local note = why:find("gnuplot", 1, true) and text("p", "Drawn as text: " .. why, { class = "soft" }) or ""
  return element("figure", nil, text("pre", figure:draw(80), { role = "img", title = figure.caption,
    ["aria-label"] = figure.alt }), caption, note)
end

local function figures(record)
  local parts = {}
  for i, figure in ipairs(record.figures) do
    parts[i] = figure_markup(figure, ("%s-figure-%d"):format(record.key, i))
  end
  return #parts > 0 and text("h3", "Figures") .. "\n" .. table.concat(parts, "\n") or ""
end

local function warnings(record)
  local items = {}
  for i, message in ipairs(record.plain.warnings or {}) do
    items[i] = text("li", message)
  end
  return #items > 0 and text("h3", "Warnings") .. element("div", { class = "warning" },
    element("ul", nil, table.concat(items))) or ""
end

--- Returns an experiment as a section of a page.
---@param record table  as `record.of` makes it, with a key that is unique within the page
---@return string
function M.of(record)
  local plain, id = record.plain, record.key .. "-title"
  local rows = table_of(M.verdict_rows(record.judged), { columns = COLUMNS })
  return element("section", { class = "experiment", id = record.key, ["aria-labelledby"] = id }, "\n",
    text("h2", plain.id .. " " .. plain.title, { id = id }), "\n", text("p", plain.asks, { class = "asks" }), "\n",
    method(record), "\n", text("h3", "Predictions"), "\n",
    html.table(rows, ("Predictions of %s and their verdicts"):format(plain.id), nil, true), "\n",
    warnings(record), "\n", tables(record), "\n", figures(record), "\n", text("h3", "Provenance"), "\n",
    html.definitions(provenance.of(record)), "\n")
end

return M
