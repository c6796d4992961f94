-- T-004 on models whose first layer INT4 rounds to nothing beside one great weight that multiplies zero, and on models
-- whose first layer quantization does not change.
local context = require("residua.context")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

-- A layer's MLP with one hidden unit that is never active: its weights are what the scale of each channel covers.
local function fragile(m, layer)
  local up, down = m:param(("L%d.mlp.up"):format(layer)), m:param(("L%d.mlp.down"):format(layer))
  local hidden, width = up:size(1), up:size(2)
  return m:with_param(("L%d.mlp.up"):format(layer), tensor.cat({ up:narrow(1, 1, hidden - 1) * 5,
    tensor.zeros(1, width) }, 1)):with_param(("L%d.mlp.down"):format(layer),
      tensor.cat({ down:narrow(2, 1, hidden - 1), tensor.full(60, width, 1) }, 2))
end

-- A first layer of zeros: INT4 keeps it as it is, protected or not.
local function empty_first(m)
  for _, param in ipairs(m:params()) do
    if param.layer == 0 and #param.shape == 2 then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  return m
end

local function judged(m)
  local declared, found = library.load("T-004"), {}
  local x = context.new { experiment = declared, model = m, texts = support.texts(), seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 4 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one
  end
  return found, x
end

-- 4 sentences in 3 languages leave the interval above 0, and p above 0.05: the clusters are few.
function test.a_fragile_first_layer_is_worth_protecting()
  local found, x = judged(fragile(support.loud_model(1, 3), 0))
  for _, name in ipairs { "sane", "sane_centred", "special" } do
    t.ok(x.effects[name].low > 0, name)
    t.ok(found[name].verdict ~= "refuted", name)
  end
end

function test.a_fragile_middle_layer_is_another_matter()
  local first = select(2, judged(fragile(support.loud_model(2, 3), 0))).effects.sane.estimate
  local middle = select(2, judged(fragile(support.loud_model(2, 3), 1))).effects.sane.estimate
  t.ok(first > 3 * middle, ("%g, %g"):format(first, middle))
end

-- Protecting anything helps; the first layer helps less than the one between.
function test.what_any_layer_does_is_not_special()
  local _, x = judged(fragile(support.loud_model(2, 3), 1))
  local any, special = x.effects.sane_centred, x.effects.special
  t.ok(any.estimate > 0 and special.high < 0, ("%g; %g [%g, %g]"):format(any.estimate, special.estimate, special.low,
    special.high))
  t.eq(judged(support.model(1, 2)).special.why, "no layer lies between the first and the last")
end

function test.languages_are_shown()
  local _, x = judged(support.loud_model(1, 3))
  local sum = 0
  for _, row in ipairs(x.tables[2]) do
    sum = sum + row.both / 3
  end
  t.near(sum, x.tables[1][4].L2, 1e-9)
end

-- What does not change is not worth protecting: 0 of 24 over seeds 11 to 16.
function test.a_first_layer_that_nothing_changes()
  local supported = 0
  for seed = 11, 16 do
    local found = judged(empty_first(support.loud_model(seed, 3)))
    t.near(found.sane.effect.estimate, 0, 1e-9)
    for _, one in pairs(found) do
      supported = supported + (one.verdict == "supported" and 1 or 0)
    end
  end
  t.eq(supported, 0)
end

return test
