-- Every experiment of the library: its form, and a small run on a random model, one test each.
local context = require("residua.context")
local corpus = require("residua.corpus")
local json = require("residua.json")
local library = require("residua.library")
local record = require("residua.record")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local LONGEST <const>, USUAL <const> = 75, 60 -- lines: of any script, and more than of the median one
local VERDICTS <const> = { supported = true, refuted = true, inconclusive = true, ["not run"] = true }

-- Parameters of the smallest run, where an experiment has them; unbiased CKA needs four sentences.
local SMALL <const> = { sentences = 4, resamples = 20, steps = 2 }

local function experiment_files()
  local files = {}
  for _, path in ipairs(support.sources("scripts", { lua = true })) do
    if path:find("/scripts/%l+/") then
      files[#files + 1] = path
    end
  end
  return files
end

local function small_params(declared)
  local params = {}
  for name, value in pairs(declared.params) do
    params[name] = value
  end
  for name, value in pairs(declared.quick or {}) do
    params[name] = value
  end
  for name, value in pairs(SMALL) do
    params[name] = params[name] and value
  end
  return params
end

-- What the runner does, without printing and saving; returns the record as it would be read.
local function run(declared)
  local x = context.new { experiment = declared, model = support.loud_model(), texts = corpus.load("parallel16"),
    seed = 1, write = function() end }
  local params = small_params(declared)
  declared.run(params, x)
  local verdicts = verdict.of(declared.predicts, x.effects)
  local made = record.of { experiment = declared, params = params, context = x, verdicts = verdicts, seconds = 0 }
  return json.decode(json.encode(made.plain)), x
end

-- Whether every prediction was refused: then there may be nothing to show.
local function nothing_told(effects)
  for _, effect in pairs(effects) do
    if effect.estimate then
      return false
    end
  end
  return true
end

local function check_run(declared)
  local read, x = run(declared)
  t.ok(nothing_told(x.effects) or #x.tables > 0 and #x.figures > 0, "an experiment shows a table and a figure")
  for name in pairs(declared.predicts) do
    t.ok(x.effects[name], ("prediction '%s' gets no effect"):format(name))
  end
  for _, one in ipairs(read.verdicts) do
    t.ok(VERDICTS[one.verdict], one.verdict)
    t.ok(one.verdict ~= "inconclusive" or one.why, one.name .. " does not say why")
  end
end

function test.there_are_experiments()
  t.ok(#experiment_files() >= 4)
  t.eq(#library.find("all"), #experiment_files(), "files that the library does not find, or ids that are there twice")
end

function test.they_use_the_library_only()
  for _, path in ipairs(support.sources("scripts", { lua = true })) do
    local text = support.read(path)
    t.ok(not text:find("residua.native", 1, true) and not text:find("repl.", 1, true), path)
  end
end

local function lines(path)
  return select(2, support.read(path):gsub("\n", "\n"))
end

function test.the_median_script_is_short()
  local counts = {}
  for i, path in ipairs(experiment_files()) do
    counts[i] = lines(path)
  end
  table.sort(counts)
  t.ok(counts[#counts // 2 + 1] < USUAL, ("the median script has %d lines"):format(counts[#counts // 2 + 1]))
end

-- Predictions are listed by name, so that none may refer to another one.
local REFERRING <const> = { "^the same%f[%A]", "[:;,] the same%f[%A]", "^its?%f[%A]", ": its?%f[%A]",
  "%f[%a]they%f[%A]", "%f[%a]them%f[%A]", "^their%f[%A]", ": their%f[%A]", "so does", "so is", "these two",
  "%f[%a]there%f[%A]", "%f[%a]do so%f[%A]", "weighted alike", "%f[%a]does, " }

function test.predictions_stand_alone()
  for _, path in ipairs(experiment_files()) do
    local declared = library.load(path:match("([^/]+)%.lua$"))
    for name, prediction in pairs(declared.predicts) do
      for _, pattern in ipairs(REFERRING) do
        t.ok(not prediction.text:find(pattern), ("%s, %s: '%s' refers to something else"):format(declared.id, name,
          prediction.text))
      end
    end
  end
end

for _, path in ipairs(experiment_files()) do
  local id = path:match("([^/]+)%.lua$")
  test[id] = function()
    local text = support.read(path)
    t.ok(text:find("^%-%-") or text:find("^return experiment"), "begins with a comment or the declaration")
    t.ok(lines(path) <= LONGEST, ("more than %d lines"):format(LONGEST))
    local declared = library.load(id)
    t.eq(declared.id, id)
    t.ok(declared.asks:find("%?$"), "asks a question")
    t.ok(next(declared.predicts), "predicts something")
    check_run(declared)
  end
end

return test
