-- Tests written in Lua: a suite is a table of functions; this module checks, runs and counts.
--
--   local t = require("residua.testing")
--   local test = t.suite()
--   function test.adds() t.eq(1 + 1, 2) end
--   return test
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")

local M = {}

local skip_mark = {}

--- Returns a new suite. Setting a function in it adds a test; a name that is taken is an error.
---@return table suite
---@example
---local t = require("residua.testing")
---local test = t.suite()
---function test.one() end
---t.raises("test 'one' exists already", function() function test.one() end end)
function M.suite()
  local order, tests = {}, {}
  return setmetatable({}, {
    __index = tests,
    __newindex = function(_, name, f)
      if type(f) ~= "function" then
        error(("test '%s' is not a function"):format(name), 2)
      elseif tests[name] then
        error(("test '%s' exists already"):format(name), 2)
      end
      tests[name] = f
      order[#order + 1] = name
    end,
    __len = function()
      return #order
    end,
    __call = function()
      return order
    end,
  })
end

local function quoted(value)
  return type(value) == "string" and ("%q"):format(value):gsub("\n", "n") or tostring(value)
end

local function fail(message, note, level)
  error(note and note .. ": " .. message or message, level + 1)
end

local function union_of_keys(a, b)
  local keys = sorted_keys(a, true)
  for _, key in ipairs(sorted_keys(b, true)) do
    keys[#keys + 1] = a[key] == nil and key or nil
  end
  return keys
end

-- Compared by content: no object; a metatable without fields, such as that of lists in JSON, makes none.
local function is_plain(value)
  local meta = getmetatable(value)
  return type(value) == "table" and (meta == nil or type(meta) == "table" and next(meta) == nil)
end

-- Where two values differ ("" at the top, ".bits[2]" inside), or nil.
local function difference(a, b, path)
  if a == b or a ~= a and b ~= b then
    return nil
  elseif not (is_plain(a) and is_plain(b)) then
    return path, a, b
  end
  for _, key in ipairs(union_of_keys(a, b)) do
    local step = type(key) == "string" and "." .. key or ("[%s]"):format(tostring(key))
    local where, left, right = difference(a[key], b[key], path .. step)
    if where then
      return where, left, right
    end
  end
  return nil
end

--- Checks that two values are equal; tables are compared by content, NaN equals NaN.
---@param got any
---@param expected any
---@param note? string  put before the message
---@example
---local t = require("residua.testing")
---t.eq({ 1, { bits = 4 } }, { 1, { bits = 4 } })
---t.raises("got 1, expected 2 at .a", function() t.eq({ a = 1 }, { a = 2 }) end)
function M.eq(got, expected, note)
  local where, left, right = difference(got, expected, "")
  if where then
    local at = where ~= "" and " at " .. where or ""
    fail(("got %s, expected %s%s"):format(quoted(left), quoted(right), at), note, 2)
  end
end

--- Checks that a number, or each number of a list, is within `tolerance` of what is expected.
---@param got number|number[]
---@param expected number|number[]
---@param tolerance number  largest absolute difference
---@param note? string  put before the message
---@example
---local t = require("residua.testing")
---t.near({ 0.1 + 0.2, 1 }, { 0.3, 1 }, 1e-12)
---t.raises("got 1.5, expected 1 within 0.1", function() t.near(1.5, 1, 0.1) end)
function M.near(got, expected, tolerance, note)
  if type(got) == "number" and type(expected) == "number" then
    local same = got == expected or got ~= got and expected ~= expected
    local near = math.abs(got - expected) <= tolerance -- false for NaN
    if not same and not near then
      fail(("got %.10g, expected %.10g within %g"):format(got, expected, tolerance), note, 2)
    end
    return
  elseif type(got) ~= "table" or type(expected) ~= "table" then
    fail(("got %s, expected %s"):format(quoted(got), quoted(expected)), note, 2)
  end
  M.eq(#got, #expected, (note and note .. ", " or "") .. "length")
  for index, value in ipairs(expected) do
    local element = ("element %d"):format(index)
    M.near(got[index], value, tolerance, note and note .. ", " .. element or element)
  end
end

--- Checks that a condition holds.
---@param condition any  fails when nil or false
---@param note? string  the message
function M.ok(condition, note)
  if not condition then
    fail(note or "condition does not hold", nil, 2)
  end
end

--- Checks that `f` fails with a message that contains `pattern`, as plain text or as a Lua pattern.
---@param pattern string
---@param f fun()
---@return string message  the whole message
---@example
---local t = require("residua.testing")
---t.raises("bad number", function() error("bad number 5") end)
---t.raises("number %d", function() error("bad number 5") end)
function M.raises(pattern, f)
  local ok, message = pcall(f)
  message = tostring(message)
  if ok then
    fail(("no error, expected one with '%s'"):format(pattern), nil, 2)
  elseif not message:find(pattern, 1, true) and not message:find(pattern) then
    fail(("error '%s', expected one with '%s'"):format(message, pattern), nil, 2)
  end
  return message
end

--- Ends the running test as skipped; the reason is shown.
---@param reason string
function M.skip(reason)
  error(setmetatable({ reason = reason }, skip_mark), 0)
end

-- Shows the calls inside the test only where the message does not name the test itself.
local function handler_for(f)
  local file = debug.getinfo(f, "S").short_src
  return function(problem)
    if getmetatable(problem) == skip_mark then
      return problem
    end
    local message = tostring(problem):gsub("\nstack traceback:.*", "")
    local calls = debug.traceback("", 2):gsub("\n[^\n]*in function 'xpcall'.*", "")
    local inside = message:sub(1, #file) == file or message == "interrupted"
    return { message = inside and message or message .. calls:gsub("^%s*stack traceback:", "") }
  end
end

local function run_one(name, f, counts, write)
  local ok, result = xpcall(f, handler_for(f))
  if ok then
    counts.passed = counts.passed + 1
  elseif getmetatable(result) == skip_mark then
    counts.skipped = counts.skipped + 1
    write(("  skipped %s: %s\n"):format(name, result.reason))
  elseif result.message == "interrupted" then
    error("interrupted", 0)
  else
    counts.failed = counts.failed + 1
    write(("  FAILED  %s\n    %s\n"):format(name, result.message:gsub("\n", "\n    ")))
  end
end

---@class residua.testing.Counts
---@field passed integer
---@field failed integer
---@field skipped integer

--- Runs the tests of a suite in the order in which they were written, or one of them.
---@param suite table  from `suite()`
---@param only? string  name of a test
---@param write? fun(line: string)  gets what failed or was skipped; writes to standard output
---@return residua.testing.Counts
---@example
---local t = require("residua.testing")
---local test = t.suite()
---function test.good() end
---function test.later() t.skip("no data") end
---t.eq(t.run(test, nil, function() end), { passed = 1, failed = 0, skipped = 1 })
function M.run(suite, only, write)
  local counts = { passed = 0, failed = 0, skipped = 0 }
  local order = suite()
  if only and not suite[only] then
    error(("no test '%s'%s"):format(only, spelling.did_you_mean(only, order)), 2)
  end
  for _, name in ipairs(order) do
    if not only or only == name then
      run_one(name, suite[name], counts, write or function(line) io.stdout:write(line) end)
    end
  end
  return counts
end

-- Loads a file that returns a suite; a file that fails to load counts as one failed test.
local function load_suite(path)
  local chunk, problem = loadfile(path)
  if not chunk then
    return nil, problem
  end
  local ok, suite = xpcall(chunk, function(message)
    return tostring(message)
  end)
  if not ok then
    return nil, suite
  elseif type(suite) ~= "table" or not getmetatable(suite) then
    return nil, path .. " returns no suite; end it with 'return test'"
  end
  return suite
end

local function add(total, counts)
  for key, value in pairs(counts) do
    total[key] = total[key] + value
  end
end

local function run_file(path, only)
  local suite, problem = load_suite(path)
  if not suite then
    print(path)
    print("  FAILED  " .. problem)
    return { passed = 0, failed = 1, skipped = 0 }
  elseif only and not suite[only] then
    print(("%s: no test '%s'%s"):format(path, only, spelling.did_you_mean(only, suite())))
    return { passed = 0, failed = 1, skipped = 0 }
  end
  print(path)
  return M.run(suite, only)
end

--- Runs the suites that files return, without a store, and ends with a line of counts.
---@param paths string[]
---@param only? string  name of a test
---@return boolean passed  whether nothing failed
function M.run_files(paths, only)
  require("residua.store").use("off") -- results are computed anew, and the user's own stay as they are
  local total = { passed = 0, failed = 0, skipped = 0 }
  for _, path in ipairs(paths) do
    add(total, run_file(path, only))
  end
  print(("%d passed, %d failed, %d skipped"):format(total.passed, total.failed, total.skipped))
  return total.failed == 0
end

return M
