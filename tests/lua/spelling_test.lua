-- Near names.
local spelling = require("residua.spelling")
local t = require("residua.testing")

local test = t.suite()

function test.nearest_names()
  local names = { "bits", "per", "group", "symmetric", "clip" }
  t.eq(spelling.nearest("bist", names), "bits")
  t.eq(spelling.nearest("simmetric", names), "symmetric")
  t.eq(spelling.nearest("Bits", names), "bits")
  t.eq(spelling.nearest("protect", names), nil)
  t.eq(spelling.nearest("", names), nil)
  t.eq(spelling.did_you_mean("protect", names), "")
end

return test
