-- From an error to the one line that its reader needs, and to the traceback for who wants more.
local lookup = require("residua.help.lookup")
local names = require("residua.help.names")
local spelling = require("residua.spelling")

local M = {}

---@class residua.Failure
---@field message string  one line that begins with the position in the user's code, if any
---@field traceback string
---@field interrupted boolean

local LIBRARY <const> = "stdlib/residua/"

local function is_program(source)
  return source:find("/repl/[%w_]+%.lua") ~= nil
end

local function is_library(source)
  return source:find(LIBRARY, 1, true) ~= nil or is_program(source)
end

-- "script.lua:3: " of the innermost call that the user wrote.
local function user_position(level)
  local info = debug.getinfo(level, "Sl")
  while info do
    if info.currentline > 0 and not is_library(info.source) then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  return ""
end

-- "Model:layer is a method: write m:layer(layer), with a colon, where m is a Model"
local function with_colon(entry)
  local class, method = entry.name:match("^(%u%w*):(%l[%w_]*)$")
  local variable = class and class:sub(1, 1):lower()
  return class and ("%s is a method: write %s:%s(%s), with a colon, where %s is a %s"):format(entry.name, variable,
    method, entry.args, variable, class)
end

-- "quant.int is no method: write quant.int(opts?), with a dot", where the first argument is the module itself.
local function with_dot(entry, first)
  local module = type(first) == "table" and names.of(first)
  return module and entry.name:match("^(.*)%.") == module
    and ("%s is no method: write %s(%s), with a dot"):format(entry.name, entry.name, entry.args) or nil
end

local function owns(self, f, method)
  local ok, found = pcall(function()
    return self[method]
  end)
  return ok and found == f
end

-- What to write where a native method was called on something else, or nil.
local function native_hint(message)
  local method, class = message:match("bad argument #1 to '([%w_]+)' %((%u%w*) expected, got ")
  local found = lookup.types()[class]
  local f = found and rawget(found.methods, method)
  return f and with_colon(lookup.entry(f))
end

-- What to write where the user called a method on something else, as m.layer(0) calls Model:layer on 0, or a function
-- of a module like a method, or nil. Of the calls from the error up to the user's code the last decides.
local function method_hint(message, level)
  local hint, inside
  local info = debug.getinfo(level, "Sf")
  while info and (info.what == "C" or is_library(info.source) and not is_program(info.source)) do
    if info.what ~= "C" then
      local name, first = debug.getlocal(level, 1)
      local entry = type(first) ~= "function" and lookup.entry(info.func)
      local method = entry and name == "self" and entry.name:match(":(.*)$")
      hint, inside = method and not owns(first, info.func, method) and with_colon(entry) or nil, true
      hint = hint or entry and with_dot(entry, first)
    end
    level = level + 1
    info = debug.getinfo(level, "Sf")
  end
  return hint or not inside and native_hint(message) or nil
end

-- " (did you mean 'perplexity'?)" where an object was asked for a method that it does not have, or which classes have
-- it, else "".
local function near_method(message)
  local method, known = message:match("attempt to call a nil value %(method '([%w_]+)'%)$"), {}
  local owners = {}
  for _, entry in ipairs(method and lookup.index() or {}) do
    local class, name = entry.name:match("^(%u%w*):(.+)$")
    known[#known + 1] = name
    owners[#owners + 1] = name == method and class or nil
  end
  if #owners > 0 then
    return (" (a method of %s; ?CLASS lists those of another)"):format(table.concat(owners, ", "))
  end
  return method and spelling.did_you_mean(method, known) or ""
end

-- Puts the user's line first; the library's own line is of use only where the library broke.
local function relocate(message, position)
  local file, rest = message:match("^(%S+%.lua):%d+: (.*)$")
  if not file or not is_library(file) then
    return message
  end
  return position .. (rest:find("^attempt to ") and message or rest)
end

local function message_of(problem)
  if problem == nil then
    return "error without a message (nil)"
  end
  local meta = type(problem) == "table" and getmetatable(problem)
  if type(problem) == "table" and not (type(meta) == "table" and meta.__tostring) then
    return "error object that is a table without __tostring"
  end
  return tostring(problem)
end

-- The calls of the program itself say nothing to the user.
local function own_calls_removed(traceback)
  traceback = traceback:gsub("\n[^\n]*/repl/[%w_]+%.lua:.*", "")
  return (traceback:gsub("\n\t%[C%]: in [^\n]*$", ""))
end

--- Makes a Failure of what was raised: a message handler for `xpcall`.
---@param problem any  what was raised
---@return residua.Failure
---@example
---local failure = require("residua.failure")
---local _, problem = xpcall(function() return quant.int { bist = 4 } end, failure.handler)
---assert(problem.message:find("did you mean 'bits'", 1, true) and not problem.interrupted)
function M.handler(problem)
  local whole = message_of(problem)
  local message, inner = whole:match("^(.-)\n(stack traceback:.*)$")
  message = message or whole
  local interrupted, position = message == "interrupted", user_position(3)
  local looked, hint = pcall(method_hint, message, 4)
  local near_found, near = pcall(near_method, message)
  message = near_found and message .. near or message
  local calls = debug.traceback("", 2):gsub("^\n", "")
  calls = own_calls_removed(calls)
  return {
    message = not interrupted and looked and hint and position .. hint or relocate(message, position),
    traceback = message .. "\n" .. (inner and inner .. "\n" or "") .. calls,
    interrupted = interrupted,
  }
end

--- Makes a Failure of what a protected call returned; the handler does not see every error.
---@param result any
---@return residua.Failure
---@example
---assert(require("residua.failure").of("no luck").message == "no luck")
function M.of(result)
  if type(result) == "table" and result.traceback then
    return result
  end
  local message = tostring(result)
  return { message = message, traceback = message, interrupted = message == "interrupted" }
end

--- Returns the calls below an error, one per line, without its message.
---@param problem residua.Failure
---@return string
---@example
---assert(require("residua.failure").calls({ traceback = "no luck\nstack traceback:\n\tf" }) == "stack traceback:\n\tf")
function M.calls(problem)
  return problem.traceback:match("\n(stack traceback:.*)$") or ""
end

return M
