-- disparity.related against closed forms, on losses by hand.
local disparity = require("residua.disparity")
local model = require("residua.model")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

-- A Disparity with these rises, of languages in these scripts.
local function with_rises(rises, scripts)
  local m = support.loud_model()
  local d = disparity.compare(m, m, support.texts())
  d.rows, d.collapsed = {}, nil
  for i, rise in ipairs(rises) do
    d.rows[i] = { script = scripts[i], delta_byte = { estimate = rise } }
  end
  return d
end

local SCRIPTS <const> = { "Latin", "Latin", "Latin", "Han", "Thai", "Hebrew" }

-- What rises over scripts falls within them.
function test.script_is_told_apart()
  local d = with_rises({ 3, 2, 1, 13, 12, 11 }, SCRIPTS)
  local found = disparity.related(d, { 1, 2, 3, 11, 12, 13 })
  t.near(found.correlation.estimate, 1 - 6 * 16 / 210, 1e-12)
  t.near(found.beside_script.estimate, -1, 1e-12)
  t.eq(found.within_script.estimate, found.correlation.estimate)
  t.eq(found.within_script.p, 1, "of all orders within scripts this is the lowest")
  t.ok(found.correlation.p < 1)
end

function test.pearson_of_a_line_is_one()
  local d = with_rises({ 1, 4, 9, 16, 25, 36 }, SCRIPTS)
  t.near(disparity.related(d, { 1, 4, 9, 16, 25, 36 }, { kind = "pearson" }).correlation.estimate, 1, 1e-12)
  t.ok(disparity.related(d, { 1, 2, 3, 4, 5, 6 }, { kind = "pearson" }).correlation.estimate < 0.99)
end

function test.one_script_is_not_run_and_a_collapse_refused()
  local d = with_rises({ 1, 2, 3, 4, 5 }, { "Latin", "Latin", "Latin", "Han", "Thai" })
  local found = disparity.related(d, { 1, 2, 3, 5, 4 })
  t.eq(found.correlation.estimate, 0.9)
  t.eq(found.beside_script.not_run, "3 languages in Latin script, 2 in others; 3 of each are needed")
  t.eq(found.within_script.not_run, found.beside_script.not_run)
  d.collapsed, d.refused = true, "collapsed: so it did"
  for name, effect in pairs(disparity.related(d, { 1, 2, 3, 5, 4 })) do
    t.eq(effect.refused, "collapsed: so it did", name)
  end
end

function test.mistakes_are_named()
  local d = with_rises({ 1, 2, 3 }, { "Latin", "Latin", "Latin" })
  t.raises("disparity.related: 2 values for 3 languages; give one of each", function()
    disparity.related(d, { 1, 2 })
  end)
  t.raises("disparity.related: d must be Disparity, got table", function()
    disparity.related(model, { 1, 2 })
  end)
  t.raises("disparity.related: unknown option 'kinds' (did you mean 'kind'?)", function()
    disparity.related(d, { 1, 2, 3 }, { kinds = "pearson" })
  end)
end

return test
