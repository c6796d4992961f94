-- outlier_layers on models whose layers serve languages as planted: what a language gets from L0 INT4 rounds away,
-- what it gets from layers with outlier weights it keeps.
local context = require("residua.context")
local library = require("residua.library")
local shares = require("tests.planted.shares")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts)
  local declared, found = library.load("outlier_layers"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 8, weight = 2.5, kurtosis = 100 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one
  end
  return found, x
end

function test.what_outlier_layers_carry_survives()
  local folder <close> = support.folder()
  local found, x = judged(shares.model(shares.shared(1.5), { 0, 0, 1, 0, 0, 0 }), shares.texts(folder))
  for _, name in ipairs { "stated", "sane", "beside_script" } do
    t.eq(found[name].verdict, "supported", name)
  end
  t.eq(#x.figures, 1)
end

function test.the_opposite_is_refuted()
  local folder <close> = support.folder()
  local found = judged(shares.model(shares.shared(1.5), { 1, 0, 0, 0, 0, 0 }), shares.texts(folder))
  t.eq(found.sane.verdict, "refuted")
  t.eq(found.stated.verdict, "refuted")
end

-- The more kurtosis, the more of a layer's gain goes to languages that L0 neglects.
function test.a_correlation_that_grows_with_kurtosis_is_specific()
  local folder <close> = support.folder()
  local gains = { shares.gains(2, -1.5) }
  for l, slope in ipairs { -0.7, -0.35, 0, 0.35, 0.7 } do
    gains[l + 1] = shares.gains(1, slope)
    for k, noise in ipairs(tensor.randn(l, shares.LANGUAGES):totable()) do
      gains[l + 1][k] = math.max(0.05, gains[l + 1][k] + 0.2 * noise)
    end
  end
  t.eq(judged(shares.model(gains, { 0, 24, 12, 6, 3, 1 }), shares.texts(folder)).specific.verdict, "supported")
end

-- What the layers give varies at random, their sum does not. Over seeds 1 to 8 none of the predictions is supported: 0
-- of 40.
function test.shares_that_do_not_matter()
  local folder <close> = support.folder()
  local texts, supported = shares.texts(folder), 0
  for seed = 1, 8 do
    for _, one in pairs((judged(shares.model(shares.random(seed), { 0, 0, 1, 0, 0, 0 }), texts))) do
      supported = supported + (one.verdict == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 2, ("%d of 40"):format(supported))
end

function test.too_few_languages()
  local found = judged(support.loud_model(1, 1), support.texts())
  for _, one in pairs(found) do
    t.eq(one.verdict, "not run")
  end
  t.ok(found.sane.why:find("6 languages"))
end

return test
