-- Lays out documentation in 80 columns.
local lookup = require("residua.help.lookup")
local screen = require("residua.screen")
local text = require("residua.text")

local M = {}

local WIDTH = 80

-- Rows of (name, type, text): two aligned columns, and the text wrapped beside them.
local function field_lines(fields)
  local first, second = 0, 0
  for _, field in ipairs(fields) do
    first = math.max(first, text.width(field.name) + (field.optional and 1 or 0))
    second = math.max(second, math.min(text.width(field.type), 24))
  end
  local lines = {}
  local beside = 2 + first + 2 + second + 2
  for _, field in ipairs(fields) do
    local name = field.name .. (field.optional and "?" or "")
    local head = "  " .. text.pad(name, first) .. "  " .. text.pad(field.type, second)
    local body = text.wrap(field.text, WIDTH, (" "):rep(beside))
    if text.width(head) + 2 <= beside and body ~= "" then
      body = head .. "  " .. body:sub(beside + 1)
    else
      body = body == "" and head or head .. "\n" .. body
    end
    lines[#lines + 1] = (body:gsub("[ ]+\n", "\n"):gsub("[ ]+$", ""))
  end
  return table.concat(lines, "\n")
end

local function section(title, body)
  return title .. "\n" .. body
end

--- Returns fields under a heading: name, type, text.
---@param title string
---@param fields residua.help.Field[]
---@return string
---@example
---local render = require("residua.help.render")
---assert(render.fields("Fields", { { name = "n", type = "integer", text = "how many" } })
---  == "Fields\n  n  integer  how many")
function M.fields(title, fields)
  return section(title, field_lines(fields))
end

local function returns_text(doc)
  local lines = {}
  for _, item in ipairs(doc.returns) do
    local head = item.type .. (item.name and " " .. item.name or "")
    local line = item.text == "" and head or head .. ": " .. item.text
    lines[#lines + 1] = text.wrap(line, WIDTH, "  ")
  end
  return table.concat(lines, "\n")
end

local function returned_types(doc)
  local types = {}
  for index, item in ipairs(doc.returns) do
    types[index] = item.type
  end
  return #types > 0 and " -> " .. table.concat(types, ", ") or ""
end

--- Returns the one line that says how a function is called.
---@param entry residua.help.Entry
---@return string
function M.signature(entry)
  return ("%s(%s)%s"):format(entry.name, entry.args, returned_types(entry.doc))
end

-- The option classes among the parameters, each with its fields.
local function option_sections(entry, sections)
  for _, param in ipairs(entry.doc.params) do
    for name in param.type:gmatch("[%a_][%w_%.]*") do
      local class = lookup.class(name, entry.path)
      if class and #class.fields > 0 then
        sections[#sections + 1] = section("Options in " .. param.name, field_lines(class.fields))
      end
    end
  end
end

--- Returns the documentation of a function: signature, text, parameters, options, returns, example.
---@param entry residua.help.Entry
---@return string
---@example
---local lookup = require("residua.help.lookup")
---local render = require("residua.help.render")
---assert(render.entry(lookup.entry(render.entry)):find("render.entry(entry) -> string", 1, true))
function M.entry(entry)
  local doc = entry.doc
  local about = doc.text ~= "" and doc.text or "No documentation."
  local sections = { text.wrap(M.signature(entry), WIDTH), M.prose(about, "  ") }
  if #doc.params > 0 then
    sections[#sections + 1] = section("Parameters", field_lines(doc.params))
  end
  option_sections(entry, sections)
  if #doc.returns > 0 then
    sections[#sections + 1] = section("Returns", returns_text(doc))
  end
  for _, example in ipairs(doc.examples) do
    sections[#sections + 1] = section("Example", "  " .. example:gsub("\n", "\n  "))
  end
  return table.concat(sections, "\n\n")
end

--- Returns text wrapped in 80 columns. Lines of a paragraph are joined; indented lines, such as
--- formulas, and list items stay as they are.
---@param s string
---@param indent? string
---@return string
---@example
---local render = require("residua.help.render")
---assert(render.prose("one\ntwo\n\n  y = x") == "one two\n\n  y = x")
function M.prose(s, indent)
  local lines, paragraph = {}, {}
  local function flush()
    if #paragraph > 0 then
      lines[#lines + 1] = text.wrap(table.concat(paragraph, " "), WIDTH, indent)
      paragraph = {}
    end
  end
  for line in (s .. "\n"):gmatch("(.-)\n") do
    if line == "" or line:find("^%s") or line:find("^[%*%-|]") then
      flush()
      lines[#lines + 1] = line == "" and "" or (indent or "") .. line
    else
      paragraph[#paragraph + 1] = line
    end
  end
  flush()
  return table.concat(lines, "\n")
end

--- Returns one line per (name, summary), the summaries aligned and cut at the width of the
--- screen, 80 cells at least; what every summary of a function opens with, "Returns", is left out.
---@param rows {[1]: string, [2]: string}[]
---@return string
---@example
---local render = require("residua.help.render")
---assert(render.list({ { "a", "first" }, { "bc", "second" } }) == "  a   first\n  bc  second")
function M.list(rows)
  local widest = 0
  for _, row in ipairs(rows) do
    widest = math.max(widest, math.min(text.width(row[1]), 36))
  end
  local lines = {}
  for index, row in ipairs(rows) do
    local line = "  " .. text.pad(row[1], widest) .. "  " .. row[2]:gsub("^Returns ", "")
    lines[index] = text.cut(line, math.max(WIDTH, screen.width())):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

return M
