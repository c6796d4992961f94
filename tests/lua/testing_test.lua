-- The test module tests itself.
local t = require("residua.testing")

local test = t.suite()

local function run(suite, only)
  local lines = {}
  local counts = t.run(suite, only, function(line)
    lines[#lines + 1] = line
  end)
  return counts, table.concat(lines)
end

function test.suite_refuses_duplicates_and_values()
  local suite = t.suite()
  function suite.one() end
  t.raises("test 'one' exists already", function()
    function suite.one() end
  end)
  t.raises("test 'two' is not a function", function()
    suite.two = 2
  end)
end

function test.counts_and_order()
  local suite, order = t.suite(), {}
  function suite.b() order[#order + 1] = "b" end
  function suite.a() order[#order + 1] = "a" end
  function suite.c() t.skip("no reason") end
  function suite.d() error("broken") end
  local counts, output = run(suite)
  t.eq(counts, { passed = 2, failed = 1, skipped = 1 })
  t.eq(order, { "b", "a" })
  t.ok(output:find("skipped c: no reason", 1, true))
  t.ok(output:find("FAILED  d\n.*broken"))
end

function test.one_test_by_name()
  local suite = t.suite()
  function suite.good() end
  function suite.bad() error("broken") end
  t.eq(run(suite, "good"), { passed = 1, failed = 0, skipped = 0 })
  t.raises("no test 'god' (did you mean 'good'?)", function()
    run(suite, "god")
  end)
end

function test.eq_says_where()
  t.raises("got 2, expected 3 at .a[2].b", function()
    t.eq({ a = { 1, { b = 2 } } }, { a = { 1, { b = 3 } } })
  end)
  t.raises("got 1, expected 2 at [9]", function() -- the first of several
    t.eq({ d = 1, c = 1, b = 1, a = 1, [10] = 1, [9] = 1 }, { d = 2, c = 2, b = 2, a = 2, [10] = 2, [9] = 2 })
  end)
  t.raises('got nil, expected "x" at .k', function()
    t.eq({}, { k = "x" })
  end)
  t.raises("note: got 1, expected 2", function()
    t.eq(1, 2, "note")
  end)
  t.eq(0 / 0, 0 / 0)
end

function test.near_checks_lists_and_nan()
  t.near({ 1, 2 }, { 1.05, 1.95 }, 0.1)
  t.near(1 / 0, 1 / 0, 0)
  t.near(0 / 0, 0 / 0, 0)
  t.raises("element 2: got 2, expected 3 within 0.5", function()
    t.near({ 1, 2 }, { 1, 3 }, 0.5)
  end)
  t.raises("nan, expected 1", function()
    t.near(0 / 0, 1, 0.1)
  end)
  t.raises("length", function()
    t.near({ 1 }, { 1, 2 }, 1)
  end)
  t.raises('got "1", expected 1', function()
    t.near("1", 1, 1)
  end)
end

function test.raises_needs_an_error()
  t.raises("no error, expected one with 'x'", function()
    t.raises("x", function() end)
  end)
  t.raises("expected one with 'x'", function()
    t.raises("x", function()
      error("y")
    end)
  end)
  t.eq(t.raises("y", function()
    error("y", 0)
  end), "y")
end

return test
