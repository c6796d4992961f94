-- fp4_threshold: the formula is found; a rounding that is not what it says it is is noticed.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

-- Verdicts and tables of a run; `change` makes other options of a quantizer's.
local function judged(seed, change, steps)
  local declared, by_name, real = library.load("fp4_threshold"), {}, quant.int
  local x = context.new { experiment = declared, model = support.model(1, 1), seed = seed,
    texts = corpus.of { eng = { "One cat, two cats." } }, write = function() end }
  quant.int = change and function(opts) return real(change(opts)) end or real
  local ok, message = pcall(declared.run, { size = 8192, repeats = 6, steps = steps or 1, runs = 6,
    rate = 0.5, sentences = 1, width = 8 }, x)
  quant.int = real
  assert(ok, message)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x.tables
end

function test.the_formula_is_found()
  local found, tables = judged(1)
  t.eq({ found.stated.verdict, found.three_quarters.verdict }, { "refuted", "supported" })
  t.near(tables[1][3].ratio.estimate, math.sqrt(3), 0.03)
  for _, row in ipairs(tables[1]) do
    t.near(row.gain.estimate, row.formula, 0.01)
  end
end

-- The noise costs a run below the threshold little of the fall of its loss: what the steps gain on average is the same.
function test.descent_goes_on_below_the_threshold()
  local found, tables = judged(1, nil, 8)
  t.eq(found.training_stops.verdict, "refuted")
  for _, row in ipairs(tables[2]) do
    t.ok(row.exact > 0.1 and row.ratio < math.sqrt(3))
  end
end

-- Over seeds 1 to 5, where the grid is twice as coarse as the script believes, 75 % is never supported.
function test.a_coarser_grid_is_noticed()
  for seed = 1, 5 do
    local found, tables = judged(seed, function(opts)
      opts.clip_value = 2 * opts.clip_value
      return opts
    end)
    t.eq(found.three_quarters.verdict, "refuted", ("seed %d"):format(seed))
    t.near(tables[1][3].ratio.estimate, math.sqrt(3) / 2, 0.1)
  end
end

-- Rounding to nearest is no unbiased noise: steps so coarse round the gradient to 0, and nothing is learnt.
function test.descent_without_a_gradient_stops()
  local found = judged(1, function(opts)
    opts.rounding, opts.seed = nil, nil
    opts.clip_value = opts.clip_value * 20
    return opts
  end, 4)
  t.eq(found.training_stops.verdict, "supported")
end

return test
