-- T-002 on random matrices with one weight that stands out, by a known crest factor: unrelated to variance, falling
-- with it, and the same in all.
local context = require("residua.context")
local library = require("residua.library")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local CRESTS <const> = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }
local SIZES <const> = { 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6 }

-- A model of 3 layers: matrix i has values of size sizes[i], clamped, and one that is crests[i] times as great.
local function planted(sizes, crests, seed)
  local m, place = support.model(seed, 3), 0
  for _, param in ipairs(m:params()) do
    if param.layer and #param.shape == 2 then
      place = place + 1
      local values = tensor.randn(100 * seed + place, param.shape[1] * param.shape[2]):clamp(-2, 2):totable()
      values[1] = crests and crests[place] or values[1]
      m = m:with_param(param.name, tensor.from_table(values):reshape(param.shape) * sizes[place])
    end
  end
  return m
end

local function verdicts(m)
  local declared, found = library.load("T-002"), {}
  local x = context.new { experiment = declared, model = m, texts = support.texts(), seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 2 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found, x
end

function test.the_crest_factor_decides()
  local found = verdicts(planted(SIZES, { 9, 4, 14, 7, 12, 5, 15, 10, 6, 13, 8, 11 }, 1))
  t.eq(found.crest, "supported")
  t.ok(found.stated ~= "supported")
end

function test.crest_that_falls_with_variance()
  local falling = {}
  for i, crest in ipairs(CRESTS) do
    falling[#CRESTS + 1 - i] = crest
  end
  local found = verdicts(planted(SIZES, falling, 2))
  t.eq({ found.crest, found.stated }, { "supported", "supported" })
end

function test.crest_that_rises_with_variance()
  t.eq(verdicts(planted(SIZES, CRESTS, 3)).stated, "refuted")
end

function test.scale_cancels()
  local _, x = verdicts(planted(SIZES, nil, 4))
  for _, row in ipairs(x.tables[1]) do
    t.near(row.scaled_by_8 / row.per_tensor, 1, 1e-3)
  end
end

-- Variance has nothing to do with shape: of stated and sane 0 of 16 are supported over seeds 11 to 18.
function test.variance_at_random()
  local supported = 0
  for seed = 11, 18 do
    local found = verdicts(planted(stats.shuffled(SIZES, seed), stats.shuffled(CRESTS, seed + 50), seed))
    for _, name in ipairs { "stated", "sane" } do
      supported = supported + (found[name] == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 16"):format(supported))
end

return test
