-- Rows as aligned columns.
local aligned = require("residua.aligned")
local t = require("residua.testing")

local test = t.suite()

function test.columns_align_by_type()
  local rows = { { "eng", 2.5, true }, { "日本", 10, false } }
  t.eq(aligned(rows, { header = { "lang", "loss", "ok" } }),
    "lang  loss  ok\n----  ----  -----\neng    2.5  true\n日本    10  false")
end

function test.columns_with_holes()
  t.eq(aligned({ { nil, 1, n = 2 }, { "a", nil, n = 2 } }), "   1\na")
  t.eq(aligned({}), "")
  t.eq(aligned({}, { header = { "a" } }), "a\n-")
  t.eq(aligned({ { "x" } }, { indent = "  " }), "  x")
end

function test.cells_of_several_lines_stay_on_one()
  t.eq(aligned({ { "a\nb", "c" } }), "a b  c")
end

return test
