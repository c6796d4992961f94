-- `residua runs`: lists, shows, compares, prunes and exports what the store holds.
local aligned = require("residua.aligned")
local compare = require("repl.runs_compare")
local export = require("repl.runs_export")
local spelling = require("residua.spelling")
local store = require("residua.store")
local system = require("residua.system")
local table_of = require("residua.table")
local text = require("residua.text")

local M = {}

local VERDICTS <const> = { "supported", "refuted", "inconclusive", "not run" }

-- The store, or nil and what is wrong. Looking makes no file.
local function open_store()
  local path = store.default()
  if not path then
    return nil, "there is no store: RESIDUA_STORE is off"
  elseif not system.exists(path) then
    return nil, ("no runs yet: %s is not there"):format(path)
  end
  return store.open(path)
end

-- "2 supported, 1 refuted"
local function verdict_text(counts)
  local parts = {}
  for _, name in ipairs(VERDICTS) do
    parts[#parts + 1] = counts[name] and ("%d %s"):format(counts[name], name)
  end
  return table.concat(parts, ", ")
end

local function when(started)
  return (started:gsub("T", " "):gsub(":%d%dZ$", ""))
end

local commands = {}

function commands.list(s)
  local runs, rows = s:runs(), {}
  for i, run in ipairs(runs) do
    rows[i] = { id = run.id, experiment = run.experiment, model = run.model, texts = run.texts,
      verdicts = verdict_text(run.verdicts), seconds = run.seconds, ["when (UTC)"] = when(run.started) }
  end
  if #rows == 0 then
    print(("no runs yet in %s"):format(s:path()))
  else
    print(table_of(rows, { columns = { "id", "experiment", "model", "texts", "verdicts", "seconds", "when (UTC)" } }))
  end
  return 0
end

-- Names and values, one line each, under a heading; nothing where there are none.
local function section(heading, values)
  local rows = compare.flat(values or {})
  if #rows > 0 then
    print(("\n%s\n%s"):format(heading, aligned(rows, { indent = "  ", limit = 100 })))
  end
end

local function show_head(record)
  print(("%s  %s\n%s\n"):format(record.run, record.title or "", record.asks or ""))
  print(aligned {
    { "experiment", tostring(record.id) }, { "started", record.started or "" },
    { "seconds", record.seconds or "" }, { "model", record.model or "" }, { "texts", record.texts or "" },
    { "seed", record.seed or "" }, { "size", record.size or "" },
    { "device", record.device or "" }, { "threads", record.threads or "" },
  })
end

function commands.show(s, ids)
  local record = s:run(ids[1])
  show_head(record)
  print("\n" .. tostring(table_of(compare.verdict_rows(record), { caption = "Predictions and verdicts",
    columns = { "name", "prediction", "expected", "verdict", "effect", "n", "p (Holm)", "why" } })))
  section("Params", record.params)
  section("Digests", record.digests)
  section("Versions", record.versions)
  if #(record.warnings or {}) > 0 then
    print("\nWarnings\n  " .. table.concat(record.warnings, "\n  "))
  end
  print(("\n%s of tables; residua runs export %s has them"):format(text.counted(#(record.rows or {}), "row"),
    record.run))
  return 0
end

function commands.compare(s, ids)
  compare.print(s:run(ids[1]), s:run(ids[2]))
  return 0
end

function commands.prune(s, _, options)
  local found = s:prune { older = options.older, all = options.all, dry = not options.yes }
  local amount = text.counted(#found.runs, "run") .. " and " .. text.counted(found.results, "result")
  if options.yes then
    print(("deleted %s from %s"):format(amount, s:path()))
    return 0
  end
  for _, id in ipairs(found.runs) do
    print(id)
  end
  print(("would delete %s from %s%s"):format(amount, s:path(),
    #found.runs + found.results > 0 and "; --yes deletes them" or ""))
  return 0
end

function commands.export(s, ids, options)
  if #ids == 0 then
    for i, run in ipairs(s:runs()) do
      ids[i] = run.id
    end
  end
  local records = {}
  for i, id in ipairs(ids) do
    records[i] = s:run(id)
  end
  return export.write(records, options.format, options.out)
end

-- How many ids a command takes, least and most, and which options.
local USE <const> = {
  list = { 0, 0, {} }, show = { 1, 1, {} }, compare = { 2, 2, {} },
  prune = { 0, 0, { older = true, all = true, yes = true } }, export = { 0, math.huge, { format = true, out = true } },
}
local OPTIONS <const> = { "older", "all", "yes", "format", "out" }
local IDS <const> = { list = "no ids", show = "one id", compare = "two ids", prune = "no ids" }

-- What is wrong with the arguments of a command, or nil.
local function wrong_use(name, ids, options)
  local use = USE[name]
  if #ids < use[1] or #ids > use[2] then
    return ("runs %s takes %s; 'residua runs' lists them"):format(name, IDS[name])
  end
  for _, option in ipairs(OPTIONS) do
    if options[option] and not use[3][option] then
      return ("runs %s takes no option '--%s'"):format(name, option)
    end
  end
  return options.format and export.unknown_format(options.format)
end

-- Every id must mean one run before anything is printed or written.
local function unknown_run(s, ids)
  for _, id in ipairs(ids) do
    local found, why = s:find_run(id)
    if not found then
      return why
    end
  end
end

--- Does what the arguments after `runs` ask for.
---@param options table  of the command line: older, all, yes, format, out
---@param rest string[]  the command and its ids
---@return integer? status  nil for wrong use
---@return string? problem
function M.run(options, rest)
  local name, ids = rest[1] or "list", table.move(rest, 2, #rest, 1, {})
  if not USE[name] then
    return nil, ("no command 'runs %s'%s; there are list, show, compare, prune and export"):format(name,
      spelling.did_you_mean(name, { "list", "show", "compare", "prune", "export" }))
  end
  local problem = wrong_use(name, ids, options)
  if problem then
    return nil, problem
  end
  local s <close>, why = open_store()
  if not s and name ~= "list" then
    return nil, why
  elseif not s then
    print(why)
    return 0
  end
  problem = unknown_run(s, ids)
  if problem then
    return nil, problem
  end
  return commands[name](s, ids, options)
end

return M
