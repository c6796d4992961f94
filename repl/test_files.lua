-- The files of tests that `residua test` means: <home>/tests/**/*_test.lua.
local system = require("residua.system")
local terminal = require("residua.terminal")

local M = {}

local function collect(folder, found)
  for _, path in ipairs(terminal.files(folder)) do
    if path:find("/$") then
      collect(path, found)
    elseif path:find("_test%.lua$") then
      found[#found + 1] = path
    end
  end
  return found
end

--- Returns paths of tests.
---@param wanted? string  a path, the name of a file ("quant", "quant_test.lua"), or a folder of tests
---  ("planted/s"); all by default
---@return string[]? paths  nil where there are none
function M.find(wanted)
  local root = terminal.home() .. "/tests/"
  if not wanted then
    return collect(root, {})
  elseif wanted:find("%.lua$") and system.exists(wanted) then
    return { wanted }
  end
  local found = collect(root .. wanted:gsub("/$", "") .. "/", {})
  local file = "/" .. wanted:gsub("_test%.lua$", "") .. "_test.lua"
  for _, path in ipairs(#found == 0 and collect(root, {}) or {}) do
    if path:sub(-#file) == file then
      found[#found + 1] = path
    end
  end
  return #found > 0 and found or nil
end

return M
