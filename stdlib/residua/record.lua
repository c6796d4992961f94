-- Records of runs: plain data with everything that made a result, saved as JSON lines.

local json = require("residua.json")
local library = require("residua.library")
local source = require("residua.help.source")
local system = require("residua.system")
local write_file = require("residua.write_file")

local M = {}

local RESAMPLES <const> = { draws = true, ratio_draws = true } -- of rows and of a Disparity: the seed makes them again

-- Plain values only: effects and tables lose their metatables, userdata become text.
local function plain(value, left_out)
  if type(value) == "table" then
    local copy = {}
    for key, inner in pairs(value) do
      if (type(key) == "string" or math.type(key) == "integer") and not (left_out and left_out[key]) then
        copy[key] = plain(inner, left_out)
      end
    end
    return copy
  elseif type(value) == "userdata" or type(value) == "function" then
    return tostring(value)
  end
  return value
end

local function interval(effect)
  return (effect.low or effect.high) and { low = effect.low, high = effect.high, level = effect.level } or nil
end

local function plain_verdicts(verdicts)
  local list = json.list({})
  for i, entry in ipairs(verdicts) do
    local e, predicted = entry.effect, entry.prediction
    list[i] = { name = entry.name, prediction = predicted.text, above = predicted.above, below = predicted.below,
      within = predicted.within and plain(predicted.within), verdict = entry.verdict, why = entry.why,
      effect = e.estimate, interval = interval(e), p = e.p, adjusted_p = e.adjusted_p, n = e.n,
      given = e.given }
  end
  return list
end

-- The rows of all tables, each with the caption of its table.
local function plain_rows(tables)
  local rows = json.list({})
  for _, one in ipairs(tables) do
    for _, row in ipairs(one) do
      local copy = plain(row, RESAMPLES)
      copy.table = one.caption
      rows[#rows + 1] = copy
    end
  end
  return rows
end

local function plain_figures(figures)
  local list = json.list({})
  for i, figure in ipairs(figures) do
    list[i] = { kind = figure.kind, caption = figure.caption, alt = figure.alt }
  end
  return list
end

-- The comment that opens the script.
local function method_of(experiment)
  local path = debug.getinfo(experiment.run, "S").source:match("^@(.*)$")
  local file = path and source.read(path)
  return file and file.summary or ""
end

--- Returns the record of one run: id, title, asks, verdicts, rows, params, size, seed, digests, versions, started
--- (UTC), seconds, warnings.
---@param run table  experiment, params, size ("quick", "full" or "default"), context, verdicts, started, seconds
---@return table  plain (for JSON), judged (the verdicts), tables, figures, method (a text) for the report
function M.of(run)
  local x, libraries = run.context, system.libraries()
  return { id = run.experiment.id, judged = run.verdicts, tables = x.tables, figures = x.figures,
    method = method_of(run.experiment), plain = {
    id = run.experiment.id, title = run.experiment.title, asks = run.experiment.asks,
    verdicts = plain_verdicts(run.verdicts), rows = plain_rows(x.tables),
    params = plain(run.params), size = run.size, seed = x.seed,
    digests = { model = x.model:digest(), model2 = x.model2 and x.model2:digest(), texts = x.texts:digest(),
      tokenizer = x.model:tokenizer():digest(), script = library.digest(run.experiment) },
    model = x.model:name(), model2 = x.model2 and x.model2:name(), texts = x.texts:name(),
    versions = { residua = system.version(), libtorch = libraries.libtorch, lua = _VERSION,
      products = libraries.products },
    device = system.device(), threads = system.threads(), started = run.started, seconds = run.seconds,
    figures = plain_figures(x.figures), warnings = json.list(plain(x.warnings)),
  } }
end

--- Saves records as JSON lines: record.jsonl in a new folder that has the id of the first run as its name.
---@param records table[]  with the ids of their runs in `run`
---@param folder string  where that folder is made
---@return string path  of the file
function M.save(records, folder)
  local stem = ("%s/%s"):format(folder, records[1].run)
  local own, count = stem, 1
  while system.exists(own) do
    count = count + 1
    own = ("%s-%d"):format(stem, count)
  end
  system.make_folder(own)
  local path = own .. "/record.jsonl"
  local lines = {}
  for index, entry in ipairs(records) do
    lines[index] = json.encode(entry.plain) .. "\n"
  end
  local written, problem = write_file(path, table.concat(lines))
  if not written then
    error(("%s; choose another folder with --out"):format(problem), 0)
  end
  return path
end

return M
