-- Reads LuaCATS documentation: the `---` blocks of Lua files, and the same text without dashes as
-- native functions carry it.
local M = {}

---@class residua.help.Field
---@field name string
---@field optional boolean
---@field type string
---@field text string

---@class residua.help.Class
---@field name string
---@field parent? string
---@field text string
---@field fields residua.help.Field[]

---@class residua.help.Doc
---@field summary string  first sentence
---@field text string  everything before the first tag
---@field params residua.help.Field[]
---@field returns {type: string, name?: string, text: string}[]
---@field examples string[]  code
---@field classes residua.help.Class[]

---@class residua.help.Function
---@field name string  as written: "M.int", "Plan:rank"
---@field args string  as written between the parentheses
---@field line integer  where the function begins
---@field raw? string  its documentation, without the dashes

---@class residua.help.File
---@field summary string  the comment that opens the file
---@field functions residua.help.Function[]
---@field classes table<string, residua.help.Class>

-- Splits "type rest" where the type may hold spaces inside brackets or after ":", "," and "|".
local function split_type(s)
  local depth, position = 0, 1
  while position <= #s do
    local char = s:sub(position, position)
    if char:find("[%(%[{<]") then
      depth = depth + 1
    elseif char:find("[%)%]}>]") then
      depth = depth - 1
    elseif char:find("[\"'`]") then
      position = s:find(char, position + 1, true) or #s
    elseif char == " " and depth <= 0 then
      local goes_on = s:sub(1, position - 1):find("[:,|]$") or s:find("^%s*|", position)
      if not goes_on then
        break
      end
    end
    position = position + 1
  end
  local text = s:sub(position):gsub("^[%s#]+", "")
  return s:sub(1, position - 1), text
end

local function parse_field(rest)
  local name, typed = rest:match("^(%S+)%s*(.*)$")
  local kind, text = split_type(typed or "")
  local bare, optional = (name or "?"):gsub("%?$", "")
  return { name = bare, optional = optional == 1, type = kind, text = text }
end

-- One function per tag; each returns the item whose `text` the following lines continue.
local tags = {}

function tags.param(doc, rest)
  table.insert(doc.params, parse_field(rest))
  return doc.params[#doc.params]
end

tags["return"] = function(doc, rest)
  local kind, text = split_type(rest)
  local name = text:match("^([%a_][%w_]*)%s%s") or text:match("^([%a_][%w_]*)$")
  text = name and text:sub(#name + 1):gsub("^%s+", "") or text
  table.insert(doc.returns, { type = kind, name = name, text = text })
  return doc.returns[#doc.returns]
end

function tags.example(doc, rest)
  table.insert(doc.examples, rest)
  return nil
end

function tags.class(doc, rest)
  local name, parent = rest:match("^([%w_%.]+)%s*:?%s*([%w_%.]*)")
  local class = {
    name = name or rest, parent = parent ~= "" and parent or nil, text = "", fields = {},
  }
  table.insert(doc.classes, class)
  return class
end

function tags.field(doc, rest)
  local class = doc.classes[#doc.classes]
  if not class then
    return nil
  end
  table.insert(class.fields, parse_field(rest))
  return class.fields[#class.fields]
end

local function join(text, line, separator)
  return text == "" and line or text .. separator .. line
end

-- Adds a line without a tag to what stands before it.
local function continue(doc, state, line)
  if state.tag == "example" then
    doc.examples[#doc.examples] = join(doc.examples[#doc.examples], line, "\n")
  elseif state.item then
    state.item.text = join(state.item.text, line:match("^%s*(.-)%s*$"), " ")
  elseif not state.tag then
    state.lines[#state.lines + 1] = line
  end
end

--- Parses documentation: text, then tags.
---@param raw string  LuaCATS text without dashes
---@return residua.help.Doc
---@example
---local source = require("residua.help.source")
---local doc = source.parse("Adds two numbers. Slowly.\n@param a number  left\n@return number")
---assert(doc.summary == "Adds two numbers." and doc.params[1].text == "left")
function M.parse(raw)
  local doc = { params = {}, returns = {}, examples = {}, classes = {} }
  local state = { lines = {} }
  for line in (raw .. "\n"):gmatch("(.-)\n") do
    local tag, rest = line:match("^@(%w+)%s*(.-)%s*$")
    if tag then
      state.tag, state.item = tag, tags[tag] and tags[tag](doc, rest)
    else
      continue(doc, state, line)
    end
  end
  doc.text = table.concat(state.lines, "\n"):gsub("^%s+", ""):gsub("%s+$", "")
  local paragraph = (doc.text .. "\n\n"):match("^(.-)\n%s*\n"):gsub("%s*\n%s*", " ")
  doc.summary = paragraph:match("^(.-%.)%s+%u") or paragraph
  return doc
end

local FUNCTION_FORMS = {
  "^%s*local%s+function%s+([%w_]+)%s*(%b())",
  "^%s*function%s+([%w_%.:]+)%s*(%b())",
  "^%s*local%s+([%w_]+)%s*=%s*function%s*(%b())",
  "^%s*([%w_%.]+)%s*=%s*function%s*(%b())",
}

-- Name and arguments of the function that begins on `line`, if one does; of arguments over several
-- lines only the first.
local function function_on(line)
  if not line:find("function", 1, true) then
    return nil
  end
  for _, form in ipairs(FUNCTION_FORMS) do
    local name, args = line:match(form)
    if not name then
      name, args = (line .. ")"):match(form)
    end
    if name then
      return name, (args:sub(2, -2):gsub(",%s*$", ", ..."))
    end
  end
  return nil
end

-- What stands above a class is about it.
local function add_classes(file, raw)
  local doc = M.parse(raw)
  for _, class in ipairs(doc.classes) do
    class.text = class.text == "" and doc.text or class.text
    file.classes[class.name] = class
  end
end

-- The comment at the top of a file, as one paragraph per block of lines.
local function header_of(lines)
  local header = {}
  for _, line in ipairs(lines) do
    local text = line:match("^%-%-%-?%s?(.*)$")
    if not text or text:find("^@") then
      break
    end
    header[#header + 1] = text
  end
  return table.concat(header, " ")
end

local function scan(lines)
  local file = { summary = header_of(lines), functions = {}, classes = {} }
  local block, in_example = {}, false
  for number, line in ipairs(lines) do
    local text = line:match("^%s*%-%-%-(.*)$")
    if text then
      in_example = text:find("^@example") or in_example and not text:find("^@") -- code keeps its indentation
      block[#block + 1] = in_example and text or text:gsub("^ ", "", 1)
    else
      local raw = #block > 0 and table.concat(block, "\n") or nil
      local name, args = function_on(line)
      if name then
        table.insert(file.functions, { name = name, args = args, line = number, raw = raw })
      end
      if raw and raw:find("@class", 1, true) then
        add_classes(file, raw)
      end
      block, in_example = {}, false
    end
  end
  return file
end

local cache = {}

--- Reads the documentation of a Lua file; files are read once.
---@param path string
---@return residua.help.File? file  nil where the file cannot be read
---@example
---local source = require("residua.help.source")
---assert(source.read("no/such/file.lua") == nil)
function M.read(path)
  if cache[path] == nil then
    local handle = io.open(path, "r")
    if not handle then
      return nil
    end
    local lines = {}
    for line in handle:lines() do
      lines[#lines + 1] = line
    end
    handle:close()
    lines[#lines + 1] = ""
    cache[path] = scan(lines)
  end
  return cache[path]
end

--- Returns the documented function that begins on `line` of a file.
---@param path string
---@param line integer
---@return residua.help.Function?
function M.function_at(path, line)
  local file = M.read(path)
  for _, item in ipairs(file and file.functions or {}) do
    if item.line == line then
      return item
    end
  end
  return nil
end

return M
