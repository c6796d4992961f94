-- Numbers that were typed in, not measured. A verdict that is given after they were read says that it rests on them.

local M = {}

--- Typed-in numbers, which `given { ... }` returns: read like the table that was given, and never changed.
---@class Given
local Given = {}
Given.__name = "Given"

local listener

--- Has `f` called with the source of given numbers whenever they are read; one listener at a time.
---@param f? fun(source: string)
function M.listen(f)
  listener = f
end

local function read(self)
  if listener then
    listener(self.source)
  end
  return self.values
end

function Given.__index(self, name)
  return read(rawget(self, Given))[name]
end

function Given.__len(self)
  return #read(rawget(self, Given))
end

function Given.__pairs(self)
  return pairs(read(rawget(self, Given)))
end

function Given.__newindex()
  error("given numbers do not change; write another given { ... }", 2)
end

function Given.__tostring(self)
  return ("given: %s"):format(rawget(self, Given).source)
end

--- Returns typed-in numbers that remember where they are from. Every verdict that an experiment gives after it read
--- them is marked in tables, records and reports: "rests on given numbers".
---@param values table  source (a text: where the numbers are from), and the numbers by name or as a list
---@return Given
---@example
---local record = given { source = "an example", share = { 0.1, 0.2 } }
---assert(record.share[2] == 0.2 and tostring(record) == "given: an example")
function M.of(values)
  if type(values) ~= "table" or type(values.source) ~= "string" or values.source == "" then
    error("given numbers need to say where they are from: given { source = \"...\", ... }", 3)
  end
  local copy = {}
  for name, value in pairs(values) do
    copy[name] = name ~= "source" and value or nil
  end
  return setmetatable({ [Given] = { source = values.source, values = copy } }, Given)
end

--- Returns typed-in numbers that remember where they are from, as `given.of` does.
---@param values table
---@return Given
local function call(_, values)
  return M.of(values)
end

return setmetatable(M, { __call = call })
