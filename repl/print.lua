-- The global `print` of sessions, scripts and experiments.
local plain_print <const> = print

--- Prints values as Lua's own `print` does, but of a plain table what it holds, as a session shows it.
---@param ... any
---@example
---print({ low = 1, high = 2 })
local function print(...)
  local values = table.pack(...)
  for index = 1, values.n do
    if type(values[index]) == "table" then
      values[index] = require("repl.display").readable(values[index])
    end
  end
  plain_print(table.unpack(values, 1, values.n))
end

return print
