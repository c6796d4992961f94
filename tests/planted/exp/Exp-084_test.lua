-- Exp-084 on a model whose layers read the languages' channels at scales that a test chooses.
local alphabets = require("tests.planted.alphabets")
local copier = require("tests.planted.copier")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

-- What layers read of language k is scales[k] times as large; the weights that read it make up for it, so that the
-- model does the same in full precision.
local function verdicts(scales, seed, weights, outlier, sentences)
  local m, list = copier.model({ { 1, 1, 1 }, { 1, 1, 1 } }, { outlier or 0, 0 }, seed), {}
  for i = 1, 32 do
    list[i] = scales[(i - 1) // 6 + 1] or 1 -- six channels per language
  end
  local scale = tensor.from_table(list)
  for layer = 0, 1 do
    local norm, up = ("L%d.norm2"):format(layer), ("L%d.mlp.up"):format(layer)
    m = m:with_param(norm, m:param(norm) * scale):with_param(up, m:param(up) / scale:reshape({ 1, -1 }))
  end
  return alphabets.judged("Exp-084", m, copier.texts(sentences or 8),
    { at = "L*.mlp.in", weights = weights, sentences = sentences })
end

function test.own_clips_help_where_scales_differ()
  local found, x = verdicts({ 1, 1, 12 }, 1, nil, nil, 32)
  t.eq(found.own.verdict, "supported")
  local gap = {}
  for _, way in ipairs(x.tables[1]) do
    gap[way.rule .. " " .. way.scope] = way.gap.estimate
  end
  t.ok(gap["mse own"] < 0.5 * gap["mse common"])
  t.ok(gap["aciq_laplace own"] < 0.5 * gap["aciq_laplace common"])
end

-- INT4 rounds to nothing what L0 adds beside an outlier that nothing feeds.
function test.weights_may_be_quantized_as_well()
  local _, without = verdicts({ 1, 1, 1 }, 1, 0, 15)
  local _, with = verdicts({ 1, 1, 1 }, 1, 4, 15)
  for i, way in ipairs(with.tables[1]) do
    t.ok(way.mean_delta.estimate > without.tables[1][i].mean_delta.estimate, way.rule .. " " .. way.scope)
  end
end

-- Over seeds 1 to 5: none.
function test.own_clips_do_nothing_where_scales_agree()
  for seed = 1, 5 do
    local found = verdicts({ 1, 1, 1 }, seed)
    for _, name in ipairs { "stated", "weighted", "own" } do
      t.ok(found[name].verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.one_language_is_not_run()
  for _, one in pairs(alphabets.judged("Exp-084", support.model(1, 1), support.texts():select { "swa" })) do
    t.eq({ one.verdict, one.why:sub(1, 10) }, { "not run", "fewer than" })
  end
end

return test
