-- S-001 where the answer is known: low-resource languages use letters whose embeddings are heavy-tailed, or have one
-- loud channel, or do not differ.
local alphabets = require("tests.planted.alphabets")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local function verdicts(change, seed)
  return alphabets.run("S-001", change, seed, { every = 2 })
end

function test.heavy_tails_are_found_in_both_forms()
  local found, x = verdicts(alphabets.cubed, 1)
  for name, one in pairs(found) do
    t.eq(one.verdict, "supported", name)
  end
  t.eq({ #x.tables, #x.figures }, { 4, 2 })
end

function test.a_loud_channel_is_a_tail_only_where_channels_are_together()
  local scale = tensor.ones(32):totable()
  scale[3] = 12
  local found = verdicts(function(normal) return normal * tensor.from_table(scale) end, 2)
  t.eq(found.stated.verdict, "supported")
  t.ok(found.sane.verdict ~= "supported")
  t.ok(found.within_script.verdict ~= "supported")
end

function test.light_tails_are_refuted()
  local found = verdicts(function(normal) return normal / (normal:abs() + 1e-9) end, 3)
  t.eq(found.sane.verdict, "refuted")
end

-- Over seeds 1 to 5 none of the three predictions is supported: 0 of 15.
function test.languages_that_do_not_differ()
  for seed = 1, 5 do
    for name, one in pairs(verdicts(alphabets.unchanged, seed)) do
      t.ok(one.verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.one_language_is_not_run()
  for _, one in pairs(alphabets.judged("S-001", support.model(1, 1), support.texts():select { "swa" },
    { skip = 1, every = 2 })) do
    t.eq(one.verdict, "not run")
    t.ok(one.why:find("of each are needed", 1, true) or one.why:find("fewer than 4 tokens", 1, true))
  end
end

return test
