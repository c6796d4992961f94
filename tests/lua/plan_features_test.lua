-- Statistics of the weights of layers and matrices, against those that rankings use.
local plan = require("residua.plan")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local NAMES <const> = { "variance", "kurtosis", "crest", "outliers", "sparsity" }

function test.rows_have_the_scores_of_rankings_in_the_order_of_the_model()
  local m = support.loud_model()
  for per, count in pairs({ layer = 4, param = 16 }) do
    local rows, by_name = plan.features(m, { per = per }), {}
    t.eq(#rows, count)
    for i, row in ipairs(rows) do
      by_name[row.names[1]] = row
      t.ok(i == 1 or rows[i - 1].layer <= row.layer)
      t.eq(row.depth, (row.layer + 0.5) / 4)
    end
    for _, name in ipairs(NAMES) do
      for _, unit in ipairs(plan.rank(m, { per = per, by = name })) do
        t.near(by_name[unit.names[1]][name], unit.score, 1e-12, name)
        t.eq(by_name[unit.names[1]].size, unit.size)
      end
    end
  end
end

function test.constant_weights_have_no_tails()
  local m = support.model()
  m = m:with_param("L1.attn.out", tensor.full(0.5, 16, 16))
  local row = plan.features(m, { per = "param" })[6]
  t.eq({ row.names[1], row.variance, row.kurtosis, row.crest, row.outliers }, { "L1.attn.out", 0, 0, 0, 0 })
end

function test.mistakes_are_named()
  t.raises("plan.features: unknown per 'row'", function() plan.features(support.model(), { per = "row" }) end)
  t.raises("plan.features: model must be Model, got nil", function() plan.features() end)
end

return test
