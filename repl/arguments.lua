-- Reads options and positional arguments of a command line.
local spelling = require("residua.spelling")

local M = {}

---@class repl.Option
---@field key string  name in the result
---@field value? string  what the value stands for, in usage; a flag takes none
---@field least? integer  the value is an integer of at least this

local function option_names(options)
  local names = {}
  for name in pairs(options) do
    names[#names + 1] = name
  end
  return names
end

local function convert(name, option, value)
  if not option.least then
    return value
  end
  local number = math.tointeger(tonumber(value))
  if not number or number < option.least then
    return nil, ("option '%s' takes a whole number of at least %d, not '%s'"):format(name, option.least, value)
  end
  return number
end

-- Reads the option at args[index]; returns how many arguments it took, or nil and a message.
local function read_option(args, index, options, found)
  local name, value = args[index]:match("^(%-%-[^=]+)=(.*)$")
  name = name or args[index]
  local option = options[name]
  if not option then
    local near = spelling.did_you_mean(name, option_names(options))
    return nil, ("unknown option '%s'%s"):format(name, near)
  elseif not option.value then
    found[option.key] = true
    return not value and 1 or nil, ("option '%s' takes no value"):format(name)
  end
  local taken = value and 1 or 2
  value = value or args[index + 1]
  if not value then
    return nil, ("option '%s' needs a value: %s %s"):format(name, name, option.value)
  end
  local problem
  found[option.key], problem = convert(name, option, value)
  return not problem and taken or nil, problem
end

--- Splits arguments into options and the rest.
---@param args string[]
---@param options table<string, repl.Option>  by name, "--seed"
---@param first_only? boolean  stop at the first argument that is no option
---@return table? found  option values by key
---@return string[]|string rest  other arguments in order; or what is wrong
function M.parse(args, options, first_only)
  local found, rest = {}, {}
  local index = 1
  while index <= #args do
    local arg = args[index]
    if arg == "--" then
      table.move(args, index + 1, #args, #rest + 1, rest)
      break
    elseif arg:find("^%-.") then
      local taken, problem = read_option(args, index, options, found)
      if not taken then
        return nil, problem
      end
      index = index + taken
    else
      rest[#rest + 1] = arg
      index = index + 1
      if first_only then
        table.move(args, index, #args, #rest + 1, rest)
        break
      end
    end
  end
  return found, rest
end

--- Returns a `key=value` argument as key and value; numbers and booleans become such.
---@param arg string
---@return string? key  nil where the argument has another form
---@return any value
function M.assignment(arg)
  local key, value = arg:match("^([%a_][%w_]*)=(.*)$")
  if not key then
    return nil
  elseif value == "true" or value == "false" then
    return key, value == "true"
  end
  return key, tonumber(value) or value
end

return M
