-- S-007 where the answer is known: the activations of low-resource languages are three times as large, or heavy-tailed,
-- or like the others'.
local alphabets = require("tests.planted.alphabets")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local function verdicts(change, seed)
  return alphabets.run("S-007", change, seed, { site = "L*.resid.post" })
end

function test.other_scales_need_other_clips()
  local found, x = verdicts(function(normal) return normal * 3 end, 1)
  t.eq({ found.stated.verdict, found.cost.verdict, found.cost_aciq.verdict },
    { "supported", "supported", "supported" })
  local common = math.sqrt((4 * 9 + 6 * 1) / 10) -- rms of all: 4 languages of std 3, 6 of std 1
  for _, row in ipairs(x.tables[1]) do
    local own = row.aciq_gauss > 0 and 3 or 1
    t.near(row.aciq_gauss, 100 * math.log(own / common), 8, row.language)
  end
end

function test.heavy_tails_need_wider_clips_than_their_std_says()
  local found, x = verdicts(alphabets.cubed, 2)
  t.eq({ found.stated.verdict, found.cost.verdict }, { "supported", "supported" })
  local wide = 0
  for _, row in ipairs(x.tables[1]) do
    t.near(row.aciq_gauss, 0, 12, row.language)
    wide = wide + (row.mse > 0 and 1 or 0)
  end
  t.eq(wide, #alphabets.LOW)
end

-- Over seeds 1 to 6 no clip of a language's own is found to be needed: 0 of 18.
function test.languages_that_do_not_differ()
  for seed = 1, 6 do
    local found = verdicts(alphabets.unchanged, seed)
    for _, name in ipairs { "stated", "cost", "cost_aciq" } do
      t.ok(found[name].verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.one_language_and_one_sentence_are_not_run()
  for _, texts in ipairs { support.texts():select { "swa" }, support.texts():first(1) } do
    for _, one in pairs(alphabets.judged("S-007", support.model(1, 1), texts)) do
      t.eq({ one.verdict, one.why:sub(1, 10) }, { "not run", "fewer than" })
    end
  end
end

return test
