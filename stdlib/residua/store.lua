-- The store on disk: results computed before, and records of runs. It is one SQLite file that processes
-- share; RESIDUA_STORE names another one, or "off".

local json = require("residua.json")
local native = require("residua.native").store
local options = require("residua.options")
local spelling = require("residua.spelling")
local system = require("residua.system")

local M = {}

local Store = native.Store
local DAY <const> = 24 * 60 * 60 -- seconds
local TIME <const> = "!%Y-%m-%dT%H:%M:%SZ"

--- Returns the path of the store that the environment names: RESIDUA_STORE, else residua/results.sqlite in
--- XDG_DATA_HOME, else in ~/.local/share. Nothing when RESIDUA_STORE is "off".
---@param env? fun(name: string): string?  reads an environment variable; os.getenv by default
---@return string? path
---@example
---assert(store.default(function(name) return ({ HOME = "/u" })[name] end) == "/u/.local/share/residua/results.sqlite")
---assert(store.default(function(name) return name == "RESIDUA_STORE" and "off" or nil end) == nil)
function M.default(env)
  env = env or os.getenv
  local function variable(name)
    local value = env(name)
    return value ~= "" and value or nil
  end
  local home = variable("HOME")
  local named = variable("RESIDUA_STORE")
  if named then
    return named ~= "off" and named:gsub("^~/", (home or "~"):gsub("%%", "%%%%") .. "/") or nil
  end
  local data = variable("XDG_DATA_HOME") or home and home .. "/.local/share"
  return data and data .. "/residua/results.sqlite"
end

--- Chooses the store of this process's runs. The program chooses the default one; elsewhere there is none.
---@param path? string  a file, made when absent; "off" for none; by default what `store.default` says
---@example
---store.use("off")
---assert(store.current() == nil)
function M.use(path)
  if path == nil then
    path = M.default()
  end
  native.choose(path ~= "off" and path or nil)
end

--- Opens a store, or makes it with the folders above it.
---@param path? string  by default what `store.default` says
---@return Store?  nil when the environment says "off"
---@return string? why
---@example
---local path = os.tmpname() -- an empty file becomes a store
---local s = store.open(path)
---local id = s:add_run { id = "X-001", title = "Example", seconds = 2, verdicts = {} }
---assert(#s:runs() == 1 and s:run("X-001").run == id)
---s:release()
---os.remove(path)
function M.open(path)
  path = path or M.default()
  if not path then
    return nil, "there is no store: RESIDUA_STORE is off"
  end
  return native.open(path)
end

local opened = {} -- the store of `current` by path, so that a run opens it once

--- Returns the store that was chosen by `store.use`.
---@return Store?  nil when none was chosen, or where it cannot be opened, of which one warning tells
---@return string? why
---@example
---store.use("off")
---assert(select(2, store.current()) == "no store was chosen")
function M.current()
  local path = native.chosen()
  if not path then
    return nil, "no store was chosen"
  elseif not native.state() then
    return nil, path .. " cannot be opened"
  end
  opened = { [path] = opened[path] or native.open(path) }
  return opened[path]
end

--- Returns what the chosen store gave and got in this process: path, found, written, trouble.
---@return table?  nil without a store
---@example
---store.use("off")
---assert(store.state() == nil)
function M.state()
  return native.state()
end

local function count_verdicts(verdicts)
  local counts = {}
  for _, entry in ipairs(verdicts or {}) do
    counts[entry.verdict] = (counts[entry.verdict] or 0) + 1
  end
  return counts
end

--- Returns the id of a run, which is also the name of its folder. A store adds "-2" where it is taken.
---@param started string  time (UTC), as records have it
---@param name string  of the experiment
---@return string
---@example
---assert(store.run_id("2026-11-23T10:11:12Z", "T-004") == "20261123T101112-T-004")
function M.run_id(started, name)
  return ("%s-%s"):format(started:gsub("[-:Z]", ""), (name:gsub("[^%w%-]", "_")))
end

--- Adds the record of a run.
---@param record table  plain data: id and title of the experiment, verdicts, seconds, started (now by default) ...
---@param opts? table  kind ("experiment" by default), status ("done" by default)
---@return string id  of the run: "20261123T101112-T-004"
function Store:add_run(record, opts)
  opts = options.check("Store:add_run", opts, { kind = { "string", "experiment" }, status = { "string", "done" } })
  local started = record.started or os.date(TIME)
  local summary = { model = record.model, texts = record.texts, verdicts = count_verdicts(record.verdicts) }
  return self:insert(M.run_id(started, record.id), opts.kind, record.id, record.title or "", started,
    record.seconds or 0, opts.status, json.encode(summary), json.encode(record))
end

--- Returns all runs, oldest first, without their records.
---@return table[]  id, kind, experiment, title, started, seconds, status, model, texts, verdicts (counts by verdict)
function Store:runs()
  local runs = self:list()
  for i, row in ipairs(runs) do
    local ok, summary = pcall(json.decode, row.summary)
    summary = ok and type(summary) == "table" and summary or {}
    runs[i] = { id = row.id, kind = row.kind, experiment = row.name, title = row.title, started = row.started,
      seconds = row.seconds, status = row.status, model = summary.model, texts = summary.texts,
      verdicts = summary.verdicts or {} }
  end
  return runs
end

local function ambiguous(wanted, ids)
  local shown = table.concat(ids, ", ", 1, math.min(#ids, 4)) .. (#ids > 4 and ", ..." or "")
  return ("'%s' begins %d runs (%s); give more of the id"):format(wanted, #ids, shown)
end

--- Returns the id of a run.
---@param wanted string  an id, the beginning of one, or the id of an experiment for its latest run
---@return string? id
---@return string? why  when there is none, or more than one
function Store:find_run(wanted)
  options.argument("Store:find_run", "wanted", wanted, "string")
  local ids, latest, names = {}, nil, {}
  for _, run in ipairs(self:runs()) do
    if run.id == wanted then
      return run.id
    elseif run.id:sub(1, #wanted) == wanted then
      ids[#ids + 1] = run.id
    end
    latest = run.experiment:lower() == wanted:lower() and run.id or latest
    names[#names + 1] = run.experiment
  end
  if latest or #ids == 1 then
    return latest or ids[1]
  elseif #ids > 1 then
    return nil, ambiguous(wanted, ids)
  end
  return nil, ("no run '%s'%s; residua runs lists them"):format(wanted, spelling.did_you_mean(wanted, names))
end

--- Returns the record of a run, with its id as `run`. A wrong id is an error.
---@param wanted string  as `find_run` takes it
---@return table
function Store:run(wanted)
  local id, why = self:find_run(wanted)
  if not id then
    error("Store:run: " .. why, 2)
  end
  local ok, record = pcall(json.decode, self:record(id) or "")
  if not ok or type(record) ~= "table" then
    error(("%s: the record of run %s is damaged; delete it with store.open():delete_runs"):format(self:path(), id), 2)
  end
  record.run = id
  return record
end

--- Deletes runs.
---@param ids string[]  whole ids
---@return integer  how many there were
function Store:delete_runs(ids)
  return self:remove(ids)
end

---@class residua.store.PruneOpts
---@field older? number  days: runs and results from before, besides results of other engine versions
---@field all? boolean  everything
---@field dry? boolean  only says what it would delete

-- Ids of the runs that are to go.
local function stale_runs(self, opts)
  local ids, border = {}, opts.older and os.date(TIME, os.time() - math.floor(opts.older * DAY))
  for _, run in ipairs(self:runs()) do
    if opts.all or border and run.started < border then
      ids[#ids + 1] = run.id
    end
  end
  return ids
end

--- Deletes results of other engine versions, which no run can use, and what else is asked for.
---@param opts? residua.store.PruneOpts
---@return table  runs (ids), results (count)
---@example
---local path = os.tmpname()
---local s = store.open(path)
---s:add_run { id = "X-001", started = "2020-01-01T00:00:00Z" }
---assert(#s:prune({ older = 30, dry = true }).runs == 1 and #s:runs() == 1)
---assert(#s:prune({ older = 30 }).runs == 1 and #s:runs() == 0)
---s:release()
---os.remove(path)
function Store:prune(opts)
  opts = options.check("Store:prune", opts,
    { older = { "number" }, all = { "boolean", false }, dry = { "boolean", false } })
  local ids = stale_runs(self, opts)
  local before = opts.older and os.time() - math.floor(opts.older * DAY)
  if not opts.dry and #ids > 0 then
    self:remove(ids)
  end
  return { runs = ids, results = self:prune_results(opts.all, system.version(), before, opts.dry) }
end

return M
