-- Completion of a half-typed line: globals, fields, methods, option names, file names.
local context = require("repl.context")
local lookup = require("residua.help.lookup")
local strict = require("residua.strict")
local terminal = require("residua.terminal")

local M = {}

local KEYWORDS <const> = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

local function starting_with(names, prefix)
  local found, seen = {}, {}
  for _, name in ipairs(names) do
    local hidden = name:sub(1, 1) == "_" and prefix == ""
    if name:sub(1, #prefix) == prefix and not hidden and not seen[name] then
      seen[name] = true
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

local function add_names(names, members, functions_only)
  for key, value in next, members do
    local fits = type(value) == "function" or not functions_only
    if type(key) == "string" and key:find("^[%a_][%w_]*$") and fits then
      names[#names + 1] = key
    end
  end
end

local function members_of(value, functions_only)
  local names = {}
  if type(value) == "table" then
    add_names(names, value, functions_only)
  end
  local _, methods = lookup.object(value)
  if methods then
    add_names(names, methods, functions_only)
  end
  return names
end

-- The options class that a function takes, found in its documentation.
local function options_of(path)
  local value = lookup.value(path)
  local meta = type(value) == "table" and debug.getmetatable(value)
  local f = type(meta) == "table" and rawget(meta, "__call") or value
  local entry = type(f) == "function" and lookup.entry(f)
  for _, param in ipairs(entry and entry.doc.params or {}) do
    for name in param.type:gmatch("[%a_][%w_%.]*") do
      local class = lookup.class(name, entry.path)
      if class and #class.fields > 0 then
        return class
      end
    end
  end
  return nil
end

-- The options class for the table constructor around the end of `code`.
local function options_around(code, place)
  local bracket = place.brackets[#place.brackets]
  local path = bracket and bracket.char == "{" and context.callee(code, bracket)
  return path and options_of(path), bracket
end

local function option_names(class, written)
  local names = {}
  for _, field in ipairs(class.fields) do
    local taken = written:find("%f[%w_]" .. field.name .. "%s*=")
    if not taken then
      names[#names + 1] = field.name .. " = "
    end
  end
  return names
end

-- The strings that an option may be: its type is written "tensor"|"channel".
local function option_values(class, option)
  local values = {}
  for _, field in ipairs(class and class.fields or {}) do
    if field.name == option then
      for value in field.type:gmatch('"([^"]*)"') do
        values[#values + 1] = value
      end
    end
  end
  return values
end

-- The models and texts that come with the program.
local function bundled(path)
  local wants_model = path == "model.load" or path == "model.info"
  if not wants_model and path ~= "corpus.load" then
    return {}
  end
  local names = {}
  for _, folder in ipairs(terminal.files(terminal.home() .. "/stdlib/assets/")) do
    local config = io.open(folder .. "config.json")
    if config then
      config:close()
    end
    if (config ~= nil) == wants_model then
      names[#names + 1] = folder:match("([^/]+)/$")
    end
  end
  return names
end

local function in_string(code, place)
  local typed = code:sub(place.string + 1)
  local option = code:sub(1, place.string - 1):match("([%a_][%w_]*)%s*=%s*$")
  local words = option and option_values(options_around(code, place), option) or {}
  local bracket = place.brackets[#place.brackets]
  local path = bracket and bracket.char == "(" and context.callee(code, bracket)
  local names = path and bundled(path) or {}
  words = starting_with(table.move(names, 1, #names, #words + 1, words), typed)
  local files = terminal.files(typed)
  return #typed, table.move(files, 1, #files, #words + 1, words)
end

local function globals(prefix)
  local names = strict.names()
  return starting_with(table.move(KEYWORDS, 1, #KEYWORDS, #names + 1, names), prefix)
end

-- Candidates for the name or the path of names that `code` ends in.
local function of_path(code)
  local word = code:match("[%a_][%w_%.:]*$") or ""
  local before = code:sub(1, #code - #word)
  local base, separator, part = word:match("^(.*)([%.:])([%w_]*)$")
  if before:find("[%.:%d]$") then
    return 0, {} -- a field of what a call returns, or a number: unknown before it runs
  elseif not base then
    return #word, globals(word)
  end
  local value = lookup.value(base)
  local names = value ~= nil and members_of(value, separator == ":") or {}
  return #part, starting_with(names, part)
end

local function complete(code)
  local place = context.at_end(code)
  if place.comment then
    return 0, {}
  elseif place.string then
    return in_string(code, place)
  end
  local part = code:match("[%a_][%w_]*$") or ""
  local class, bracket = options_around(code, place)
  if class and code:sub(1, #code - #part):find("[{,;]%s*$") then
    local names = starting_with(option_names(class, code:sub(bracket.position)), part)
    if #names > 0 then
      return #part, names
    end
  end
  return of_path(code)
end

--- Returns where the part to complete begins in `line`, and what may stand there.
---@param line string  up to the cursor
---@param earlier? string  the lines before it of the same command
---@return integer start
---@return string[] words
function M.complete(line, earlier)
  local question = not earlier and line:match("^%s*%?%s*") or ""
  local code = (earlier and earlier .. "\n" or "") .. line:sub(#question + 1)
  local length, words = complete(code)
  return #line - length + 1, words
end

return M
