-- Runs experiments and saves their records. Parameters, context, verdicts, and the table that ends a run.

local check = require("residua.options").check
local context = require("residua.context")
local corpus = require("residua.corpus")
local counted = require("residua.text").counted
local failure = require("residua.failure")
local fewest_units = require("residua.native").stats.fewest_units
local jobs_of = require("residua.jobs").of
local json = require("residua.json")
local library = require("residua.library")
local model = require("residua.model")
local record = require("residua.record")
local report = require("residua.report")
local store = require("residua.store")
local system = require("residua.system")
local table_of = require("residua.table")
local verdict = require("residua.verdict")
local verdict_table = require("residua.report.verdicts").table

local M = {}

local DEFAULT_SEED = 1

-- How many losses the store spared a run, as text.
local function remembered(before)
  local now = store.state()
  local count = (now and now.found or 0) - (before and before.found or 0)
  return count > 0 and (", %d losses from the store"):format(count) or ""
end

-- What of the parameters does not hold for this run, as warnings.
local function warn_of_params(x, job, options)
  local asked = options.quick and "quick" or options.full and "full"
  if asked and not job.declared[asked] then
    x:warn(("no %s size is declared: it runs at its default size"):format(asked))
  end
  local wanted, there = rawget(job.params, "sentences"), x.texts:sentences()
  if math.type(wanted) ~= "integer" then
    return
  elseif wanted > there then
    x:warn(("sentences = %d, but the texts have %d; all are used"):format(wanted, there))
  end
  if math.min(wanted, there) < fewest_units then
    x:warn(("%s a language: what sentences vary by is unknown, intervals over languages or layers leave it out"):format(
      counted(math.min(wanted, there), "sentence")))
  end
end

-- The size that runs, which is that asked for where the script declares it.
local function size_of(declared, options)
  return options.quick and declared.quick and "quick" or options.full and declared.full and "full" or "default"
end

-- Runs one experiment on what is loaded; returns its record.
local function run_one(job, loaded, options)
  local declared, params = job.declared, job.params
  local x = context.new { experiment = declared, model = loaded.model, model2 = loaded.model2,
    texts = loaded.texts, seed = options.seed or DEFAULT_SEED, write = options.write }
  options.write(("== %s %s\n%s\n"):format(declared.id, declared.title, declared.asks))
  local start, started, found = system.clock(), os.date("!%Y-%m-%dT%H:%M:%SZ"), store.state()
  warn_of_params(x, job, options)
  declared.run(params, x)
  local seconds = system.clock() - start
  local verdicts = verdict.of(declared.predicts, x.effects)
  if options.several then
    options.write(tostring(verdict_table({ { id = declared.id, judged = verdicts } })))
  end
  options.write(("%.1f s%s\n"):format(seconds, remembered(found)))
  return record.of { experiment = declared, params = params, size = size_of(declared, options), context = x,
    verdicts = verdicts, started = started, seconds = seconds }
end

-- Puts a record into the store, where there is one, and returns the id of its run; the file of the run has it in any
-- case.
local function remember(plain)
  local ok, result = pcall(function()
    local s = store.current()
    return s and s:add_run(plain)
  end)
  if not ok and failure.of(result).interrupted then
    error(result, 0)
  elseif not ok then
    io.stderr:write(("warning: the run of %s is not in the store: %s\n"):format(plain.id, tostring(result)))
  end
  return ok and result or store.run_id(plain.started, plain.id)
end

-- A failure of one experiment does not stop the others, and the report says so; an interrupt does.
local function run_guarded(job, loaded, options, failed)
  local ok, result = xpcall(run_one, failure.handler, job, loaded, options)
  if ok then
    result.run = remember(result.plain)
    return result
  end
  local problem = failure.of(result)
  if problem.interrupted then
    error(problem.message, 0)
  end
  failed[#failed + 1] = { id = job.declared.id, message = problem.message }
  io.stderr:write(("%s failed: %s\n"):format(job.declared.id, problem.message))
  if options.traceback then
    io.stderr:write(failure.calls(problem), "\n")
  end
end

---@class residua.runner.Opts
---@field model? string|Model  "mini" by default
---@field model2? string|Model  for experiments that compare two models
---@field texts? string|Corpus  "parallel16" by default
---@field out? string  folder for the records; "runs" by default
---@field json? string  file for the records as JSON lines, or "-" for standard output
---@field seed? integer  of all random choices; 1 by default
---@field quick? boolean  a small version of each experiment
---@field full? boolean  the whole experiment
---@field traceback? boolean  also the calls below an error

---@class residua.runner.RunOpts: residua.runner.Opts
---@field params? table  of all experiments of the run

local function load_inputs(options)
  local function model_of(m)
    return type(m) == "string" and model.load(m) or m
  end
  local texts = options.texts or "parallel16"
  return { model = model_of(options.model or "mini"), model2 = model_of(options.model2),
    texts = type(texts) == "string" and corpus.load(texts) or texts }
end

-- Opened before the run, so that a wrong path costs nothing.
local function open_json(target)
  if target == "-" then
    return io.stdout
  end
  local file, message = io.open(target, "w")
  return file or error(("%s; choose another file for --json"):format(message), 0)
end

local function require_folder(folder)
  local ok, message = pcall(system.make_folder, folder)
  if not ok then
    error(("cannot make the folder '%s' for records (%s); choose another with --out"):format(folder,
      tostring(message):gsub("^.-: ", "", 1)), 0)
  end
end

-- Saves records and their report; a report that cannot be written costs no records.
local function save(records, out, failed, options)
  local path = record.save(records, out)
  options.write("records: " .. path)
  local ok, result = pcall(report.write, records, path:match("^(.*)/"), failed)
  if ok then
    options.write("report: " .. result)
  else
    io.stderr:write(("warning: the report is not complete: %s\n"):format(tostring(result)))
  end
end

-- Ends a run, or what an interrupt left of it: prints and saves the records there are.
local function finish(records, out, json_file, options, failed)
  if #records > 0 then
    options.write(tostring(verdict_table(records, "Predictions and verdicts")))
    save(records, out, failed, options)
  end
  for _, entry in ipairs(json_file and records or {}) do
    json_file:write(json.encode(entry.plain), "\n")
  end
  if json_file and json_file ~= io.stdout then
    json_file:close()
  end
end

-- Runs jobs, prints what they found, saves their records.
local function run_jobs(jobs, options)
  options = setmetatable({ write = options.json == "-" and function() end or print, several = #jobs > 1 },
    { __index = options })
  local out = options.out or "runs"
  require_folder(out)
  local json_file = options.json and open_json(options.json)
  local loaded, records, failed = load_inputs(options), {}, {}
  local ok, message = pcall(function()
    for _, job in ipairs(jobs) do
      records[#records + 1] = run_guarded(job, loaded, options, failed)
    end
  end)
  finish(records, out, json_file, options, failed)
  if not ok then
    error(message, 0)
  end
  return #records == #jobs and 0 or 1, records
end

--- Runs experiments by id, prints their verdicts and saves their records.
---@param ids string|string[]  ids, globs such as "T-*", families such as "studies", "all", or paths of scripts
---@param options? residua.runner.RunOpts
---@return integer status  0; 1 when an experiment failed; 2 when an id or a parameter is unknown
---@return table[]? records
function M.run(ids, options)
  options = options or {}
  local ok, jobs = pcall(jobs_of, ids, options)
  if not ok then
    io.stderr:write("residua: ", tostring(jobs), "\n")
    return 2
  end
  return run_jobs(jobs, options)
end

--- Prints the experiments of the library: id, title, question; then those that cannot be loaded, and why.
---@return integer status  0; 1 when one cannot be loaded
function M.list()
  local rows, broken = {}, {}
  for _, id in ipairs(library.find("all")) do
    local ok, declared = pcall(library.load, id)
    if ok then
      rows[#rows + 1] = { id = id, title = declared.title, asks = declared.asks }
    else
      broken[#broken + 1] = ("residua: %s cannot be loaded: %s\n"):format(id, tostring(declared))
    end
  end
  print(table_of(rows, { columns = { "id", "title", "asks" } }))
  io.stdout:flush()
  io.stderr:write(table.concat(broken))
  return #broken == 0 and 0 or 1
end

local SPEC <const> = { model = { "string|Model" }, model2 = { "string|Model" }, texts = { "string|Corpus" },
  out = { "string" }, json = { "string" }, seed = { "integer" }, quick = { "boolean" }, full = { "boolean" },
  traceback = { "boolean" } }

--- Records of a run: what `run("T-004")` returns. They print as one line, since all that they hold was printed already.
---@class Records
local Records = { __name = "Records" }

function Records:__tostring()
  local ids = {}
  for i, entry in ipairs(self) do
    ids[i] = entry.id
  end
  return ("Records of %s: tables, figures and plain, which has it all as data"):format(table.concat(ids, ", "))
end

--- Runs experiments, prints their verdicts and saves their records: run("T-004", { bits = 3 }).
---@param ids string|string[]  ids, globs such as "T-*", families such as "studies", "all", or paths of scripts
---@param params? table  of all experiments of the run
---@param options? residua.runner.Opts
---@return Records  one per experiment that did not fail, in order
local function call(_, ids, params, options)
  options = check("run", options, SPEC)
  options.params = params
  return setmetatable(select(2, run_jobs(jobs_of(ids, options), options)), Records)
end

return setmetatable(M, { __call = call })
