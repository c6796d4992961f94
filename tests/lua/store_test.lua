-- The store from Lua: where it is, runs in it, what `residua runs` says of them.
local json = require("residua.json")
local store = require("residua.store")
local support = require("tests.lua.support")
local system = require("residua.system")
local t = require("residua.testing")

local test = t.suite()

local function environment(values)
  return function(name)
    return values[name]
  end
end

local function verdict(name, word, effect, given)
  return { name = name, prediction = "it " .. name, verdict = word, effect = effect, above = 0, p = 0.01,
    adjusted_p = 0.02, n = 9, interval = { low = effect - 1, high = effect + 1, level = 0.95 }, given = given }
end

-- The plain record of a run, with changes.
local function record(changes)
  local plain = { id = "T-004", title = "Residual propagation", asks = "Is it so?", seed = 1, seconds = 2.5,
    started = "2026-11-23T10:11:12Z", model = "mini", texts = "parallel16", params = { bits = 4, per = "tensor" },
    digests = { model = "aa", texts = "bb", tokenizer = "cc" }, versions = { residua = "0.1.0", lua = "Lua 5.4" },
    device = "cpu", threads = 1, warnings = { "careful, \"it\" moves" }, rows = { { bits = 4 }, { bits = 8 } },
    verdicts = { verdict("rises", "supported", 3), verdict("sinks", "refuted", -2, "the record") } }
  for key, value in pairs(changes or {}) do
    plain[key] = value
  end
  return plain
end

-- A store in a folder with three runs of two experiments.
local function sample(folder)
  local s = store.open(folder.path .. "/results.sqlite")
  s:add_run(record())
  s:add_run(record { started = "2026-11-24T10:11:12Z", params = { bits = 3, per = "tensor" }, seconds = 3,
    verdicts = { verdict("rises", "inconclusive", 0.5), verdict("sinks", "refuted", -2) } })
  s:add_run(record { id = "S-003", started = "2026-11-25T10:11:12Z", title = "Scaling" })
  return s
end

function test.where_it_is()
  t.eq(store.default(environment { HOME = "/u" }), "/u/.local/share/residua/results.sqlite")
  t.eq(store.default(environment { HOME = "/u", XDG_DATA_HOME = "/d" }), "/d/residua/results.sqlite")
  t.eq(store.default(environment { HOME = "/u", XDG_DATA_HOME = "/d", RESIDUA_STORE = "/s/x" }), "/s/x")
  t.eq(store.default(environment { HOME = "/%1", RESIDUA_STORE = "~/x" }), "/%1/x")
  t.eq(store.default(environment { HOME = "/u", RESIDUA_STORE = "off" }), nil)
  t.eq(store.default(environment { HOME = "/u", RESIDUA_STORE = "", XDG_DATA_HOME = "" }),
    "/u/.local/share/residua/results.sqlite")
  t.eq(store.default(environment {}), nil)
end

function test.tests_have_no_store()
  t.eq({ store.current() }, { nil, "no store was chosen" })
  t.eq(store.state(), nil)
end

function test.runs_are_listed_by_time()
  local folder <close> = support.folder()
  local s <close> = sample(folder)
  s:add_run(record { started = "2020-01-01T00:00:00Z" })
  local runs, ids = s:runs(), {}
  for i, run in ipairs(runs) do
    ids[i] = run.id
  end
  t.eq(ids, { "20200101T000000-T-004", "20261123T101112-T-004", "20261124T101112-T-004", "20261125T101112-S-003" })
  t.eq(runs[3], { id = ids[3], kind = "experiment", experiment = "T-004", title = "Residual propagation",
    started = "2026-11-24T10:11:12Z", seconds = 3.0, status = "done", model = "mini", texts = "parallel16",
    verdicts = { inconclusive = 1, refuted = 1 } })
end

function test.a_record_comes_back_whole()
  local folder <close> = support.folder()
  local s <close> = sample(folder)
  local plain = record { rows = { { text = "naïve\n量化", loss = 0.1 } } }
  local id = s:add_run(plain)
  t.eq(id, "20261123T101112-T-004-2")
  plain.run = id
  t.eq(s:run(id), plain)
end

function test.ids_may_be_short()
  local folder <close> = support.folder()
  local s <close> = sample(folder)
  for wanted, id in pairs({ ["T-004"] = "20261124T101112-T-004", ["s-003"] = "20261125T101112-S-003",
    ["20261123"] = "20261123T101112-T-004", ["20261125T101112-S-003"] = "20261125T101112-S-003" }) do
    t.eq(s:find_run(wanted), id)
  end
  t.eq({ s:find_run("2026") }, { nil, "'2026' begins 3 runs (20261123T101112-T-004, 20261124T101112-T-004, "
    .. "20261125T101112-S-003); give more of the id" })
  t.raises("no run 'T-005' (did you mean 'T-004'?); residua runs lists them", function()
    s:run("T-005")
  end)
end

function test.pruning()
  local folder <close> = support.folder()
  local s <close> = sample(folder)
  s:add_run(record { started = "2020-01-01T00:00:00Z" })
  s:add_run(record { started = os.date("!%Y-%m-%dT%H:%M:%SZ") })
  t.eq(s:prune(), { runs = {}, results = 0 })
  t.eq(s:prune({ older = 365 * 5, dry = true }).runs, { "20200101T000000-T-004" })
  t.eq(#s:runs(), 5)
  t.eq(s:prune({ older = 365 * 5 }).runs, { "20200101T000000-T-004" })
  t.eq(#s:runs(), 4)
  t.eq(s:delete_runs({ "20261123T101112-T-004", "nothing" }), 1)
  t.eq(#s:prune({ all = true }).runs, 3)
  t.eq(#s:runs(), 0)
  t.raises("unknown option 'odler' (did you mean 'older'?)", function()
    s:prune({ odler = 3 })
  end)
end

function test.foreign_files_stay()
  local folder <close> = support.folder()
  local path = folder:write("notes.txt", "not a store")
  local message = t.raises("no store, or a damaged one", function()
    store.open(path)
  end)
  t.ok(message:find(path, 1, true) and message:find("move it away", 1, true), message)
  t.eq(support.read(path), "not a store")
end

-- What `residua runs ARGUMENTS` prints on the sample store.
local function runs(arguments)
  local folder <close> = support.folder()
  sample(folder):release()
  local out, err, status = support.run("runs " .. arguments:gsub("DIR", folder.path), folder.path .. "/results.sqlite")
  local written = system.exists(folder.path .. "/out") and support.read(folder.path .. "/out")
  return out, err, status, written
end

function test.the_list()
  local out, err, status = runs("")
  t.eq({ err, status }, { "", 0 })
  t.ok(out:find("20261123T101112-T-004  T-004       mini   parallel16  1 supported, 1 refuted", 1, true), out)
  t.ok(out:find("2026-11-23 10:11\n", 1, true), out)
end

function test.one_run()
  local out, err, status = runs("show 20261123")
  t.eq({ err, status }, { "", 0 })
  for _, wanted in ipairs({ "20261123T101112-T-004  Residual propagation\nIs it so?\n", "it rises", "3 [2, 4]",
    "Params\n  bits  4\n  per   tensor\n", "tokenizer  cc", "residua  0.1.0", 'careful, "it" moves', "2 rows",
    "rests on given numbers: the record" }) do
    t.ok(out:find(wanted, 1, true), wanted .. " is not in\n" .. out)
  end
end

function test.two_runs()
  local out = runs("compare 20261123 T-004")
  t.ok(out:find("rises%s+supported%s+inconclusive%s+3 %[2, 4%]%s+0%.5 %[%-0%.5, 1%.5%]%s+%-2%.5"), out)
  t.ok(out:find("params%.bits%s+4%s+3\n"), out)
  t.ok(not out:find("digests", 1, true), out)
  t.ok(runs("compare T-004 T-004"):find("same params, seed, digests, versions and device", 1, true))
end

function test.pruning_asks_first()
  local out = runs("prune --all")
  t.ok(out:find("20261123T101112-T-004\n", 1, true), out)
  t.ok(out:find("would delete 3 runs and 0 results from .*; %-%-yes deletes them"), out)
  t.ok(runs("prune"):find("would delete 0 runs and 0 results", 1, true))
  t.ok(runs("prune --all --yes"):find("deleted 3 runs and 0 results", 1, true))
end

function test.json_lines()
  local out = runs("export")
  local ids = {}
  for line in out:gmatch("[^\n]+") do
    ids[#ids + 1] = json.decode(line).run
  end
  t.eq(ids, { "20261123T101112-T-004", "20261124T101112-T-004", "20261125T101112-S-003" })
  local said, _, status, written = runs("export S-003 --out DIR/out")
  t.eq(status, 0)
  t.ok(said:find("^wrote 1 run"), said)
  t.eq(json.decode(written), json.decode(out:match("([^\n]+)\n$")))
end

function test.csv()
  local out = runs("export T-004 --format csv")
  local head, first, second = out:match("^([^\n]+)\n([^\n]+)\n([^\n]+)\n$")
  t.eq(head:sub(1, 35), "run,experiment,title,started,second")
  t.ok(first:find('^20261124T101112%-T%-004,T%-004,Residual propagation,2026%-11%-24T10:11:12Z,3'), first)
  t.ok(first:find(',rises,it rises,> 0,inconclusive,,0.5,-0.5,1.5,0.95,', 1, true), first)
  t.ok(second:find(',"{""bits"":3,""per"":""tensor""}",aa,bb,cc,,0.1.0,', 1, true), second)
  t.eq(select(2, head:gsub(",", "")), 29)
end

function test.wrong_use_of_runs()
  for arguments, message in pairs({
    lst = "no command 'runs lst' (did you mean 'list'?); there are list, show, compare, prune and export",
    show = "runs show takes one id; 'residua runs' lists them",
    ["compare T-004"] = "runs compare takes two ids",
    ["show T-005"] = "no run 'T-005' (did you mean 'T-004'?)",
    ["compare T-004 2026"] = "'2026' begins 3 runs",
    ["show T-004 --yes"] = "runs show takes no option '--yes'",
    ["prune --older x"] = "option '--older' takes a whole number of at least 0, not 'x'",
    ["export --format xml"] = "unknown format 'xml', expected one of: jsonl, csv",
    ["export --out DIR/no/folder"] = "choose another file for --out",
  }) do
    local out, err, status = runs(arguments)
    t.eq({ out, status }, { "", 2 }, arguments)
    t.ok(err:find("^residua: [^\n]*\n$") and err:find(message, 1, true), err)
  end
end

local EXPERIMENT <const> = [[
return experiment { id = "X-001", title = "Example", asks = "Is it so?", predicts = { up = "it rises" },
  run = function(_, x)
    local start = os.time()
    repeat until os.time() > start -- it ends in another second than it began
    x:verdict("up", { estimate = 1, low = 0.5, high = 1.5, n = 9, p = 0.01 })
  end }]]

-- Runs an experiment on a tiny model; returns status, standard error.
local function run_experiment(folder, path)
  support.model():save(folder.path .. "/model", { dtype = "float32", tokenizer = support.tokenizer_json() })
  folder:write("texts/eng.txt", "One.\nTwo.\n")
  local file = folder:write("X-001.lua", EXPERIMENT)
  local arguments = "--threads 1 run FILE --model DIR/model --texts DIR/texts --out DIR/runs --json DIR/out.json"
  local _, err, status = support.run((arguments:gsub("%u%u+", { FILE = file, DIR = folder.path })), path)
  return status, err
end

function test.a_finished_run_is_in_the_store()
  local folder <close> = support.folder()
  local path = folder.path .. "/new/results.sqlite"
  t.eq({ run_experiment(folder, path) }, { 0, "" })
  local s <close> = store.open(path)
  local plain = json.decode(support.read(folder.path .. "/out.json"))
  t.ok(plain.started:find("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$"), plain.started)
  plain.run = (plain.started:gsub("[-:Z]", "")) .. "-X-001"
  t.eq(s:run("X-001"), plain)
  t.eq(s:runs()[1].verdicts, { supported = 1 })
  t.eq(system.list(folder.path .. "/runs"), { plain.run }) -- one name for a run
end

function test.a_run_goes_on_without_its_store()
  local folder <close> = support.folder()
  local path = folder:write("notes.txt", "not a store")
  local status, err = run_experiment(folder, path)
  t.eq({ status, support.read(path) }, { 0, "not a store" })
  t.ok(err:find("^warning: [^\n]*notes%.txt: no store, or a damaged one[^\n]*the run goes on without a store\n$"), err)
  t.eq(json.decode(support.read(folder.path .. "/out.json")).id, "X-001")
end

function test.without_a_store()
  local out, err, status = support.run("runs")
  t.eq({ out, err, status }, { "there is no store: RESIDUA_STORE is off\n", "", 0 })
  out, err, status = support.run("runs show T-004")
  t.eq({ out, err, status }, { "", "residua: there is no store: RESIDUA_STORE is off\n", 2 })
  local folder <close> = support.folder()
  local path = folder.path .. "/a/b"
  t.eq(support.run("runs", path), ("no runs yet: %s is not there\n"):format(path))
  t.eq(system.exists(folder.path .. "/a"), false)
  local foreign = folder:write("notes.txt", "not a store")
  out, err, status = support.run("runs", foreign)
  t.eq({ out, status }, { "", 1 })
  t.ok(err:find("^[^\n]*notes%.txt: no store, or a damaged one[^\n]*\n$"), err)
end

return test
