-- Running experiments from files in a temporary folder: parameters, records, status.
local context = require("residua.context")
local corpus = require("residua.corpus")
local experiment = require("residua.experiment")
local json = require("residua.json")
local model = require("residua.model")
local support = require("tests.lua.support")
local system = require("residua.system")
local t = require("residua.testing")
local template = require("residua.template")

local test = t.suite()

local GOOD <const> = [[
return experiment {
  id = "X-001", title = "Example", asks = "Is it so?",
  params = { bits = 4, scheme = "sane" }, quick = { bits = 3 }, full = { bits = 8 },
  predicts = { up = "it rises", down = { "it falls", below = 0 } },
  run = function(p, x)
    x:table({ { bits = p.bits, gap = { estimate = 1, low = 0, high = 2 }, draws = { 1, 2 },
      of = { reference = "eng", draws = { n = 3 }, ratio_draws = { 1, 2 } } } }, { caption = "Gaps" })
    x:warn("a warning")
    x:say("a line")
    x:verdict("up", { estimate = 1, low = 0.5, high = 1.5, n = 9, p = 0.01, level = 0.95 })
    x:verdict("down", { refused = "no data" })
  end,
}]]

local BAD <const> = [[
return experiment { id = "X-002", title = "Broken", asks = "Why?", predicts = { up = "it rises" },
  run = function(_, x) x:verdict("upp", { estimate = 1 }) end }]]

-- Runs files of a folder on a tiny model saved there; returns exit status, standard output and standard error.
local function run(folder, files, arguments)
  local model_folder = folder.path .. "/model"
  if not system.exists(model_folder) then
    support.model():save(model_folder, { dtype = "float32", tokenizer = support.tokenizer_json() })
    folder:write("texts/eng.txt", "One.\nTwo.\nThree.\n")
    folder:write("texts/swa.txt", "Moja.\nMbili.\nTatu.\n")
  end
  local command = "run FILES --model DIR/model --texts DIR/texts --out DIR/runs --json DIR/out.json ARGUMENTS"
  local out, err, status = support.run("--threads 1 " .. (command:gsub("%u%u+", {
    FILES = table.concat(files, " "), DIR = folder.path, ARGUMENTS = arguments or "" })))
  return status, out, err
end

local function record_of(folder)
  return json.decode(support.read(folder.path .. "/out.json"):match("^[^\n]+"))
end

function test.a_record_has_everything_that_made_it()
  local folder <close> = support.folder()
  local status, out, err = run(folder, { folder:write("X-001.lua", GOOD) }, "--seed 7")
  t.eq({ status, err }, { 0, "" })
  t.ok(out:find("supported", 1, true) and out:find("a line", 1, true), out)
  local record, m = record_of(folder), model.load(folder.path .. "/model")
  t.eq({ record.id, record.title, record.asks, record.seed }, { "X-001", "Example", "Is it so?", 7 })
  t.eq(record.params, { bits = 4, scheme = "sane" })
  t.eq(record.warnings, { "a warning" })
  t.eq(record.rows, { { bits = 4, table = "Gaps", gap = { estimate = 1, low = 0, high = 2 },
    of = { reference = "eng" } } }) -- without resamples
  t.eq(record.digests, { model = m:digest(), texts = corpus.load(folder.path .. "/texts"):digest(),
    tokenizer = m:tokenizer():digest(), script = system.digest(GOOD) })
  t.eq({ record.versions.residua, record.versions.lua }, { system.version(), "Lua 5.4" })
  t.ok(record.versions.libtorch)
  t.ok(type(record.seconds) == "number" and record.seconds >= 0)
end

function test.verdicts_in_the_record()
  local folder <close> = support.folder()
  run(folder, { folder:write("X-001.lua", GOOD) })
  local down, up = table.unpack(record_of(folder).verdicts)
  t.eq({ up.name, up.prediction, up.verdict, up.effect, up.n }, { "up", "it rises", "supported", 1, 9 })
  t.eq(up.interval, { low = 0.5, high = 1.5, level = 0.95 })
  t.near({ up.p, up.adjusted_p }, { 0.01, 0.01 }, 1e-12)
  t.eq({ up.above, up.below, down.above, down.below }, { 0, nil, nil, 0 })
  t.eq({ down.name, down.verdict, down.why, down.effect }, { "down", "inconclusive", "no data", nil })
end

function test.sizes_and_given_params()
  local folder <close> = support.folder()
  local file = folder:write("X-001.lua", GOOD)
  for arguments, bits in pairs({ ["--quick"] = 3, ["--full"] = 8, ["--quick bits=5"] = 5 }) do
    run(folder, { file }, arguments)
    local record = record_of(folder)
    t.eq({ record.params.bits, record.size }, { bits, arguments:match("%a+") }, arguments)
  end
end

function test.a_script_that_misspells_a_param()
  local folder <close> = support.folder()
  local script = GOOD:gsub("p%.bits", "p.bitts")
  local status, _, err = run(folder, { folder:write("X-001.lua", script) })
  t.eq(status, 1)
  t.ok(err:find("X-001 has no parameter 'bitts' (did you mean 'bits'?)", 1, true), err)
  status, _, err = run(folder, { folder:write("X-001.lua", (GOOD:gsub("p%.bits", "p.seed"))) })
  t.eq(status, 1)
  t.ok(err:find("X-001 has no parameter 'seed' (it is x.seed)", 1, true), err)
end

function test.a_size_that_is_not_declared_is_the_default_one()
  local folder <close> = support.folder()
  local script = folder:write("X-001.lua", (GOOD:gsub("quick = {[^}]*}, full = {[^}]*},", "")))
  for _, size in ipairs { "quick", "full" } do
    run(folder, { script }, "--" .. size)
    local record = record_of(folder)
    t.eq({ record.size, record.warnings[1] },
      { "default", ("no %s size is declared: it runs at its default size"):format(size) })
  end
end

function test.values_without_an_interval_are_counted()
  local folder <close> = support.folder()
  local script = GOOD:gsub("gap = { estimate = 1, low = 0, high = 2 }", "gap = stats.mean({ 1, 2 })")
  run(folder, { folder:write("X-001.lua", script) })
  t.eq(record_of(folder).warnings[1], "1 value in this table without an interval, which takes 3 units")
end

function test.an_empty_record_has_lists()
  local folder <close> = support.folder()
  run(folder, { folder:write("X-003.lua", [[
return experiment { id = "X-003", title = "Empty", asks = "Is it?", predicts = {}, run = function() end }]]) })
  local lines = support.read(folder.path .. "/runs/" .. system.list(folder.path .. "/runs")[1] .. "/record.jsonl")
  for _, name in ipairs { "verdicts", "rows", "figures", "warnings" } do
    t.ok(lines:find(('"%s":[]'):format(name), 1, true), name)
  end
end

function test.few_sentences_are_named()
  local folder <close> = support.folder()
  local script = GOOD:gsub("bits = 4", "bits = 4, sentences = 2")
  run(folder, { folder:write("X-001.lua", script) })
  t.ok(record_of(folder).warnings[1]:find("^2 sentences a language: "), record_of(folder).warnings[1])
end

function test.mistyped_params()
  local folder <close> = support.folder()
  local status, _, err = run(folder, { folder:write("X-001.lua", GOOD) }, "bits=four")
  t.eq(status, 2)
  t.ok(err:find("X-001: parameter 'bits' must be a number, got 'four'\n", 1, true), err)
end

function test.one_failure_does_not_stop_the_others()
  local folder <close> = support.folder()
  local status, _, err = run(folder, { folder:write("X-002.lua", BAD), folder:write("X-001.lua", GOOD) })
  t.eq({ status, record_of(folder).id }, { 1, "X-001" })
  t.ok(err:find("X-002.lua:2: verdict 'upp' was not predicted; predictions are up", 1, true), err)
  local own = folder.path .. "/runs/" .. system.list(folder.path .. "/runs")[1]
  local page = support.read(own .. "/report.html")
  t.ok(page:find("These experiments failed", 1, true) and page:find("<li>X-002: ", 1, true), "no failure in the report")
end

function test.runs_have_folders_of_their_own()
  local folder <close> = support.folder()
  local file = folder:write("X-001.lua", GOOD)
  run(folder, { file, file }) -- the same file twice runs once
  local _, out = run(folder, { file })
  local names = system.list(folder.path .. "/runs")
  t.eq(#names, 2)
  for _, name in ipairs(names) do
    local own = folder.path .. "/runs/" .. name
    t.ok(name:find("^%d+T%d+%-X%-001[%-%d]*$"), name)
    t.eq(system.list(own), { "record.jsonl", "report.html", "report.md", "tables" })
    t.eq(system.list(own .. "/tables"), { "X-001-1.csv" })
    t.eq(json.decode(support.read(own .. "/record.jsonl")).id, "X-001")
  end
  for _, line in ipairs({ "records: DIR/record.jsonl", "report: DIR/report.html" }) do
    t.ok(out:find(line:gsub("DIR", folder.path .. "/runs/" .. names[2]), 1, true)
      or out:find(line:gsub("DIR", folder.path .. "/runs/" .. names[1]), 1, true), out)
  end
end

function test.json_on_standard_output_stands_alone()
  local folder <close> = support.folder()
  local _, out = run(folder, { folder:write("X-001.lua", GOOD) }, "--json -")
  t.eq(json.decode(out).id, "X-001")
end

function test.scripts_that_return_no_experiment()
  local folder <close> = support.folder()
  local status, _, err = run(folder, { folder:write("X-003.lua", "return { 1 }") })
  t.eq(status, 2)
  t.ok(err:find("the script returns no experiment; end it with return experiment { ... }", 1, true), err)
  status, _, err = run(folder, { folder:write("X-004.lua", "return experiment {") })
  t.eq(status, 2)
  t.ok(err:find("X-004.lua:1:", 1, true), err)
end

function test.one_wrong_id_stops_before_anything_runs()
  local folder <close> = support.folder()
  local status, _, err = run(folder, { folder:write("X-001.lua", GOOD), "T-0004" })
  t.eq({ status, system.exists(folder.path .. "/runs") }, { 2, false })
  t.ok(err:find("no experiment 'T-0004' (did you mean 'T-004'?); residua list shows them all", 1, true), err)
end

function test.run_in_a_session()
  local folder <close> = support.folder()
  run(folder, { folder:write("X-001.lua", GOOD) }) -- leaves model and texts there
  local code = [[run("DIR/X-001.lua", { bits = 3 }, { model = "DIR/model", texts = "DIR/texts", out = "DIR/runs" })]]
  local out, _, status = support.run(("--threads 1 -e '%s'"):format((code:gsub("DIR", folder.path))))
  t.eq(status, 0)
  t.ok(out:find("\nRecords of X%-001: tables, figures and plain, which has it all as data\n$"), out)
  for wrong, message in pairs({
    ["{}, { modle = 1 }"] = "run: unknown option 'modle' (did you mean 'model'?)",
    ["{ seed = 3 }"] = "T-004 has no parameter 'seed' (it is an option of the run: --seed); parameters are",
    ["{ bts = 3 }"] = "T-004 has no parameter 'bts' (did you mean 'bits'?); parameters are bits, sentences",
  }) do
    local _, err, failed = support.run(("-e 'run(\"T-004\", %s)'"):format(wrong))
    t.eq(failed, 1)
    t.ok(err:find(message, 1, true), err)
  end
end

function test.verdicts_need_effects()
  local declared = experiment { id = "X-006", title = "x", asks = "x?", predicts = { up = "it rises" },
    run = function() end }
  local x = context.new { experiment = declared, write = function() end }
  t.raises("verdict 'up' needs an effect { estimate, low, high }, { refused = why } or { not_run = why }", function()
    x:verdict("up", 3)
  end)
  x:verdict("up", { estimate = 1 })
  t.raises("verdict 'up' was given twice", function()
    x:verdict("up", { estimate = 1 })
  end)
end

local MISSPELT <const> = [[
return experiment { id = "X-011", title = "x", asks = "x?", params = { bits = 4, sentences = 2 },
  predicts = { up = "it rises" },
  run = function(p, x)
    x.texts:first(p.sentences)
    quant.sane { bits = p.bits }
    x:tabel({ 1 })
  end }]]

-- One line, which names the line of the script and none of the library.
function test.failures_name_the_line_of_the_script()
  local folder <close> = support.folder()
  local script = folder:write("X-011.lua", MISSPELT)
  for arguments, expected in pairs({
    ["bits=4"] = ":6: Context has no 'tabel' (did you mean 'table'?); ?Context lists what it has\n",
    ["bits=99"] = ":5: quant.int: bits is 99, expected 2 to 8\n",
    ["sentences=0"] = ":4: Corpus:first: cannot keep 0 sentences; give a whole number of at least 1\n",
  }) do
    local status, _, err = run(folder, { script }, arguments)
    t.eq({ status, err }, { 1, "X-011 failed: " .. script .. expected })
  end
  local _, _, err = run(folder, { script }, "--traceback")
  t.ok(err:find("\nstack traceback:\n", 1, true), err)
end

function test.fewer_sentences_than_asked_for_are_a_warning()
  local folder <close> = support.folder()
  local script = folder:write("X-001.lua", (GOOD:gsub("bits = 4,", "bits = 4, sentences = 3,", 1)))
  run(folder, { script })
  t.eq(record_of(folder).warnings, { "a warning" })
  local _, out = run(folder, { script }, "sentences=4")
  t.eq(record_of(folder).warnings[1], "sentences = 4, but the texts have 3; all are used")
  t.ok(out:find("warning: sentences = 4", 1, true), out)
end

local PAIR <const> = [[
return experiment { id = "X-009", title = "Pair", asks = "Are they two?", predicts = { up = "the second is another" },
  run = function(_, x)
    x:verdict("up", x.model2 and { estimate = x.model2:digest() ~= x.model:digest() and 1 or 0, low = 0, high = 2 }
      or { not_run = "needs a second model: --model2" })
  end }]]

function test.a_second_model_is_there_or_the_verdict_says_so()
  local folder <close> = support.folder()
  local script = folder:write("X-009.lua", PAIR)
  local status, out = run(folder, { script })
  t.eq({ status, record_of(folder).verdicts[1].verdict }, { 0, "not run" })
  t.ok(out:find("needs a second model", 1, true), out)
  status = run(folder, { script }, "--model2 mini")
  local record = record_of(folder)
  t.eq({ status, record.model2, record.verdicts[1].effect }, { 0, "mini", 1 })
  t.eq(record.digests.model2, model.load("mini"):digest())
end

function test.refusing_leaves_what_was_told()
  local declared = experiment { id = "X-010", title = "x", asks = "x?", run = function() end,
    predicts = { up = "it rises", down = { "it falls", below = 0 }, flat = "it stays" } }
  local x = context.new { experiment = declared, write = function() end }
  x:verdict("up", { estimate = 1 })
  x:refuse("one layer only")
  t.eq({ x.effects.up.estimate, x.effects.down.refused, x.effects.flat.refused },
    { 1, "one layer only", "one layer only" })
end

function test.new_scripts_run()
  local folder <close> = support.folder()
  local out, err, status = support.run(("new '%s/X-100'"):format(folder.path))
  t.eq({ err, status }, { "", 0 })
  t.ok(out:find("run it with: %S*residua run "), out)
  local path = folder.path .. "/X-100.lua"
  t.eq((run(folder, { path })), 0)
  t.eq(record_of(folder).id, "X-100")
  t.eq({ template.write(folder.path .. "/X-100") }, { nil, path .. " is there already; choose another name" })
  t.eq({ template.write("T-004") },
    { nil, "the library has an experiment T-004 already; choose another name" })
  t.eq({ template.write("a b") },
    { nil, "'a b' cannot name an experiment; use letters, digits, - and _, such as X-001" })
end

function test.a_declaration_is_no_script()
  local folder <close> = support.folder()
  template.write(folder.path .. "/X-101")
  local _, err, status = support.run(("'%s/X-101.lua'"):format(folder.path))
  t.eq(status, 2)
  t.ok(err:find("X%-101.lua declares an experiment; run it with: %S*residua run "), err)
end

return test
