-- What an experiment sees while it runs: model, texts, seed, and where its results go.

local sorted_keys = require("residua.sorted_keys")
local table_of = require("residua.table")

local M = {}

local Context = {}
Context.__index = Context

---@class residua.context.Opts
---@field experiment Experiment
---@field model Model
---@field texts Corpus
---@field seed integer
---@field write function  receives lines of text

--- Returns the context of one run: fields model, texts, seed; methods table, verdict, warn, say.
---@param opts residua.context.Opts
---@return Context
function M.new(opts)
  return setmetatable({ experiment = opts.experiment, model = opts.model, texts = opts.texts, seed = opts.seed,
    write = opts.write, effects = {}, tables = {}, warnings = {} }, Context)
end

--- Prints rows and keeps them in the record.
---@param rows table[]  each a table of named values; effects print as "estimate [low, high]"
---@param opts? table  columns, caption
function Context:table(rows, opts)
  local result = table_of(rows, opts)
  self.tables[#self.tables + 1] = result
  self.write(tostring(result))
  self.write("")
end

--- Says which effect decides a prediction that the experiment declared. The host judges it after the run.
---@param name string  of the prediction
---@param effect table  estimate, low, high, p, n as the functions of `stats` return them; or { refused = why }
function Context:verdict(name, effect)
  if not self.experiment.predicts[name] then
    error(("verdict '%s' was not predicted; predictions are %s"):format(tostring(name),
      table.concat(sorted_keys(self.experiment.predicts), ", ")), 2)
  elseif self.effects[name] then
    error(("verdict '%s' was given twice"):format(name), 2)
  elseif type(effect) ~= "table" or not (effect.estimate or effect.refused) then
    error(("verdict '%s' needs an effect { estimate, low, high }, or { refused = why }, got %s"):format(name,
      type(effect)), 2)
  end
  self.effects[name] = effect
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
