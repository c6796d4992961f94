-- What a quantizer does to each matrix, against the weights themselves.
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.rows_are_those_of_the_weights()
  local m, int4 = support.model(3, 2), quant.int { bits = 4, per = "tensor" }
  local rows, matrices = quant.errors(m, int4), 0
  for _, param in ipairs(m:params()) do
    matrices = matrices + ((param.layer and #param.shape == 2) and 1 or 0)
  end
  t.eq(#rows, matrices)
  for _, row in ipairs(rows) do
    local w = m:param(row.param)
    local wrong = int4:apply(w) - w
    t.eq({ row.param, row.inputs }, { ("L%d.%s"):format(row.layer, row.matrix), w:size(2) })
    t.near(row.snr, 20 * math.log(w:norm() / wrong:norm(), 10), 1e-3, row.param)
    t.near(row.crest, w:abs():max() / (w ^ 2):mean() ^ 0.5, 1e-4, row.param)
  end
end

function test.zeros_and_what_is_exact_stay_finite()
  local m, int4 = support.model(1, 1), quant.int { bits = 4, per = "tensor" }
  local name = "L0.mlp.up"
  local function row(weight)
    for _, one in ipairs(quant.errors(m:with_param(name, weight), int4)) do
      if one.param == name then
        return one
      end
    end
  end
  local shape = m:param(name):shape()
  local zero, exact = row(tensor.zeros(shape)), row(tensor.ones(shape))
  t.eq({ zero.power, zero.error, zero.snr, zero.crest }, { 0, 0, 0, 0 })
  t.ok(exact.snr > 100 and exact.snr < math.huge)
  t.near(exact.crest, 1, 1e-6)
end

return test
