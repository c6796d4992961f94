-- Jobs: the experiments that a run was asked for, each with its parameters.

local library = require("residua.library")
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")
local system = require("residua.system")

local M = {}

-- What is no parameter, but an option of the run, or a field of the context.
local OF_RUN <const> = { model = true, model2 = true, texts = true, seed = true, out = true, json = true }
local OF_SCRIPT <const> = { model = true, model2 = true, texts = true, seed = true }

local function no_param(declared, name, params, hint)
  local names = sorted_keys(params)
  local meant = hint and (" (it is %s)"):format(hint) or spelling.did_you_mean(name, names)
  return ("%s has no parameter '%s'%s; %s"):format(declared.id, name, meant, #names > 0
    and "parameters are " .. table.concat(names, ", ") or "it takes none")
end

-- A parameter that nobody declared would be nil, which an option takes for "as by default".
local function strict(params, declared)
  return setmetatable(params, { __index = function(_, name)
    error(no_param(declared, tostring(name), params, OF_SCRIPT[name] and "x." .. name), 2)
  end })
end

-- The declared parameters with those of the size chosen and those given; an unknown one is an error.
local function params_of(declared, options)
  local params = {}
  for name, value in pairs(declared.params) do
    params[name] = value
  end
  for name, value in pairs(options.quick and declared.quick or options.full and declared.full or {}) do
    params[name] = value
  end
  for _, name in ipairs(sorted_keys(options.params or {}, true)) do
    local value = options.params[name]
    if params[name] == nil then
      error(no_param(declared, name, params, OF_RUN[name] and "an option of the run: --" .. name), 0)
    elseif type(value) ~= type(params[name]) then
      error(("%s: parameter '%s' must be a %s, got '%s'"):format(declared.id, name, type(params[name]),
        tostring(value)), 0)
    end
    params[name] = value
  end
  return strict(params, declared)
end

--- Returns what was asked for: declarations with their parameters. An unknown id or parameter is an error.
---@param ids string|string[]  ids, globs such as "T-*", families such as "studies", "all", or paths of scripts
---@param options residua.runner.RunOpts
---@return table[] jobs  declared (Experiment), params
---@example
---local jobs = require("residua.jobs").of("t-004", { params = { bits = 3 } })
---assert(#jobs == 1 and jobs[1].declared.id == "T-004" and jobs[1].params.bits == 3)
function M.of(ids, options)
  local list, seen = {}, {}
  for _, wanted in ipairs(type(ids) == "table" and ids or { ids }) do
    local is_file = wanted:find("%.lua$") and system.exists(wanted)
    for _, id in ipairs(is_file and { wanted } or library.find(wanted)) do
      if not seen[id] then
        seen[id] = true
        local declared = library.load(id)
        list[#list + 1] = { declared = declared, params = params_of(declared, options) }
      end
    end
  end
  return list
end

return M
