-- Models in the local Hugging Face cache: from "owner/name@revision" to the folder of a snapshot. Downloads nothing.

local system = require("residua.system")

local M = {}

local function is_folder(path)
  return system.exists(path .. "/.")
end

-- A path from the environment, where "~" stands for the home folder.
local function expand(path, env)
  return (path:gsub("^~/", function()
    return (env("HOME") or "~") .. "/"
  end))
end

--- Returns the folder of the cache, as huggingface_hub finds it: HF_HUB_CACHE, else HF_HOME/hub, else
--- XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub.
---@param env? fun(name: string): string?  reads an environment variable; os.getenv by default
---@return string
---@example
---local hub = require("residua.hub")
---assert(hub.cache(function(name) return ({ HF_HOME = "/data/hf" })[name] end) == "/data/hf/hub")
function M.cache(env)
  env = env or os.getenv
  local function variable(name)
    local value = env(name)
    return value and value ~= "" and expand(value, env) or nil
  end
  local home = variable("HF_HOME")
    or (variable("XDG_CACHE_HOME") or expand("~/.cache", env)) .. "/huggingface"
  return variable("HF_HUB_CACHE") or home .. "/hub"
end

local function is_name(part)
  return part:find("^[%w_][%w._-]*$") and #part <= 96 and not part:find("..", 1, true)
end

-- The name of the repository and the revision, or nil for what is no id.
local function parse(id)
  local name, revision = id:match("^([^@]+)@([%w_][%w._/-]*)$")
  name = name or id
  local owner, own = name:match("^([^/]+)/([^/]+)$")
  local well_formed = owner and is_name(owner) and is_name(own) or is_name(name)
  if not well_formed or (revision and revision:find("..", 1, true)) then
    return nil
  end
  return name, revision
end

--- Returns whether a name has the form of an id: "gpt2", "owner/name", "owner/name@revision".
---@param name string
---@return boolean
---@example
---local hub = require("residua.hub")
---assert(hub.is_id("bigscience/bloom-560m@main") and not hub.is_id("/models/bloom") and not hub.is_id("a/b/c"))
function M.is_id(name)
  return parse(name) ~= nil
end

-- The commit that a revision stands for: a branch or tag by its file under refs/, a commit by itself.
local function commit_of(repository, revision)
  local ref = not is_folder(repository .. "/refs/" .. revision) and io.open(repository .. "/refs/" .. revision)
  if ref then
    local content = ref:read(100) or ""
    ref:close()
    return content:match("^%s*(%x+)%s*$")
  end
  return revision:match("^%x+$") and is_folder(repository .. "/snapshots/" .. revision) and revision or nil
end

local function listed(folder)
  return is_folder(folder) and table.concat(system.list(folder), ", ") or ""
end

--- Returns the folder of a snapshot in the cache, or nil and what is missing, where, and how to get it.
---@param id string  "gpt2", "owner/name", "owner/name@revision"; a branch, tag or commit, "main" by default
---@param cache? string  folder of the cache
---@return string? folder
---@return string? message
---@example
---local folder, message = require("residua.hub").folder("no/such-model", "/tmp/cache")
---assert(not folder and message:find("/tmp/cache/models--no--such-model", 1, true))
function M.folder(id, cache)
  local name, revision = parse(id)
  if not name then
    return nil, ("'%s' is no Hugging Face id; write owner/name or owner/name@revision"):format(id)
  end
  local repository = ("%s/models--%s"):format(cache or M.cache(), (name:gsub("/", "--")))
  local get = ("; get it with: hf download %s%s"):format(name, revision and " --revision " .. revision or "")
  if not is_folder(repository) then
    return nil, ("no model '%s': no folder of this name, and none at %s%s"):format(id, repository, get)
  end
  local commit = commit_of(repository, revision or "main")
  if not commit then
    return nil, ("model '%s': %s has no revision '%s' (it has: %s)%s"):format(id, repository, revision or "main",
      listed(repository .. "/refs"), get)
  end
  local snapshot = ("%s/snapshots/%s"):format(repository, commit)
  if not is_folder(snapshot) then
    return nil, ("model '%s': its folder %s is not there%s"):format(id, snapshot, get)
  end
  return snapshot
end

return M
