-- Finds what help is about: functions behind names, names behind functions, and an index of all
-- documented functions. Nothing is registered: it looks at live values and at source files.
local names = require("residua.help.names")
local source = require("residua.help.source")
local sorted_keys = require("residua.sorted_keys")

local M = {}

---@class residua.help.Entry
---@field name string  "quant.int", "Tensor:matmul"
---@field args string  argument names
---@field raw? string  documentation, without dashes
---@field doc residua.help.Doc
---@field path? string  source file of a Lua function
---@field value? function  the function, where it is known

-- The conventional `M` becomes the name of the module.
local function qualify(name, path)
  return (name:gsub("^M([%.:])", function(separator)
    return names.of_file(path) .. separator
  end))
end

local function arg_names(doc)
  local list = {}
  for index, param in ipairs(doc.params) do
    list[index] = param.name .. (param.optional and "?" or "")
  end
  return table.concat(list, ", ")
end

local function lua_entry(item, path, value)
  local doc = source.parse(item.raw or "")
  local args = #doc.params > 0 and arg_names(doc) or item.args
  local name = qualify(item.name, path)
  return { name = name, args = args, raw = item.raw, doc = doc, path = path, value = value }
end

local function native_entry(name, raw, value)
  local doc = source.parse(raw)
  return { name = name, args = arg_names(doc), raw = raw, doc = doc, value = value }
end

--- Returns the native types by name: methods and documented operators of each.
---@return table<string, {methods: table, operators: {name: string, doc: string}[]}>
function M.types()
  local help = names.native().help
  return help and help.types() or {}
end

local function add_natives(entries, members, prefix)
  local doc_of = names.native().help.doc
  for _, key in ipairs(sorted_keys(members)) do
    local name, raw = doc_of(members[key])
    if name then
      entries[#entries + 1] = native_entry(prefix .. key, raw, members[key])
    end
  end
end

-- Native modules that the library hands on as they are have its name.
local function native_prefix(name, module)
  return rawequal(names.module(name), module) and name .. "." or "native." .. name .. "."
end

local function list_natives()
  local entries, modules = {}, names.native()
  for _, name in ipairs(sorted_keys(modules.help and modules or {})) do
    if type(modules[name]) == "table" then
      add_natives(entries, modules[name], native_prefix(name, modules[name]))
    end
  end
  local types = M.types()
  for _, name in ipairs(sorted_keys(types)) do
    add_natives(entries, types[name].methods, name .. ":")
  end
  return entries
end

local natives, natives_by_value

--- Returns an entry per native function, methods of types included.
---@return residua.help.Entry[]
function M.natives()
  if not natives then
    natives, natives_by_value = list_natives(), {}
    for _, entry in ipairs(natives) do
      natives_by_value[entry.value] = natives_by_value[entry.value] or entry
    end
  end
  return natives
end

-- Public functions of a source file: those of `M` and of its classes.
local function add_file(entries, path)
  local file = source.read(path)
  for _, item in ipairs(file and file.functions or {}) do
    if item.name:find("^%u[%w_]*[%.:]") and not item.name:find("[%.:]_") then
      entries[#entries + 1] = lua_entry(item, path)
    end
  end
end

--- Returns an entry per public function: those written in Lua first, then the native ones.
---@return residua.help.Entry[]
---@example
---local lookup = require("residua.help.lookup")
---for _, entry in ipairs(lookup.index()) do assert(#entry.name > 0) end
function M.index()
  local entries = {}
  for _, path in ipairs(names.files()) do
    add_file(entries, path)
  end
  return table.move(M.natives(), 1, #natives, #entries + 1, entries)
end

--- Returns the entry of a function, or nil where nothing is known of it (Lua's own functions).
---@param f function
---@return residua.help.Entry?
---@example
---local lookup = require("residua.help.lookup")
---assert(lookup.entry(lookup.entry).name:find("lookup.entry", 1, true) and not lookup.entry(next))
function M.entry(f)
  local info = debug.getinfo(f, "S")
  if info.what ~= "C" then
    local path = info.source:match("^@(.*)$")
    local item = path and source.function_at(path, info.linedefined)
    return item and lua_entry(item, path, f)
  end
  M.natives()
  return natives_by_value[f]
end

-- A class of the library without `__name` is known by the names of its methods.
local function class_name(meta, methods)
  if type(rawget(meta, "__name")) == "string" then
    return meta.__name
  end
  for _, method in next, methods do
    local entry = type(method) == "function" and M.entry(method)
    local class = entry and entry.name:match("^([%w_%.]+):")
    if class then
      return class
    end
  end
  return nil
end

--- Returns the type of an object and the table of its methods, or nil where it has none.
---@param value any  userdata, or a table with a metatable
---@return string? name
---@return table? methods
function M.object(value)
  local help = names.native().help
  local name = help and help.type_of(value)
  if name then
    return name, M.types()[name].methods
  end
  local meta = debug.getmetatable(value)
  local methods = type(meta) == "table" and rawget(meta, "__index")
  if type(methods) ~= "table" then
    return nil
  end
  return class_name(meta, methods) or type(value), methods
end

-- Reads a member without running code of the user; a lazy module is loaded.
local function member(value, key)
  if type(value) == "table" and rawget(value, key) ~= nil then
    return rawget(value, key)
  end
  local _, methods = M.object(value)
  return methods and rawget(methods, key)
end

local function root(name)
  local value = rawget(_G, name)
  if value ~= nil then
    return value
  end
  value = names.module(name)
  if value ~= nil then
    return value
  end
  local found = M.types()[name]
  return found and found.methods
end

--- Returns the value behind a path of names, without calling anything.
---@param path string  "quant.int", "Tensor:matmul", "m.loss"
---@return any value  nil where there is none
---@example
---local lookup = require("residua.help.lookup")
---assert(lookup.value("string.format") == string.format and lookup.value("no.such") == nil)
function M.value(path)
  local value
  for name in path:gmatch("[^%.:]+") do
    if value == nil then
      value = root(name)
    else
      value = member(value, name)
    end
    if value == nil then
      return nil
    end
  end
  return value
end

local function class_in(path, name)
  local file = path and source.read(path)
  return file and file.classes[name]
end

-- Options classes may lie in the part of a module that has them, and not in the file that names them.
local function class_anywhere(name)
  for _, path in ipairs(name:find("^residua%.") and names.files() or {}) do
    local class = class_in(path, name)
    if class then
      return class
    end
  end
  return nil
end

--- Returns the classes of the library's objects by name: text and fields of each.
---@return table<string, residua.help.Class>
---@example
---local lookup = require("residua.help.lookup")
---assert(lookup.classes().Loss.fields[1].name == "texts")
function M.classes()
  local classes = {}
  for _, path in ipairs(names.files()) do
    for name, class in pairs(source.read(path).classes) do
      classes[name] = name:find("^%u%w*$") and class or nil
    end
  end
  return classes
end

--- Returns an options class and the fields of those it inherits from.
---@param name string  "residua.quant.Opts"
---@param near? string  source file to look in first
---@return residua.help.Class?
---@example
---local lookup = require("residua.help.lookup")
---assert(lookup.class("residua.strict.Opts").fields[1].name == "env")
function M.class(name, near)
  local found
  local fields, seen = {}, {}
  while name and not seen[name] do
    seen[name] = true
    local class = class_in(near, name) or class_anywhere(name)
    table.move(class and class.fields or {}, 1, class and #class.fields or 0, #fields + 1, fields)
    found, name = found or class, class and class.parent
  end
  return found and { name = found.name, text = found.text, fields = fields }
end

return M
