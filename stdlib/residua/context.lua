-- What an experiment sees while it runs: model, texts, seed, and where its results go.

local cells = require("residua.report.cells")
local counted = require("residua.text").counted
local fewest_units = require("residua.native").stats.fewest_units
local given = require("residua.given")
local plot = require("residua.plot")
local sorted_keys = require("residua.sorted_keys")
local strict = require("residua.strict")
local table_of = require("residua.table")

local M = {}

--- What an experiment's `run` gets as x: what it measures on, and where its results go.
---@class Context
---@field model Model
---@field model2? Model  the second model, where one was given (--model2)
---@field texts Corpus
---@field seed integer  of every random choice of the run
local Context = strict.members("Context", {}, { "model", "model2", "texts", "seed" })
Context.__index = Context
Context.__name = "Context"

---@class residua.context.Opts
---@field experiment Experiment
---@field model Model
---@field model2? Model  a second model, where one was given
---@field texts Corpus
---@field seed integer
---@field write function  receives lines of text

--- Returns the context of one run: fields model, model2, texts, seed; methods table, plot,
--- verdict, refuse, not_run, warn, say.
---@param opts residua.context.Opts
---@return Context
function M.new(opts)
  local self = setmetatable({ experiment = opts.experiment, model = opts.model, model2 = opts.model2,
    texts = opts.texts, seed = opts.seed, write = opts.write, effects = {}, tables = {}, figures = {}, warnings = {},
    sources = {} }, Context)
  given.listen(function(source)
    self.sources[source] = true
  end)
  return self
end

-- How many values of a table have no interval, where their units are too few for one.
local function without_interval(rows)
  local count = 0
  for _, row in ipairs(rows) do
    for _, value in pairs(row) do
      local few = cells.is_effect(value) and value.n and value.n < fewest_units
      count = count + (few and value.low ~= value.low and 1 or 0)
    end
  end
  return count
end

--- Prints rows and keeps them in the record; warns where values have too few units for an interval.
---@param rows table[]  each a table of named values; effects print as "estimate [low, high]"
---@param opts? table  columns, caption
function Context:table(rows, opts)
  local result = table_of(rows, opts)
  self.tables[#self.tables + 1] = result
  self.write(tostring(result))
  local count = without_interval(result)
  if count > 0 then
    self:warn(("%s in this table without an interval, which takes %d units"):format(counted(count, "value"),
      fewest_units))
  end
  self.write("")
end

--- Draws rows and keeps the figure for the report.
---@param rows table[]
---@param opts table  as `plot` takes them: caption, kind, x, y
function Context:plot(rows, opts)
  local figure = plot(rows, opts)
  self.figures[#self.figures + 1] = figure
  self.write(tostring(figure))
  self.write("")
end

--- Says which effect decides a prediction that the experiment declared. The host judges it after the run.
---@param name string  of the prediction
---@param effect table  estimate, low, high, p, n as the functions of `stats` return them; { refused = why } where
---  it cannot be told; { not_run = why } where something is missing that the prediction needs
function Context:verdict(name, effect)
  if not self.experiment.predicts[name] then
    error(("verdict '%s' was not predicted; predictions are %s"):format(tostring(name),
      table.concat(sorted_keys(self.experiment.predicts), ", ")), 2)
  elseif self.effects[name] then
    error(("verdict '%s' was given twice"):format(name), 2)
  elseif type(effect) ~= "table" or not (effect.estimate or effect.refused or effect.not_run) then
    error(("verdict '%s' needs an effect { estimate, low, high }, { refused = why } or { not_run = why }, got %s")
      :format(name, type(effect)), 2)
  end
  local copy = {}
  for key, value in pairs(effect) do
    copy[key] = value
  end
  copy.given = next(self.sources) and table.concat(sorted_keys(self.sources), "; ") or nil
  self.effects[name] = copy
end

-- Gives every prediction that has no effect yet this one.
local function give_rest(self, effect)
  for name in pairs(self.experiment.predicts) do
    if not self.effects[name] then
      self:verdict(name, effect)
    end
  end
end

--- Refuses every prediction that has no effect yet: what is at hand cannot tell.
---@param why string
function Context:refuse(why)
  give_rest(self, { refused = why })
end

--- Says of every prediction that has no effect yet that it was not run: what it needs is missing.
---@param why string
function Context:not_run(why)
  give_rest(self, { not_run = why })
end

--- Records a warning that a reader of the verdicts should see.
---@param message string
function Context:warn(message)
  self.warnings[#self.warnings + 1] = message
  self.write("warning: " .. message)
end

--- Prints a line of explanation.
---@param line string
function Context:say(line)
  self.write(line)
end

return M
