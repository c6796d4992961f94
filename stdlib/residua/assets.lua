-- Names of models and texts: what is bundled (`mini`, `parallel16`), and where a model's name leads.

local hub = require("residua.hub")
local spelling = require("residua.spelling")
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
  if type(name) ~= "string" then
    error(("a name or a path expected, got %s; \"mini\" and \"parallel16\" are bundled"):format(type(name)), 3)
  end
  if name:match("^[%w_-]+$") and system.exists(folder .. name) then
    return folder .. name
  end
  return name
end

--- Returns the path of a model: a bundled one, else a path that exists, else a snapshot in the Hugging Face cache.
---@param name string  "mini", a folder, "gpt2", "owner/name@revision"
---@return string? path  nil where there is none; a path that is no id comes back as it is
---@return string? message  where it was looked for and how to get it
---@example
---local path, message = require("residua.assets").model("no/such-model")
---assert(not path and message:find("hf download no/such-model", 1, true))
function M.model(name)
  local path = M.path(name)
  if system.exists(path) or not hub.is_id(name) then
    return path
  end
  local snapshot, message = hub.folder(name)
  return snapshot, message and message .. spelling.did_you_mean(name, { "mini" })
end

return M
