-- Verdicts as rows of a report: what was predicted, what was found, what that means.

local cells = require("residua.report.cells")
local table_of = require("residua.table")
local text = require("residua.text")
local verdict = require("residua.verdict")

local M = {}

M.KINDS = { "supported", "refuted", "inconclusive", "not run" }

--- What stands before the word of a verdict, so that none is told by its colour alone.
M.SIGNS = { supported = "✓", refuted = "✗", inconclusive = "?", ["not run"] = "–" }

--- What the verdicts mean, in one sentence each.
M.MEANING = "Predictions were declared before the run. Supported: the whole interval of the effect lies where it was "
  .. "predicted, and p is at most 0.05 after Holm's correction within the experiment. Refuted: the whole interval lies "
  .. "elsewhere, with the same p. Inconclusive: neither, so nothing is shown. Not run: something was missing that the "
  .. "prediction needs. Brackets are intervals of 95 % unless said otherwise; n counts the units that vary: languages, "
  .. "sentences, texts or layers, as the prediction says."

--- Returns why a verdict is what it is, and whether it rests on numbers that nobody measured here.
---@param entry table  as `verdict.of` returns them
---@return string
---@example
---local why = require("residua.report.verdicts").why({ why = "too few", effect = { given = "the record" } })
---assert(why == "too few; rests on given numbers: the record")
function M.why(entry)
  local on_given = entry.effect.given and "rests on given numbers: " .. entry.effect.given
  return table.concat({ entry.why or on_given or "", entry.why and on_given or nil }, "; ")
end

--- Returns the verdicts of an experiment as rows: name, prediction, expected, effect, n, p, verdict, why.
---@param judged table[]  as `verdict.of` returns them
---@return table[]
---@example
---local entry = { verdict = "supported", prediction = { text = "it rises", above = 0 }, effect = { estimate = 1 } }
---assert(require("residua.report.verdicts").rows({ entry })[1].expected == "> 0")
function M.rows(judged)
  local rows = {}
  for i, entry in ipairs(judged) do
    local e = entry.effect
    rows[i] = { name = entry.name, prediction = entry.prediction.text, expected = verdict.criterion(entry.prediction),
      effect = e.estimate and cells.text(e) or "", level = e.level, n = e.n, verdict = entry.verdict,
      p = e.adjusted_p and (e.adjusted_p < 0.0001 and "< 0.0001" or text.number(e.adjusted_p, 3)) or "",
      why = M.why(entry) }
  end
  return rows
end

local COLUMNS <const> = { "id", "name", "prediction", "expected", "verdict", "effect", "p (Holm)", "why" }

--- Returns the verdicts of experiments as the table that ends a run.
---@param records table[]  id and judged of each
---@param caption? string
---@return Table
---@example
---local entry = { verdict = "supported", prediction = { text = "it rises", above = 0 }, effect = { estimate = 1 } }
---assert(require("residua.report.verdicts").table({ { id = "T-004", judged = { entry } } })[1].id == "T-004")
function M.table(records, caption)
  local rows = {}
  for _, record in ipairs(records) do
    for _, row in ipairs(M.rows(record.judged)) do
      row.id, row["p (Holm)"] = record.id, row.p
      rows[#rows + 1] = row
    end
  end
  return table_of(rows, { columns = COLUMNS, caption = caption })
end

--- Returns how many predictions of all records got each verdict, as text: "3 supported, 1 refuted".
---@param records table[]
---@return string
---@return integer count  of predictions
---@example
---assert(require("residua.report.verdicts").counts({ { judged = { { verdict = "refuted" } } } }) == "1 refuted")
function M.counts(records)
  local counts, total, parts = {}, 0, {}
  for _, record in ipairs(records) do
    for _, entry in ipairs(record.judged) do
      counts[entry.verdict], total = (counts[entry.verdict] or 0) + 1, total + 1
    end
  end
  for _, kind in ipairs(M.KINDS) do
    parts[#parts + 1] = counts[kind] and ("%d %s"):format(counts[kind], kind) or nil
  end
  return table.concat(parts, ", "), total
end

return M
