-- Completion of a half-typed line: globals, fields, methods, option names, file names.
local context = require("repl.context")
local experiments = require("residua.help.experiments")
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

-- The function that is called with the table constructor `bracket`, alone or after other arguments.
local function callee_of_table(code, place, bracket)
  local outer = place.brackets[#place.brackets - 1]
  local follows = outer and outer.char == "(" and code:sub(1, bracket.position - 1):find(",%s*$")
  return context.callee(code, follows and outer or bracket)
end

-- The options class for the table constructor around the end of `code`.
local function options_around(code, place)
  local bracket = place.brackets[#place.brackets]
  local path = bracket and bracket.char == "{" and callee_of_table(code, place, bracket)
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

-- The strings that an option may be: those that its documentation has in quotes.
local function option_values(class, option)
  local values = {}
  for _, field in ipairs(class and class.fields or {}) do
    if field.name == option and field.type:find("string", 1, true) then
      for value in field.text:gmatch('"([^"%s]+)"') do
        values[#values + 1] = value
      end
    end
  end
  return values
end

-- What comes with the program, by the functions that take its name.
local BUNDLED <const> = { ["model.load"] = "mini", ["model.info"] = "mini", ["corpus.load"] = "parallel16",
  ["corpus.minimal_pairs"] = "agreement" }

-- Names that a function knows beside files.
local function known_to(path)
  return (path == "run" or path == "help") and experiments.ids() or { BUNDLED[path] }
end

local function in_string(code, place)
  local typed, before = code:sub(place.string + 1), code:sub(1, place.string - 1)
  local option = before:match("([%a_][%w_]*)%s*=%s*$")
  local values = option and option_values(options_around(code, place), option) or {}
  if #values > 0 then
    return #typed, starting_with(values, typed)
  end
  local words = starting_with(known_to(before:match("([%a_][%w_%.]*)%s*%(?%s*$")), typed)
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
  if question ~= "" and #words == 0 then
    length, words = #code, starting_with(experiments.ids(), code)
  end
  return #line - length + 1, words
end

return M
