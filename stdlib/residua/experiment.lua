-- Experiments: a question, predictions, and a function that answers. They are declarations, with parameters, which the
-- host runs.

local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")

local M = {}

local FIELDS = { id = "string", title = "string", asks = "string", params = "table", predicts = "table",
  run = "function", quick = "table", full = "table" }

local CRITERIA = { above = true, below = true, within = true }

local function fail(id, format, ...)
  error(("experiment %s: %s"):format(type(id) == "string" and id or "?", format:format(...)), 4)
end

-- What a criterion must be, where it is something else.
local function malformed(key, bound)
  if key ~= "within" then
    return type(bound) ~= "number" and "a number"
  end
  local pair = type(bound) == "table" and type(bound[1]) == "number" and type(bound[2]) == "number"
  return not (pair and bound[1] <= bound[2]) and "{ low, high }"
end

-- A prediction is its text, or { text, above = x }, { text, below = x }, { text, within = { a, b } }: where the
-- effect's interval has to lie. A plain text means above = 0.
local function prediction(id, name, value)
  if type(value) == "string" then
    return { text = value, above = 0 }
  end
  if type(value) ~= "table" or type(value[1]) ~= "string" then
    fail(id, "prediction '%s' must be a text, or { text, above = number }", name)
  end
  local result, criteria = { text = value[1] }, 0
  for _, key in ipairs(sorted_keys(value, true)) do
    local bound = value[key]
    if key ~= 1 then
      if not CRITERIA[key] then
        fail(id, "prediction '%s' has an unknown criterion '%s'; use above, below or within", name, tostring(key))
      elseif malformed(key, bound) then
        fail(id, "prediction '%s': %s must be %s", name, key, malformed(key, bound))
      end
      result[key], criteria = bound, criteria + 1
    end
  end
  if criteria == 0 then
    result.above = 0
  elseif criteria > 1 then
    fail(id, "prediction '%s' has several criteria; use one", name)
  end
  return result
end

-- A size changes params that there are.
local function check_size(declaration, size)
  local params = declaration.params or {}
  for _, name in ipairs(sorted_keys(declaration[size] or {}, true)) do
    local value, default = declaration[size][name], params[name]
    if default == nil then
      local shown, names = tostring(name), sorted_keys(params)
      fail(declaration.id, "'%s' has '%s', which params lack%s", size, shown, spelling.did_you_mean(shown, names))
    elseif type(value) ~= type(default) then
      fail(declaration.id, "'%s': '%s' must be a %s, as in params, got %s", size, name, type(default), type(value))
    end
  end
end

--- A declared experiment, which `residua run` and `run` run.
---@class Experiment
---@field id string
---@field title string
---@field asks string
---@field params table
---@field predicts table<string, table>  text, and one of above, below, within
---@field run function
local Experiment = {}
Experiment.__index = Experiment
Experiment.__name = "Experiment"

function Experiment:__tostring()
  return ("%s %s: %s"):format(self.id, self.title, self.asks)
end

---@class residua.experiment.Declaration
---@field id string  "T-004"
---@field title string
---@field asks string  the question
---@field params? table  parameters with defaults; `key=value` on the command line changes them
---@field quick? table  parameters of a small run (--quick)
---@field full? table  parameters of the whole run (--full)
---@field predicts table  name -> text (the effect is above 0), or { text, above | below = number }, or
---  { text, within = { low, high } }; `?verdict.of` says when one is supported
---@field run function  (p, x): the parameters, and the context of the run: x.model, x.model2, x.texts, x.seed,
---  x:table(rows, opts), x:plot(rows, opts), x:verdict(name, effect), x:refuse(why), x:not_run(why), x:warn(message),
---  x:say(line); `?Context` says what each does

--- Declares an experiment. It does not run here; `residua run ID` or `run("ID")` runs it.
---@param declaration residua.experiment.Declaration
---@return Experiment
---@example
---local e = experiment {
---  id = "X-001", title = "Example", asks = "Is two more than one?",
---  predicts = { more = "the difference is positive" },
---  run = function(_, x) x:verdict("more", { estimate = 1, low = 0.5, high = 1.5, n = 9 }) end,
---}
---assert(e.predicts.more.above == 0)
function M.declare(declaration)
  if type(declaration) ~= "table" then
    error("experiment: a table of fields expected, as in experiment { id = \"X-001\", ... }, got "
      .. type(declaration), 3)
  end
  local id = declaration.id
  for _, name in ipairs(sorted_keys(declaration, true)) do
    local value = declaration[name]
    if not FIELDS[name] then
      local names = sorted_keys(FIELDS)
      fail(id, "unknown field '%s'%s; fields are %s", tostring(name), spelling.did_you_mean(tostring(name), names),
        table.concat(names, ", "))
    elseif type(value) ~= FIELDS[name] then
      fail(id, "field '%s' must be a %s, got %s", name, FIELDS[name], type(value))
    end
  end
  for _, name in ipairs { "id", "title", "asks", "predicts", "run" } do
    if declaration[name] == nil then
      fail(id, "field '%s' is missing", name)
    end
  end
  check_size(declaration, "quick")
  check_size(declaration, "full")
  local result = setmetatable({ predicts = {} }, Experiment)
  for name, value in pairs(declaration) do
    result[name] = name == "predicts" and {} or value
  end
  result.params = declaration.params or {}
  for _, name in ipairs(sorted_keys(declaration.predicts, true)) do
    result.predicts[name] = prediction(id, name, declaration.predicts[name])
  end
  return result
end

--- Returns whether a value is an experiment.
---@param value any
---@return boolean
function M.is(value)
  return getmetatable(value) == Experiment
end

--- Declares an experiment, as `experiment.declare` does.
---@param declaration residua.experiment.Declaration
---@return Experiment
local function call(_, declaration)
  return M.declare(declaration)
end

return setmetatable(M, { __call = call })
