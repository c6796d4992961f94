-- The command line: what `residua` was asked to do, and the exit status.
-- 0 done, 1 a run failed, 2 wrong use, 130 ended by Ctrl-C.
local arguments = require("repl.arguments")
local failure = require("residua.failure")
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")
local strict = require("residua.strict")
local terminal = require("residua.terminal")
local usage = require("repl.usage")

local M = {}

local program = "residua" -- as it was called

local function complain(message)
  io.stderr:write("residua: ", message, "\n")
end

local function wrong_use(message)
  complain(message)
  return 2
end

-- Runs `f` so that Ctrl-C stops it, and turns what it returns or raises into an exit status. What catches the
-- interrupt and goes on, such as a report that is not complete, was interrupted all the same.
local function guarded(f, options, prefix)
  local ok, result = terminal.call(failure.handler, f)
  if terminal.interrupted() then
    io.stderr:write("interrupted\n")
    return 130
  elseif not ok then
    local problem = failure.of(result)
    io.stderr:write(prefix or "", problem.message, "\n")
    if options.traceback then
      io.stderr:write(failure.calls(problem), "\n")
    end
    return 1
  end
  return math.tointeger(result) or result == false and 1 or 0
end

-- Globals as user code sees them: the modules of the library, loaded on first use.
local function install_globals(assign)
  rawset(_G, "print", require("repl.print"))
  require("residua.store").use()
  require("residua.screen").use(terminal.width)
  strict.install({
    modules = require("residua"),
    assign = assign,
    optional = { "_" },
    on_hide = assign and function(name)
      local note = "note: '%s' hides the module; '%s = nil' shows it again\n"
      io.stderr:write(note:format(name, name))
    end,
  })
end

-- Chooses device and threads; returns what is wrong with them.
local function set_machine(options)
  if not options.device and not options.threads then
    return nil
  end
  local system = require("residua.native").system
  local ok, message = pcall(system.set_threads, options.threads or system.threads())
  if not ok then
    return "--threads: " .. message:match("%((.*)%)$")
  end
  ok, message = pcall(system.set_device, options.device or system.device())
  return not ok and message:gsub("^.-set_device: ", "") or nil
end

local function run_session()
  install_globals(true)
  return require("repl.session").run()
end

local function run_code(code, options)
  install_globals(true)
  terminal.end_on_second_interrupt()
  local chunk = require("repl.chunk")
  local ready, message = chunk.compile(code)
  if not ready then
    return wrong_use(message and message:gsub("^input:1: ", "") or "the code of -e is unfinished")
  end
  return guarded(function()
    local display = require("repl.display")
    local results = table.pack(ready.run(chunk.keep_locals))
    for index = 1, ready.silent and 0 or results.n do
      print(display.show(results[index]))
    end
  end, options)
end

local function run_script(path, args, options)
  local chunk, message = loadfile(path)
  if not chunk then
    local missing = message:find("^cannot open")
    io.stderr:write(message, "\n")
    return missing and 2 or 1
  end
  rawset(_G, "arg", table.move(args, 1, #args, 1, { [0] = path }))
  install_globals(false)
  terminal.end_on_second_interrupt()
  return guarded(function()
    local result = chunk(table.unpack(args))
    if require("residua.experiment").is(result) then
      io.stderr:write(("%s declares an experiment; run it with: %s run %s\n"):format(path, program, path))
      return 2
    end
  end, options)
end

local commands = {}

function commands.run(options, rest)
  local ids, params = {}, {}
  for _, argument in ipairs(rest) do
    local key, value = arguments.assignment(argument)
    if key then
      params[key] = value
    else
      ids[#ids + 1] = argument
    end
  end
  if #ids == 0 then
    return wrong_use("run needs the id of an experiment; 'residua list' shows them")
  elseif options.quick and options.full then
    return wrong_use("options '--quick' and '--full' exclude each other")
  end
  options.params = params
  return require("residua.runner").run(ids, options)
end

function commands.list()
  return require("residua.runner").list()
end

function commands.runs(options, rest)
  local status, problem = require("repl.runs").run(options, rest)
  return status or wrong_use(problem)
end

function commands.info(options, rest)
  if #rest ~= 1 then
    return wrong_use("info needs one model, such as: residua info mini")
  end
  local info = require("residua.model").info(rest[1], { digest = options.digest })
  print(options.json and require("residua.json").encode(info, true) or tostring(info))
  return 0
end

function commands.doc(_, rest)
  local help = require("residua.help")
  local page, message = help.page(rest[1] and table.concat(rest, " "))
  if not page then
    complain(message)
    return 1
  end
  print(page)
  return 0
end

function commands.new(_, rest)
  if #rest ~= 1 then
    return wrong_use("new needs one name, such as: residua new T-100")
  end
  local path, problem = require("residua.template").write(rest[1])
  if not path then
    return wrong_use(problem)
  end
  print(("wrote %s; run it with: %s run %s"):format(path, program, path))
  return 0
end

function commands.test(_, rest)
  local paths = require("repl.test_files").find(rest[1])
  if not paths then
    return wrong_use(("no test file '%s' here or in tests/"):format(rest[1] or ""))
  end
  return require("residua.testing").run_files(paths, rest[2]) and 0 or 1
end

function commands.doctor()
  return require("residua.doctor").report() or 0
end

function commands.stubs(_, rest)
  local folder = rest[1] or terminal.home() .. "/stdlib/residua/meta"
  require("residua.native").system.make_folder(folder)
  for _, path in ipairs(require("residua.stubs").write(folder)) do
    print(path)
  end
  return 0
end

-- Arguments that a command takes at most; what it would leave unread is wrong use.
local MOST <const> = { list = 0, test = 2, doctor = 0, stubs = 1 }

-- Options may stand before or after the name of the command.
local function run_command(name, args, before)
  local options, rest = arguments.parse(args, usage.OPTIONS[name] or usage.GENERAL)
  if not options then
    return wrong_use(("%s: %s"):format(name, rest))
  elseif options.help then
    print(usage.of(name))
    return 0
  elseif #rest > (MOST[name] or #rest) then
    return wrong_use(("%s does not take '%s'; 'residua --help' says what it takes"):format(name, rest[MOST[name] + 1]))
  end
  for key, value in pairs(before) do
    options[key] = options[key] or value
  end
  local problem = set_machine(options)
  if problem then
    return wrong_use(problem)
  end
  install_globals(false)
  terminal.end_on_second_interrupt()
  return guarded(function()
    return commands[name](options, rest)
  end, options, "residua: ")
end

local function unknown_command(word)
  local near = spelling.did_you_mean(word, sorted_keys(commands))
  local hint = near == "" and "; 'residua --help' shows the commands" or near
  return wrong_use(("no command or file '%s'%s"):format(word, hint))
end

-- -e '?quant.int' asks as a session does.
local function answer(code, options)
  local subject = require("repl.session").help_subject(code)
  if subject then
    return commands.doc(options, { subject ~= "" and subject or nil })
  end
  return run_code(code, options)
end

local function dispatch(options, rest)
  local problem = set_machine(options)
  if problem then
    return wrong_use(problem)
  elseif options.code then
    return answer(options.code, options)
  elseif not rest[1] then
    return run_session()
  elseif rest[1]:find("%.lua$") or require("residua.system").exists(rest[1]) then
    return run_script(rest[1], table.move(rest, 2, #rest, 1, {}), options)
  end
  return unknown_command(rest[1])
end

--- Does what the arguments of the program ask for.
---@param args string[]  [0], if there, is the program as it was called
---@return integer status  exit status
function M.main(args)
  program = args[0] or program
  local options, rest = arguments.parse(args, usage.TOP, true)
  if not options then
    return wrong_use(rest)
  elseif options.help then
    print(usage.TEXT)
    return 0
  elseif options.version then
    print("residua " .. require("residua.native").system.version())
    return 0
  elseif options.code and rest[1] then
    return wrong_use(("-e does not take '%s'; put all of its code in quotes"):format(rest[1]))
  elseif commands[rest[1]] then
    return run_command(rest[1], table.move(rest, 2, #rest, 1, {}), options)
  end
  return dispatch(options, rest)
end

return M
