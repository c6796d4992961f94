-- S-004 on models whose layers do what was planted, and on random ones.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

-- Verdicts and rows of a run.
local function judged(m, texts)
  local declared, by_name = library.load("S-004"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 8 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x.tables[1]
end

-- Twelve layers, which INT4 robs of all that they add: four sizes, each once with either language favoured, the more
-- the higher the layer's unevenness, 0 to 3.
local function planted(unevenness, seed)
  local gains, outliers = {}, {}
  for l, uneven in ipairs(unevenness) do
    local size = 0.1 * 2 ^ ((l - 1) // 3)
    local least = size * (1 - 0.3 * uneven)
    gains[l], outliers[l] = { least, least, least }, 15
    gains[l][1 + l % 3] = size
  end
  return copier.model(gains, outliers, seed)
end

function test.what_a_layer_adds_is_found()
  local by_name, rows = judged(planted({ 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3 }, 1), copier.texts(8))
  for _, name in ipairs { "needed", "uneven_stated", "uneven" } do
    t.eq(by_name[name].verdict, "supported", name)
  end
  for _, row in ipairs(rows) do
    t.near(row.int4 / row.zero, 1, 0.5, row.layer .. ": the sentences differ, what is lost does not")
  end
end

function test.wide_spread_alone_is_not_uneven()
  local supported = { uneven = 0, uneven_stated = 0 }
  for seed = 1, 5 do
    local by_name = judged(planted({ 3, 0, 1, 0, 2, 3, 1, 2, 0, 2, 3, 1 }, seed), copier.texts(8))
    for name, count in pairs(supported) do
      supported[name] = count + (by_name[name].verdict == "supported" and 1 or 0)
    end
  end
  t.eq(supported.uneven, 0)
  t.ok(supported.uneven_stated >= 3, ("%d of 5"):format(supported.uneven_stated))
end

function test.a_cost_of_rounding_alone_says_nothing_of_need()
  local gains, outliers = {}, {}
  for l = 1, 10 do
    local gain = 0.05 * 1.3 ^ l
    gains[l], outliers[l] = { gain, gain, gain }, l < 6 and 15 or 1
  end
  t.ok(judged(copier.model(gains, outliers, 1), copier.texts(8)).needed.verdict ~= "supported")
end

function test.named_layers_stand_out_where_they_do()
  local gains, outliers = {}, {}
  for l = 1, 12 do
    local gain = (l == 1 or l == 10 or l == 12) and 1.5 or 0.05 + 0.01 * l
    gains[l], outliers[l] = { gain, gain, gain }, 7
  end
  t.eq(judged(copier.model(gains, outliers, 1), copier.texts(8)).stated.verdict, "supported")
end

-- Over seeds 1 to 4 none of the four predictions is supported: 0 of 16.
function test.random_models_support_nothing()
  for seed = 1, 4 do
    for name, one in pairs((judged(copier.noise(8, seed), support.texts()))) do
      t.ok(one.verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.too_little_to_tell_is_said()
  local one_layer = judged(support.model(1, 1), support.texts())
  local one_language = judged(copier.noise(6, 1), support.texts():select { "eng" })
  for name, one in pairs(one_layer) do
    t.eq(one.why, "fewer than 5 layers", name)
    local several = name:find("uneven") ~= nil
    t.eq(one_language[name].why == "fewer than 3 languages", several, name)
  end
end

return test
