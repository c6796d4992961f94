-- Numbers that were typed in mark the verdicts that rest on them.
local context = require("residua.context")
local experiment = require("residua.experiment")
local given = require("residua.given")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local function declared(run)
  return experiment { id = "X-001", title = "Example", asks = "Is it so?", run = run,
    predicts = { before = "it was", after = "it is" } }
end

-- The entries of both verdicts, by name.
local function judged(run)
  local e, found = declared(run), {}
  local x = context.new { experiment = e, seed = 1, write = function() end }
  e.run({}, x)
  for _, entry in ipairs(verdict.of(e.predicts, x.effects)) do
    found[entry.name] = entry
  end
  return found
end

local EFFECT <const> = { estimate = 1, low = 0.5, high = 1.5, n = 9, p = 0.001 }

function test.what_follows_a_reading_is_marked()
  local record = given { source = "table 2", 4, 5, share = 0.1 }
  local found = judged(function(_, x)
    x:verdict("before", EFFECT)
    t.eq(record.share + record[1] + #record, 6.1)
    x:verdict("after", EFFECT)
  end)
  t.eq({ found.before.effect.given, found.after.effect.given }, { nil, "table 2" })
  t.eq({ found.before.verdict, found.after.verdict, EFFECT.given }, { "supported", "supported", nil })
end

function test.several_sources_are_all_named_and_pairs_count_as_reading()
  local one, two = given { source = "b", x = 1 }, given { source = "a", x = 2 }
  local found = judged(function(_, x)
    for _, value in pairs(one) do
      t.eq(value, 1)
    end
    x:verdict("before", { refused = "no data", estimate = two.x })
    x:verdict("after", { not_run = "no second model" })
  end)
  t.eq(found.before.effect.given, "a; b")
  t.eq({ found.after.verdict, found.after.why }, { "not run", "no second model" })
end

function test.a_run_starts_without_sources()
  local record = given { source = "an older run", x = 1 }
  judged(function() t.eq(record.x, 1) end)
  local found = judged(function(_, x) x:verdict("after", EFFECT) end)
  t.eq(found.after.effect.given, nil)
end

function test.given_numbers_need_a_source_and_stay_as_they_are()
  t.raises("say where they are from", function() given { 1, 2 } end)
  local record = given { source = "s", x = 1 }
  t.raises("do not change", function() record.x = 2 end)
end

return test
