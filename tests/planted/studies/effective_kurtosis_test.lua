-- effective_kurtosis on models whose layers serve languages as planted, one with a kurtosis far above the others'.
local context = require("residua.context")
local disparity = require("residua.disparity")
local library = require("residua.library")
local shares = require("tests.planted.shares")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts, said)
  local declared, found = library.load("effective_kurtosis"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1,
    write = function(line) said[#said + 1] = line end }
  declared.run({ sentences = 8, fewest = 4, most = 8, step = 4 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one
  end
  return found, x
end

function test.languages_of_high_kurtosis_are_spared()
  local folder <close> = support.folder()
  local said = {}
  local found, x = judged(shares.model(shares.shared(1.5), { 0, 0, 1, 0, 0, 0 }, 60), shares.texts(folder), said)
  for _, name in ipairs { "stated", "sane", "exact" } do
    t.eq(found[name].verdict, "supported", name)
  end
  t.ok(table.concat(said):find("R2 = 1.000 (1: affine)", 1, true), "one kurtosis stands out: an affine function")
  t.eq(x.tables[3][1].correlation.estimate, found.stated.effect.estimate)
  t.ok(x.tables[3][1].beside_script and x.tables[3][1].p_within_script, "script is shown beside")
end

-- The languages that the layer of high kurtosis serves lose most, as it is L0 itself.
function test.the_opposite_is_refuted()
  local folder <close> = support.folder()
  local found = judged(shares.model(shares.shared(1.5), { 1, 0, 0, 0, 0, 0 }, 300), shares.texts(folder), {})
  t.eq(found.sane.verdict, "refuted")
  t.eq(found.stated.verdict, "refuted")
end

-- INT8 leaves a gap far below that of INT4; kurtosis is the same.
function test.no_constant_serves_all_bit_widths()
  local folder <close> = support.folder()
  local found = judged(shares.model(shares.shared(1), { 0, 0, 1, 0, 0, 0 }, 60), shares.texts(folder), {})
  t.eq(found.bound.verdict, "refuted")
end

-- The gap of a model that collapsed says nothing: none is left to compare with that of INT8.
function test.a_collapsed_width_does_not_count()
  local folder <close> = support.folder()
  local real, calls = disparity.compare, 0
  disparity.compare = function(...)
    local d = real(...)
    calls = calls + 1
    d.collapsed = calls == 1 or nil -- at 4 bits
    return d
  end
  local ok, found, x = pcall(judged, shares.model(shares.shared(1), { 0, 0, 1, 0, 0, 0 }, 60), shares.texts(folder), {})
  disparity.compare = real
  t.eq({ ok, x.tables[1][1].collapsed, x.tables[1][2].collapsed }, { true, true, nil })
  t.eq(found.bound.why, "fewer than 2 gaps above 0 of models that did not collapse")
end

-- Over seeds 1 to 6 of random gains, of which neither sum nor L0 differ, neither stated nor sane is supported: 0 of 12.
-- The error, all of it in L0, tells how small a part of the stream it has become.
function test.shares_that_do_not_matter()
  local folder <close> = support.folder()
  local texts, supported = shares.texts(folder), 0
  for seed = 1, 6 do
    local found = judged(shares.model(shares.random(seed), { 0, 0, 1, 0, 0, 0 }, 60), texts, {})
    t.eq(found.exact.verdict, "supported")
    for _, name in ipairs { "stated", "sane" } do
      supported = supported + (found[name].verdict == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 12"):format(supported))
end

function test.too_few_languages()
  for _, one in pairs(judged(support.loud_model(1, 1), support.texts(), {})) do
    t.ok(one.why:find("6 languages"), one.name)
  end
end

return test
