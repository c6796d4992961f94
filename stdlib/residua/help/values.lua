-- Pages of values at hand: functions, modules, tables, objects; and the overview.
local lookup = require("residua.help.lookup")
local names = require("residua.help.names")
local objects = require("residua.help.objects")
local render = require("residua.help.render")
local source = require("residua.help.source")
local text = require("residua.text")

local M = {}

local OVERVIEW = [[
Residua: a Lua lab for quantization research on language models.

Indices: dimensions and elements of tensors count from 1 (negative from the end); layers are labels
and count from 0, as in the literature: L0 ... L11.

help(x) or ?x shows the documentation of a function, a module or an object; help("word") searches.]]

-- The documentation of a module is the comment that opens its file.
local function module_summary(name)
  local path = names.path(name)
  local file = path and source.read(path)
  return file and file.summary or ""
end

local function first_sentence(s)
  return s:match("^(.-%.)%s") or s
end

--- Returns the page that opens help: what counts from where, how to ask, the modules.
---@return string
---@example
---assert(require("residua.help.values").overview():find("Modules", 1, true))
function M.overview()
  local rows = {}
  for _, name in ipairs(names.modules()) do
    rows[#rows + 1] = { name, first_sentence(module_summary(name)) }
  end
  local modules = #rows > 0 and "\n\nModules\n" .. render.list(rows) or ""
  return render.prose(OVERVIEW) .. modules
end

local function function_help(f)
  local entry = lookup.entry(f)
  if entry then
    return render.entry(entry)
  end
  local where = debug.getinfo(f, "S")
  if where.what == "C" then
    return "A function of Lua itself: see https://www.lua.org/manual/5.4"
  end
  local place = ("%s:%d"):format(where.short_src, where.linedefined)
  return "A function without documentation, from " .. place
end

local function module_help(module, name)
  local parts = { name }
  local summary = module_summary(name)
  if summary ~= "" then
    parts[#parts + 1] = text.wrap(summary, 80, "  ")
  end
  local meta = getmetatable(module)
  local call = type(meta) == "table" and meta.__call and lookup.entry(meta.__call)
  if call and call.raw then
    call.name = name
    parts[#parts + 1] = render.entry(call)
  end
  local rows = objects.member_rows(module, name .. ".")
  if #rows > 0 then
    parts[#parts + 1] = "Members\n" .. render.list(rows)
  end
  return table.concat(parts, "\n\n")
end

-- The type whose method table `value` is.
local function type_with_methods(value)
  for name, found in pairs(lookup.types()) do
    if rawequal(found.methods, value) then
      return name
    end
  end
  return nil
end

local function table_help(value)
  local module = names.of(value)
  if module then
    return module_help(value, module)
  end
  local name, methods = type_with_methods(value), value
  if not name then
    name, methods = lookup.object(value)
  end
  if name then
    return objects.page(name, methods)
  end
  local meta = debug.getmetatable(value)
  if type(meta) == "table" and lookup.classes()[rawget(meta, "__name")] then -- its fields are made when they are read
    return objects.page(meta.__name)
  end
  local rows = objects.member_rows(value, "")
  return #rows > 0 and "A table with\n" .. render.list(rows) or "A table without named members"
end

--- Returns the page of a value.
---@param value any
---@return string
---@example
---assert(require("residua.help.values").page(quant.int):find("^quant.int%(opts%?%) %-> Quantizer"))
function M.page(value)
  if type(value) == "function" then
    return function_help(value)
  elseif type(value) == "table" then
    return table_help(value)
  end
  local name, methods = lookup.object(value)
  if name then
    return objects.page(name, methods)
  end
  return ("A %s: %s"):format(type(value), tostring(value))
end

return M
