-- The bundled experiments: scripts/<group>/<ID>.lua, found by id.

local experiment = require("residua.experiment")
local spelling = require("residua.spelling")
local system = require("residua.system")

local M = {}

local folder = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("stdlib/residua/library%.lua$", "scripts/")
local GROUPS = { "exp", "s", "t", "studies" }

-- All ids in order, and the file of each.
local function index()
  local ids, files = {}, {}
  for _, group in ipairs(GROUPS) do
    if system.exists(folder .. group) then
      for _, name in ipairs(system.list(folder .. group)) do
        local id = name:match("^(.+)%.lua$")
        if id then
          ids[#ids + 1], files[id] = id, folder .. group .. "/" .. name
        end
      end
    end
  end
  return ids, files
end

-- "T-*" as a Lua pattern.
local function to_pattern(glob)
  return "^" .. glob:gsub("[%-%.%+%[%]%(%)%$%^%%%?]", "%%%0"):gsub("%*", ".*") .. "$"
end

--- Returns the ids that match, in the order of the library.
---@param wanted string  an id, a glob such as "T-*", a family such as "studies", or "all"; case does not matter
---@return string[]
---@example
---local library = require("residua.library")
---assert(library.find("t-004")[1] == "T-004" and #library.find("studies") == #library.family("studies"))
function M.find(wanted)
  local ids, family = index(), M.family(wanted:lower())
  if #family > 0 then
    return family
  end
  local pattern, found = wanted:lower() == "all" and "^.*$" or to_pattern(wanted:lower()), {}
  for _, id in ipairs(ids) do
    if id:lower():find(pattern) then
      found[#found + 1] = id
    end
  end
  if #found == 0 then
    local file = wanted .. ".lua"
    local hint = wanted:find("%.lua$") and "; there is no such file"
      or system.exists(file) and (" in the library, but there is %s: residua run %s"):format(file, file)
      or spelling.did_you_mean(wanted, ids) .. "; residua list shows them all"
    error(("no experiment '%s'%s"):format(wanted, hint), 0)
  end
  return found
end

--- Returns the folder of the bundled scripts, with a slash at its end.
---@return string
function M.folder()
  return folder
end

--- Returns the ids of a family, sorted; none where there is no such family.
---@param family string  "exp", "s", "t" or "studies"
---@return string[]
---@example
---local library = require("residua.library")
---assert(library.family("s")[1] == "S-001" and #library.family("x") == 0)
function M.family(family)
  local found, ids, files = {}, index()
  for _, id in ipairs(ids) do
    found[#found + 1] = files[id]:find("/" .. family .. "/" .. id .. ".lua", 1, true) and id or nil
  end
  return found
end

--- Returns the file of an experiment.
---@param id string  or the path of a script
---@return string
function M.path(id)
  local _, files = index()
  return files[id] or id
end

--- Returns the comment that opens the file of an experiment: why it does what it does.
---@param id string  or the path of a script
---@return string  empty where there is none
---@example
---local library = require("residua.library")
---assert(library.method("S-003"):find("floor(layers x percent / 100)", 1, true))
function M.method(id)
  local lines = {}
  for line in io.lines(M.path(id)) do
    local comment = line:match("^%-%-%s?(.*)$")
    if not comment then
      break
    end
    lines[#lines + 1] = comment
  end
  return table.concat(lines, "\n")
end

local digests = setmetatable({}, { __mode = "k" }) -- of the scripts, by declaration

--- Returns the digest of the script that an experiment was loaded from: two runs of one id may be of two versions.
---@param declared Experiment
---@return string?  nil where `load` did not load it
---@example
---local library = require("residua.library")
---assert(library.digest(library.load("T-004")) == library.digest(library.load("T-004")))
function M.digest(declared)
  return digests[declared]
end

--- Returns the declaration of an experiment by id, or from the path of a script.
---@param id string
---@return Experiment
function M.load(id)
  local _, files = index()
  local chunk, message = loadfile(files[id] or id) -- skips a line such as #!/usr/bin/env residua
  if not chunk then
    error(message, 0)
  end
  local declared = chunk()
  if not experiment.is(declared) then
    error(("%s: the script returns no experiment; end it with return experiment { ... }"):format(files[id] or id), 0)
  end
  local file <close> = assert(io.open(files[id] or id, "rb"))
  digests[declared] = system.digest(file:read("a"))
  return declared
end

return M
