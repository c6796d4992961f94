-- Bundled files: where `mini` and `parallel16` are.

local system = require("residua.system")

local M = {}

-- The folder stdlib/assets/, found from where this file lies.
local folder = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("residua/assets%.lua$", "assets/")

--- Returns the path of a bundled asset of this name, else the name itself.
---@param name string
---@return string path
---@example
---assert(require("residua.assets").path("/tmp") == "/tmp")
function M.path(name)
  if name:match("^[%w_-]+$") and system.exists(folder .. name) then
    return folder .. name
  end
  return name
end

return M
