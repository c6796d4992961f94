-- Records of runs as files: JSON lines with everything, or CSV with one row per prediction.
local csv = require("residua.report.csv")
local json = require("residua.json")
local options = require("residua.options")
local text = require("residua.text")
local verdict = require("residua.verdict")
local why_of = require("residua.report.verdicts").why
local write_file = require("residua.write_file")

local M = {}

local FORMATS <const> = { "jsonl", "csv" }

local COLUMNS <const> = { "run", "experiment", "title", "started", "seconds", "model", "texts", "seed", "size", "name",
  "prediction", "expected", "verdict", "why", "effect", "low", "high", "level", "p", "adjusted_p", "n", "params",
  "model_digest", "texts_digest", "tokenizer_digest", "script_digest", "residua", "libtorch", "device", "threads" }

-- One row of the CSV for each verdict; a run without any still has one.
local function rows_of(record)
  local digests, versions, rows = record.digests or {}, record.versions or {}, {}
  for i, entry in ipairs(record.verdicts and record.verdicts[1] and record.verdicts or { {} }) do
    local interval = entry.interval or {}
    rows[i] = { run = record.run, experiment = record.id, title = record.title, started = record.started,
      seconds = record.seconds, model = record.model, texts = record.texts, seed = record.seed, size = record.size,
      name = entry.name, prediction = entry.prediction, expected = verdict.criterion(entry), verdict = entry.verdict,
      why = why_of { why = entry.why, effect = entry }, effect = entry.effect, low = interval.low,
      high = interval.high, level = interval.level, p = entry.p, adjusted_p = entry.adjusted_p, n = entry.n,
      params = json.encode(record.params or {}), model_digest = digests.model, texts_digest = digests.texts,
      tokenizer_digest = digests.tokenizer, script_digest = digests.script, residua = versions.residua,
      libtorch = versions.libtorch, device = record.device, threads = record.threads }
  end
  return rows
end

local writers = {}

function writers.jsonl(records)
  local lines = {}
  for i, record in ipairs(records) do
    lines[i] = json.encode(record) .. "\n"
  end
  return table.concat(lines)
end

function writers.csv(records)
  local rows = { columns = COLUMNS }
  for _, record in ipairs(records) do
    local own = rows_of(record)
    table.move(own, 1, #own, #rows + 1, rows)
  end
  return csv.text(rows)
end

--- Returns what is wrong with the name of a format, or nil.
---@param name string
---@return string?
function M.unknown_format(name)
  local ok, message = pcall(options.one_of, "runs export", "format", name, FORMATS, 0)
  return not ok and message or nil
end

--- Writes records.
---@param records table[]
---@param format? string  "jsonl" or "csv"; by default what the name of the file ends in, else jsonl
---@param path? string  "-" or nothing for standard output
---@return integer? status  nil for wrong use
---@return string? problem
function M.write(records, format, path)
  local name = format or (path or ""):find("%.csv$") and "csv" or "jsonl"
  local content = writers[name](records)
  if not path or path == "-" then
    io.stdout:write(content)
    return 0
  end
  local written, problem, opened = write_file(path, content)
  if not written then
    problem = ("%s; choose another file for --out"):format(problem)
    return opened and error(problem, 0) or nil, problem
  end
  print(("wrote %s to %s"):format(text.counted(#records, "run"), path))
  return 0
end

return M
