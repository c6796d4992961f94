-- The session: reads commands, runs them, shows results. Nothing that a command does ends it.
local chunk = require("repl.chunk")
local display = require("repl.display")
local failure = require("residua.failure")
local help = require("residua.help")
local system = require("residua.native").system
local terminal = require("residua.terminal")

local M = {}

local PROMPT <const>, CONTINUED <const> = "> ", ".. "
local SLOW <const> = 1 -- seconds from which on the time of a command is shown

---@class repl.State
---@field interactive boolean
---@field failed boolean  whether a command failed

-- Completion is loaded with the first key that asks for it.
local function completer(earlier)
  return function(line)
    return require("repl.completion").complete(line, earlier)
  end
end

---@class repl.Command
---@field code string
---@field ready? repl.Chunk  what to run
---@field subject? string  what help is asked about
---@field message? string  syntax error

-- What the lines so far amount to, or nil where more are needed.
local function parse(code)
  local subject = M.help_subject(code)
  if subject then
    return { code = code, subject = subject }
  end
  local ready, message = chunk.compile(code)
  return (ready or message) and { code = code, ready = ready, message = message }
end

-- Reads lines until they make a command; returns nil and "end" or "interrupted" where none comes.
local function read_command()
  local code
  while true do
    local line, reason = terminal.read_line(code and CONTINUED or PROMPT, completer(code))
    if not line then
      if reason == "end" and code then
        return { code = code, message = "unfinished command" }
      end
      return nil, reason
    end
    code = code and code .. "\n" .. line or line
    local command = parse(code)
    if command then
      return command
    end
  end
end

--- Returns what `?name`, `name?` or `?` asks about: a name or words, "" for the overview, or nil.
---@param line string
---@return string?
function M.help_subject(line)
  local bare = line:gsub("[ \t]*%-%-.*$", "")
  local words = bare:match("^[ \t]*%?[ \t]*([^\n]-)[ \t]*$")
  if words then
    return (words:gsub("^([\"'])(.*)%1$", "%2"):gsub("%(%)$", ""))
  end
  return bare:match("^[ \t]*([%w_%.:-]+)[ \t]*%?[ \t]*$")
end

local function show_help(name)
  local page, message = help.page(name ~= "" and name or nil)
  print(page or message)
end

local function show_results(silent, ...)
  local count = select("#", ...)
  if count == 0 then
    return
  end
  rawset(_G, "_", (select(count, ...)))
  if silent or count == 1 and (...) == nil then
    return
  end
  local shown = {}
  for index = 1, count do
    shown[index] = display.show((select(index, ...)))
  end
  local several = table.concat(shown, "  ")
  print(several:find("\n") and table.concat(shown, "\n") or several)
end

-- A position says nothing about a command of one line.
local function shorten(message, code)
  if code:find("\n") then
    return message
  end
  return (message:gsub("^input:1: ", ""))
end

local function report(result, code, state)
  local problem = failure.of(result)
  if problem.interrupted then
    io.stderr:write("interrupted\n")
  else
    help.remember(problem.traceback)
    io.stderr:write("error: ", shorten(problem.message, code), "\n")
  end
  state.failed = true
end

local function run_protected(f, code, state)
  local started = system.clock()
  local ok, result = terminal.call(failure.handler, f)
  if not ok then
    report(result, code, state)
  end
  local elapsed = system.clock() - started
  if state.interactive and elapsed >= SLOW then
    print(("(%.1f s)"):format(elapsed))
  end
end

local function run_command(command, state)
  if command.message then
    report(command.message, command.code, state)
  elseif command.subject then
    run_protected(function()
      show_help(command.subject)
    end, command.code, state)
  else
    run_protected(function()
      show_results(command.ready.silent, command.ready.run(chunk.keep_locals))
    end, command.code, state)
  end
end

local function history_path()
  local set = os.getenv("RESIDUA_HISTORY")
  if set and set ~= "" then
    return set
  end
  local state = os.getenv("XDG_STATE_HOME")
  if not state or state == "" then
    state = (os.getenv("HOME") or ".") .. "/.local/state"
  end
  return state .. "/residua/history"
end

local function greet()
  terminal.open_history(history_path())
  print(("Residua %s. help() shows help, exit leaves."):format(system.version()))
end

-- What people type to leave.
local function is_farewell(code)
  local word = code:match("^%s*(%a+)%s*%(?%)?%s*$")
  return (word == "exit" or word == "quit") and rawget(_G, word) == nil
end

-- One command; returns false at the end of the input.
local function step(state)
  local command, reason = read_command()
  if not command then
    return reason ~= "end"
  elseif is_farewell(command.code) then
    return false
  end
  if state.interactive then
    terminal.add_history(command.code)
  end
  if command.subject or command.code:find("%S") then
    run_command(command, state)
    io.stdout:flush()
  end
  return state.interactive or not terminal.interrupted()
end

--- Runs the session until its input ends. Ctrl-C ends it only where the input is no terminal.
---@return integer status  of input that is no terminal: 1 where a command failed, 130 at Ctrl-C
function M.run()
  local state = { interactive = terminal.is_terminal(), failed = false }
  if state.interactive then
    greet()
  else
    terminal.end_on_second_interrupt()
  end
  while step(state) do
  end
  if state.interactive then
    print()
    return 0
  end
  return terminal.interrupted() and 130 or state.failed and 1 or 0
end

return M
