-- Ranges of numbers.
local range = require("residua.range")
local t = require("residua.testing")

local test = t.suite()

function test.both_ends_are_inside()
  t.eq(range(1, 4), { 1, 2, 3, 4 })
  t.eq(range(3, 3), { 3 })
  t.eq(range(4, 1, -1), { 4, 3, 2, 1 })
end

function test.steps_that_have_no_exact_form()
  t.eq(#range(0, 1, 0.1), 11)
  t.near(range(0, 1, 0.1), { 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1 }, 1e-12)
  t.eq(#range(0, 50, 0.5), 101)
end

function test.a_last_that_is_not_reached()
  t.eq(range(0, 5, 2), { 0, 2, 4 })
  t.eq(range(2, 1), {})
end

function test.integers_stay_integers()
  t.eq(math.type(range(0, 3)[2]), "integer")
end

function test.bad_steps()
  t.raises("range: no way from 1 to 2 in steps of 0; give finite numbers, and a step that is not 0", function()
    range(1, 2, 0)
  end)
  t.raises("range: no way from 1 to 2", function()
    range(1, 2, 0 / 0)
  end)
end

function test.ends_are_finite_numbers()
  t.raises("range: last must be number, got nil", function() range(3) end)
  t.raises("range: no way from 0 to inf", function() range(0, math.huge) end)
end

return test
