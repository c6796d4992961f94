-- One command of a session: whether it is complete, what it evaluates to, what it leaves behind.
local M = {}

M.name = "=input"

---@class repl.Chunk
---@field run fun(...): ...  gets the function that keeps locals
---@field silent boolean  ends in ";", so results are not shown

local function is_incomplete(message)
  return message:find("<eof>$") ~= nil
end

-- `code` as an expression, then as statements whose locals outlive it: the last statement hands the
-- frame to the function that the chunk receives. A constant that the compiler knows would be no local.
local function compile(code)
  code = code:gsub("^(%s*local%s+[%a_][%w_]*)%s*<%s*const%s*>", "%1")
  local expression, expected = load("return " .. code, M.name, "t")
  if expression then
    return expression
  elseif is_incomplete(expected) then -- "1 +" is no statement, but the start of an expression
    return nil, expected
  end
  local plain, message = load(code, M.name, "t")
  return plain and load(code .. "\n;(...)()", M.name, "t") or plain, message
end

--- Compiles what was typed so far.
---@param code string
---@return repl.Chunk? chunk  nil where more lines are needed or the syntax is wrong
---@return string? message  syntax error; nil where more lines are needed
function M.compile(code)
  local trimmed = code:match("^(.-)%s*$")
  local silent = trimmed:sub(-1) == ";"
  local run, message = compile(silent and trimmed:sub(1, -2) or code)
  if run then
    return { run = run, silent = silent }
  elseif is_incomplete(message) then
    return nil
  end
  return nil, message
end

--- Makes the locals of the calling chunk globals, so that `local m = ...` can be used in the next
--- command. The chunk calls it as its last statement.
function M.keep_locals()
  local index = 1
  local name, value = debug.getlocal(2, index)
  while name do
    if name:sub(1, 1) ~= "(" then
      _G[name] = value
    end
    index = index + 1
    name, value = debug.getlocal(2, index)
  end
end

return M
