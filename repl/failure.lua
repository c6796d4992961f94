-- From an error to the one line that its reader needs, and to the traceback for who wants more.
local M = {}

---@class repl.Failure
---@field message string  one line that begins with the position in the user's code, if any
---@field traceback string
---@field interrupted boolean

local LIBRARY = "stdlib/residua/"

local function is_library(source)
  return source:find(LIBRARY, 1, true) or source:find("/repl/[%w_]+%.lua")
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

--- Message handler for `terminal.call` and `xpcall`.
---@param problem any  what was raised
---@return repl.Failure
function M.handler(problem)
  local whole = message_of(problem)
  local message, inner = whole:match("^(.-)\n(stack traceback:.*)$")
  message = message or whole
  local calls = debug.traceback("", 2):gsub("^\n", "")
  calls = own_calls_removed(calls)
  return {
    message = relocate(message, user_position(3)),
    traceback = message .. "\n" .. (inner and inner .. "\n" or "") .. calls,
    interrupted = message == "interrupted",
  }
end

--- Makes a Failure of what a protected call returned; the handler does not see every error.
---@param result any
---@return repl.Failure
function M.of(result)
  if type(result) == "table" and result.traceback then
    return result
  end
  local message = tostring(result)
  return { message = message, traceback = message, interrupted = message == "interrupted" }
end

return M
