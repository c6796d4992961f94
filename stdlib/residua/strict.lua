-- Strict globals: reading an undefined global is an error that names it, and so is making a new one
-- in a script. Modules of the library appear as globals on first use.
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")

local M = {}

---@class residua.strict.Opts
---@field env? table  table of the globals; `_G` by default
---@field modules? table  modules by name, loaded on access; its `names` lists them
---@field assign? boolean  allow new globals, as a session does; false by default
---@field optional? string[]  globals that may be read while undefined
---@field on_hide? fun(name: string)  called when a new global hides a module

-- The names of a table of modules; `names` is a list of names or a table keyed by name.
local function module_names(modules)
  local names = {}
  for key, value in pairs(modules and modules.names or {}) do
    names[#names + 1] = type(key) == "string" and key or value
  end
  return names
end

local function set_of(names)
  local set = {}
  for _, name in ipairs(names or {}) do
    set[name] = true
  end
  return set
end

-- Lua libraries that are installed on the machine were not written for strict globals, and C code
-- reports its own errors.
local function is_exempt(level)
  local info = debug.getinfo(level + 1, "S")
  return not info or info.what == "C" or info.source:find("/share/lua/5%.%d/") ~= nil
end

--- Returns the names of all globals and modules that code in `env` can read, sorted.
---@param env? table  `_G` by default
---@return string[]
---@example
---local strict = require("residua.strict")
---assert(table.concat(strict.names({ b = 1, a = 2 }), " ") == "a b")
function M.names(env)
  env = env or _G
  local meta = getmetatable(env)
  local names, seen = meta and meta.module_names and meta.module_names() or {}, {}
  for _, name in ipairs(names) do
    seen[name] = true
  end
  for name in next, env do
    if type(name) == "string" and not seen[name] then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function reader(env, modules, known, optional)
  return function(_, name)
    if known[name] then
      return modules[name]
    end
    if type(name) ~= "string" or optional[name] or is_exempt(2) then
      return nil
    end
    error(("undefined global '%s'%s"):format(name, spelling.did_you_mean(name, M.names(env))), 2)
  end
end

local function writer(known, opts)
  return function(env, name, value)
    if not opts.assign and type(name) == "string" and not is_exempt(2) then
      error(("assignment to new global '%s'; write 'local %s'"):format(name, name), 2)
    end
    if known[name] and value ~= nil and opts.on_hide then
      opts.on_hide(name)
    end
    rawset(env, name, value)
  end
end

--- Makes reading a member that a table does not have an error that names the nearest one. A table with an `__index` of
--- its own stays as it is.
---@param name string  what users call it: "stats", "Context"
---@param members table
---@param optional? string[]  names that may be read although it does not have them
---@param numbers? string  what to write instead of `value[1]`, which then is an error too
---@return table members
---@example
---local strict = require("residua.strict")
---local m = strict.members("stats", { mean = 1 })
---local ok, message = pcall(function() return m.meen end)
---assert(not ok and message:find("stats has no 'meen' (did you mean 'mean'?); ?stats lists what it has", 1, true))
function M.members(name, members, optional, numbers)
  local meta, may_miss = getmetatable(members) or {}, set_of(optional)
  if type(meta) ~= "table" or meta.__index ~= nil then
    return members
  end
  meta.__index = function(_, key)
    if numbers and type(key) == "number" then
      error(("%s cannot be indexed by [%s]; %s"):format(name, key, numbers), is_exempt(2) and 3 or 2)
    end
    if type(key) == "string" and not may_miss[key] and not is_exempt(2) then
      local names = sorted_keys(members)
      table.move(optional or {}, 1, #(optional or {}), #names + 1, names)
      error(("%s has no '%s'%s; ?%s lists what it has"):format(name, key, spelling.did_you_mean(key, names), name), 2)
    end
  end
  return setmetatable(members, meta)
end

--- Makes reading an unknown method of native types an error that names it and the nearest one.
---@param native table  modules of types of methods
function M.methods(native)
  for _, module in pairs(native) do
    for type_name, methods in pairs(module) do
      if type(methods) == "table" and type_name:find("^%u") then
        M.members(type_name, methods, nil, rawget(methods, "row")
          and "write t:at(i, ...) for a number, t:row(i) for a row" or ("?%s lists what it has"):format(type_name))
      end
    end
  end
end

--- Makes the globals of `opts.env` strict. Existing globals may be read and assigned as before.
---@param opts? residua.strict.Opts
---@example
---local strict = require("residua.strict")
---local env = { model = 1 }
---strict.install({ env = env })
---local ok, message = pcall(function() return env.modle end)
---assert(not ok and message:find("undefined global 'modle' (did you mean 'model'?)", 1, true))
function M.install(opts)
  opts = opts or {}
  local env, modules = opts.env or _G, opts.modules
  local known = set_of(module_names(modules))
  setmetatable(env, {
    __index = reader(env, modules, known, set_of(opts.optional)),
    __newindex = writer(known, opts),
    module_names = function()
      return module_names(modules)
    end,
  })
end

return M
