-- Bad input to every function of `stats`: each error names the function that was called, once, at its start.
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local NAN <const> = 0 / 0

-- Each stands for an argument; what a function takes happens to be among them now and then.
local BAD <const> = {
  ["nothing"] = false, ["an empty list"] = {}, ["one number"] = { 1 }, ["a NaN"] = { 1, NAN, 3, 4, 5, 6 },
  ["words"] = { "a", "b", "c" }, ["a word"] = "x", ["a number"] = -1, ["a boolean"] = true,
  ["equal numbers"] = { 0, 0, 0, 0, 0, 0 }, ["an empty tensor"] = tensor.zeros(0),
  ["a cube"] = tensor.zeros(2, 2, 2),
}

local function argument(value)
  return value or nil
end

-- Checks the message of a call that fails; returns whether it did.
local function check(name, what, ...)
  local ok, message = pcall(stats[name], ...)
  if ok then
    return false
  end
  local prefix, text = "stats." .. name .. ": ", tostring(message):gsub("^[^\n]-:%d+: ", "")
  local where = ("stats.%s of %s: '%s'"):format(name, what, message)
  t.eq(text:sub(1, #prefix), prefix, where)
  t.ok(not text:find(name .. ":", #prefix, true), where)
  t.ok(not text:find("attempt to", 1, true) and not text:find("bad argument", 1, true), where)
  t.ok(not text:find("\n", 1, true), where)
  return true
end

function test.every_message_begins_once_with_the_name_that_was_called()
  local functions = 0
  for name, value in pairs(stats) do
    if type(value) == "function" then
      functions = functions + 1
      local failed = 0
      for what, bad in pairs(BAD) do
        for other, second in pairs(BAD) do
          local pair = what .. " and " .. other
          failed = failed + (check(name, pair, argument(bad), argument(second)) and 1 or 0)
          check(name, pair .. " twice", argument(bad), argument(second), argument(second))
        end
        failed = failed + (check(name, what, argument(bad)) and 1 or 0)
      end
      t.ok(failed > 0, name .. " takes anything")
    end
  end
  t.ok(functions > 40, functions)
end

function test.options_of_the_wrong_kind()
  for name, opts in pairs({ mean = { level = 2 }, paired_difference = { resamples = 0 }, ratio = { level = 0 },
    correlation = { resamples = -1 }, difference = { level = NAN } }) do
    t.ok(check(name, "an option out of range", { 1, 2, 3, 4 }, name == "mean" and opts or { 4, 3, 2, 2 }, opts), name)
  end
end

function test.the_argument_is_named()
  t.raises("stats.correlation: y: 2 values where x has 3", function() stats.correlation({ 1, 2, 3 }, { 1, 2 }) end)
  t.raises("stats.mean: values: table expected, got nil", function() stats.mean() end)
  t.raises("stats.ols: predictor 'a': item 2 must be a number, got string", function()
    stats.ols({ 1, 2, 3 }, { a = { 1, "x", 3 } })
  end)
  t.raises("stats.fit: student: ", function() stats.fit({ 1, 2, 3 }, "student") end)
  t.raises("stats.auc: 1 positives and 0 negatives", function() stats.auc({ 1 }, { true }) end)
end

-- The line is that of the caller, not one of the library.
function test.the_callers_line_is_named()
  local line = debug.getinfo(1, "l").currentline + 1
  local _, message = pcall(function() stats.paired_difference({ 1 }, { 1, 2 }) end)
  t.ok(message:find(("stats_errors_test.lua:%d: stats.paired_difference: b: "):format(line), 1, true), message)
end

-- A callback's own error is no error of stats.bootstrap.
function test.callbacks_speak_for_themselves()
  local _, message = pcall(stats.bootstrap, 4, function() return tensor.zeros(2):sum("one") end)
  t.ok(message:find("bad argument #1 to 'sum'", 1, true) and not message:find("stats.bootstrap: ", 1, true), message)
  t.raises("stats.bootstrap: the statistic returned nil; return a number", function()
    stats.bootstrap(4, function() end)
  end)
end

return test
