-- What the modules of the library are called: global names, files, and back.
local M = {}

-- Modules whose functions lie in a folder of the same name, by subject.
local PARTED <const> = { stats = true, quant = true, search = true, capture = true, disparity = true }

local function protected(name)
  local ok, module = pcall(require, name)
  return ok and module or nil
end

--- Returns the native modules, or an empty table where there are none.
---@return table
function M.native()
  return protected("residua.native") or {}
end

local function library()
  local module = protected("residua")
  return type(module) == "table" and module or {}
end

--- Returns the names of the modules that scripts see as globals, sorted.
---@return string[]
function M.modules()
  local names = {}
  for key, value in pairs(library().names or {}) do
    names[#names + 1] = type(key) == "string" and key or value
  end
  table.sort(names)
  return names
end

--- Returns the module that scripts see as the global `name`, loading it.
---@param name string
---@return any module  nil where there is none
function M.module(name)
  for _, known in ipairs(M.modules()) do
    if known == name then
      local ok, module = pcall(function()
        return library()[name]
      end)
      return ok and module or nil
    end
  end
  return nil
end

local function loaded_as(value)
  for name, module in pairs(package.loaded) do
    if rawequal(module, value) and name ~= "_G" then
      return name
    end
  end
  return nil
end

--- Returns the source file of the global module `name`; its file need not have that name.
---@param name string
---@return string? path
---@example
---local names = require("residua.help.names")
---assert(names.path("help"):find("help.lua", 1, true))
function M.path(name)
  local direct = package.searchpath("residua." .. name, package.path)
  if direct then
    return direct
  end
  local module = M.module(name)
  local required = module ~= nil and loaded_as(module)
  return required and package.searchpath(required, package.path) or nil
end

--- Returns what users call a loaded module: its global name ("quant"), or what they require.
---@param value any
---@return string? name  nil for a value that is no module
---@example
---local names = require("residua.help.names")
---assert(names.of(names) == "residua.help.names" and names.of({}) == nil)
function M.of(value)
  for _, name in ipairs(M.modules()) do
    if rawequal(rawget(library(), name), value) then
      return name
    end
  end
  for name, module in pairs(M.native()) do
    if rawequal(module, value) then
      return "native." .. name
    end
  end
  local required = loaded_as(value)
  local short = required and required:match("^residua%.(%w+)$")
  return short and M.module(short) == value and short or required
end

local by_path

local function global_names_by_path()
  if not by_path then
    by_path = {}
    for _, name in ipairs(M.modules()) do
      by_path[M.path(name) or ""] = name
    end
  end
  return by_path
end

--- Returns what users call the module in a source file; a script is called by its file name.
---@param path string
---@return string
---@example
---local names = require("residua.help.names")
---assert(names.of_file("some/folder/study.lua") == "study")
function M.of_file(path)
  local parted = path:match(".*/residua/(%w+)/[%w_]+%.lua$")
  local name = PARTED[parted] and parted or global_names_by_path()[path] or path:match(".*/(residua/[%w_/]+)%.lua$")
    or path:match("([^/]+)%.lua$") or path
  return (name:gsub("/init$", ""):gsub("/", "."))
end

--- Returns the Lua files of the library, sorted, those of parted modules included.
---@return string[]
function M.files()
  local own = package.searchpath("residua.help", package.path)
  local folder = own and own:match("^(.*)help%.lua$")
  local list = M.native().system and M.native().system.list
  local files = {}
  local function add(inside)
    for _, name in ipairs(list and folder and list(inside) or {}) do
      if name:find("%.lua$") then
        files[#files + 1] = inside .. name
      elseif PARTED[name] then
        add(inside .. name .. "/")
      end
    end
  end
  add(folder)
  return files
end

return M
