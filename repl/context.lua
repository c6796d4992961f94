-- Where in a piece of Lua code its end lies: inside a string, a comment, which open brackets.
local M = {}

---@class repl.Bracket
---@field char string  "(", "[" or "{"
---@field position integer

---@class repl.Context
---@field string? integer  position of the opening quote of an unfinished string
---@field comment boolean  whether the end is inside a comment
---@field brackets repl.Bracket[]  unclosed ones, outermost first

-- The position after a long bracket that opens at `position`, or nil where none opens there.
local function long_end(code, position)
  local level = code:match("^%[(=*)%[", position)
  if not level then
    return nil
  end
  local _, last = code:find("]" .. level .. "]", position, true)
  return last and last + 1 or #code + 1, not last
end

local function comment_end(code, position)
  local after, open = long_end(code, position + 2)
  if after then
    return after, open
  end
  local newline = code:find("\n", position, true)
  return newline or #code + 1, not newline
end

-- The position after a quoted string, or nil where it does not end.
local function quote_end(code, position)
  local quote = code:sub(position, position)
  local at = position + 1
  while at <= #code do
    local char = code:sub(at, at)
    if char == quote then
      return at + 1
    elseif char == "\n" then
      return at
    end
    at = at + (char == "\\" and 2 or 1)
  end
  return nil
end

local function step_bracket(brackets, char, position)
  if char:find("[%(%[{]") then
    brackets[#brackets + 1] = { char = char, position = position }
  else
    brackets[#brackets] = nil
  end
end

--- Returns what is open at the end of `code`.
---@param code string
---@return repl.Context
function M.at_end(code)
  local context = { comment = false, brackets = {} }
  local position = 1
  while true do
    position = code:find("[%-%[%]%(%){}\"']", position)
    if not position then
      return context
    end
    local char = code:sub(position, position)
    local after, open
    if code:find("^%-%-", position) then
      after, open = comment_end(code, position)
      context.comment = open or false
    elseif char == '"' or char == "'" then
      after = quote_end(code, position)
      context.string = not after and position or nil
    elseif char ~= "-" then
      after = long_end(code, position)
      if not after then
        step_bracket(context.brackets, char, position)
      end
    end
    if context.string then
      return context
    end
    position = after or position + 1
  end
end

--- Returns the path of the function that is called with the bracket: `quant.int {`, `m:loss(`.
---@param code string
---@param bracket repl.Bracket
---@return string? path
function M.callee(code, bracket)
  local before = code:sub(1, bracket.position - 1)
  if bracket.char == "{" then
    before = before:gsub("%(%s*$", "")
  end
  local path = before:match("([%a_][%w_%.:]*)%s*$")
  local first = path and #before:match("^(.-)%s*$") - #path
  local follows = first and first > 0 and before:sub(first, first):find("[%.:%)%]\"']")
  return not follows and path or nil
end

return M
