-- How wide the text is that a reader sees. The program says it; without one it is 80 cells.

local M = {}

local width_of

--- Sets what knows the width of the terminal.
---@param f? fun(): integer  returns cells per line; nil for 80
---@example
---local screen = require("residua.screen")
---local width = screen.width()
---screen.use(function() return 100 end)
---assert(screen.width() == 100)
---screen.use(function() return width end)
function M.use(f)
  width_of = f
end

--- Returns the cells per line: those of the terminal, 80 where there is none.
---@return integer
---@example
---assert(require("residua.screen").width() > 0)
function M.width()
  return width_of and width_of() or 80
end

return M
