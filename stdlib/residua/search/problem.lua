-- A search problem: units that may be protected, and what a set of them is worth. Values are measured in batches and
-- kept, so no set is measured twice, whichever searches share the problem.

local disparity = require("residua.disparity")
local gap = require("residua.disparity.gap")
local measured = require("residua.search.measured")
local options = require("residua.options")
local quant = require("residua.quant")
local spelling = require("residua.spelling")
local stats = require("residua.stats")
local subset = require("residua.search.subset")
local units = require("residua.search.units")
local values = require("residua.search.values")
local why_not = require("residua.disparity.measurable")

--- What to protect, and what it is worth: what `search.problem` returns.
---@class Problem
---@field units table[]  what may be protected, each with its label and text
---@field n integer  how many units there are
local Problem = {}
Problem.__index = Problem
Problem.__name = "Problem"

local COLUMNS <const> = { loss = "dnll", gap = "gap" }

local spec = { model = { "Model" }, texts = { "Corpus" }, with = { "Quantizer|table" },
  units = { "string|integer|table" }, measure = { "string|function" }, value = { "function" },
  cost = { "function" }, seed = { "integer", 1 }, resamples = { "integer", 1000 }, level = { "number", 0.95 } }

-- A problem belongs to a model or to a function; options of the other one have no effect, which is an error.
local function check_kind(where, opts)
  local function refuse(condition, message, ...)
    if condition then
      error(where .. ": " .. message:format(...), 5)
    end
  end
  if opts.value then
    for _, name in ipairs({ "model", "texts", "with", "measure" }) do
      refuse(opts[name] ~= nil, "option '%s' belongs to a model, which 'value' replaces", name)
    end
    refuse(not opts.units or type(opts.units) == "string", "with 'value', 'units' is a list of labels or their number")
    return
  end
  refuse(not opts.model, "option 'model' is missing; give model, texts and with, or units and value")
  refuse(not opts.texts, "option 'texts' is missing")
  refuse(not opts.with, "option 'with' is missing; name a quantizer, as in with = quant.int { bits = 4 }")
  refuse(opts.cost, "option 'cost' belongs to 'value'; plans of a model have their own")
  refuse(math.type(opts.units) == "integer", "'units' is a number; name them, as in units = \"layer\"")
end

-- The quantizer or method, which params it is for, and what is always protected.
local function scheme_of(where, with)
  if type(with) ~= "table" or quant.is_method(with) then
    return { with = with }
  end
  local scheme = options.check(where .. ": with", with, { with = { "Quantizer|table", required = true },
    params = { "string|table|function" }, protect = { "string|table|function" } }, 5)
  return scheme
end

-- A problem as it is, or made of options; `where` is the function that users called.
local function made(where, question)
  if getmetatable(question) == Problem then
    return question
  end
  local opts = options.check(where, question, spec, 4)
  check_kind(where, opts)
  local self = { opts = opts, column = "value", known = {}, losses = {}, summaries = {}, costs = {}, measured = 0 }
  if opts.model then
    opts.units, opts.measure = opts.units or "layer", opts.measure or "loss"
    if type(opts.measure) == "string" then
      options.one_of(where, "measure", opts.measure, { "gap", "loss" }, 4)
    end
    self.scheme, self.column = scheme_of(where, opts.with), COLUMNS[opts.measure] or "value"
  end
  self.units, self.number_of = units.of(where, opts, self.scheme)
  self.n = #self.units
  return setmetatable(self, Problem)
end

-- A list of labels as a set.
local function set_of(problem, labels, level)
  local positions = {}
  if type(labels) ~= "table" then
    error(("a set is a list of units, such as { %s }, got %s"):format(problem.units[1].text, type(labels)), level + 1)
  end
  for i, label in ipairs(labels) do
    positions[i] = problem.number_of[label]
    if not positions[i] then
      local names = {}
      for j, unit in ipairs(problem.units) do
        names[j] = unit.text
      end
      error(("the problem has no unit '%s'%s"):format(tostring(label), spelling.did_you_mean(tostring(label), names)),
        level + 1)
    end
  end
  return subset.of(problem.n, positions)
end

--- Returns the values of sets, measured in one batch where they are not known yet: dNLL [nats per predicted token], gap
--- [nats per byte], or what the problem's function returns.
---@param sets any[][]  each a list of units: { 0, 11 } of layers
---@return number[] values
---@example
---local p = search.problem { units = 2, value = function(sets)
---  local sizes = {}
---  for i, set in ipairs(sets) do sizes[i] = #set end
---  return sizes
---end }
---assert(p:values({ {}, { 1, 2 } })[2] == 2)
function Problem:values(sets)
  local list = {}
  if type(sets) ~= "table" then
    error("Problem:values: a list of sets expected, got " .. type(sets), 2)
  end
  for i, labels in ipairs(sets) do
    list[i] = set_of(self, labels, 2)
  end
  return values.lookup(self, list)
end

--- Returns the value of one set.
---@param set any[]
---@return number value
---@example
---local p = search.problem { units = 2, value = function(sets)
---  local sizes = {}
---  for i, set in ipairs(sets) do sizes[i] = #set end
---  return sizes
---end }
---assert(p:value({ 1, 2 }) == 2)
function Problem:value(set)
  return values.lookup(self, { set_of(self, set, 2) })[1]
end

--- Returns how much higher the value of a set is than that of another, with an interval over sentences, which are
--- resampled jointly for both.
---@param set any[]
---@param other? any[]  by default nothing is subtracted, and the value is the effect
---@return table effect  estimate, low, high, n (sentences), level
---@example
---local texts = corpus.load("parallel16", { sentences = 3, languages = { "eng", "heb" } })
---local p = search.problem { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 } }
---local e = p:effect({ 0 }, {})
---assert(e.low <= e.estimate and e.estimate < 0)
function Problem:effect(set, other)
  local combination = { [set_of(self, set, 2)] = 1 }
  if other then
    local key = set_of(self, other, 2)
    combination[key] = (combination[key] or 0) - 1
  end
  local effect = values.combine_sparse(self, { combination })[1]
  if self.column == "gap" and not other then
    effect.low = math.max(effect.low, 0.0) -- as that of a Disparity
  end
  return effect
end

local function check_model(problem, where)
  if not problem.opts.model then
    error(where .. ": the problem has no model", 3)
  end
end

local function part(errors, index)
  return { most = errors.most:select(1, index), least = errors.least:select(1, index) }
end

--- Returns the value of a set over that of another, with an interval over sentences, which are resampled jointly for
--- both: the share of a gap that protecting leaves, for instance. For dNLL and gap; refused where the gap of the other
--- may be 0.
---@param set any[]
---@param other any[]
---@return table effect  estimate, low, high, n (sentences), level
---@example
---local texts = corpus.load("parallel16", { sentences = 3, languages = { "eng", "heb" } })
---local p = search.problem { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 } }
---assert(p:ratio({ 0 }, {}).estimate < 1)
function Problem:ratio(set, other)
  local keys = { set_of(self, set, 2), set_of(self, other, 2) }
  if self.column == "value" then
    error("Problem:ratio: the values are of a function; a ratio with an interval is of dNLL or gap", 2)
  end
  values.lookup(self, keys)
  local below = self.column == "gap" and self:effect(other)
  local refused = below and why_not(below, ("the gap to compare with may be 0: [%.3g, %.3g]"):format(below.low,
    below.high))
  if refused then
    return { refused = refused }
  end
  local draws, errors = measured.sums(self.base, { self.losses[keys[1]], self.losses[keys[2]] }, { { 1, 0 }, { 0, 1 } },
    self.column)
  local ratio = draws:select(1, 1) / draws:select(1, 2)
  return stats.from_draws(ratio, { n = self.base.sentences, level = self.opts.level, extreme = errors ~= nil,
    errors = errors and gap.less(part(errors, 1), part(errors, 2), ratio:at(1), below.estimate),
    least = errors and 0 })
end

--- Returns the model in which a set is protected.
---@param set any[]
---@return Model
---@example
---local p = search.problem { model = model.load("mini"), texts = corpus.load("parallel16", { sentences = 1 }),
---  with = quant.int { bits = 3 } }
---assert(not p:protecting({ 0 }):edited("L0.mlp.up") and p:protecting({ 0 }):edited("L1.mlp.up"))
function Problem:protecting(set)
  check_model(self, "Problem:protecting")
  return values.model_of(self, set_of(self, set, 2))
end

--- Returns the disparity of a set: its rise by language, the gap and the ratio, with intervals.
---@param set any[]
---@param opts? residua.disparity.Opts
---@return Disparity
---@example
---local texts = corpus.load("parallel16", { sentences = 3, languages = { "eng", "heb" } })
---local p = search.problem { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 } }
---assert(p:disparity({ 0 }):row("heb").delta_byte.estimate > 0)
function Problem:disparity(set, opts)
  check_model(self, "Problem:disparity")
  local key = set_of(self, set, 2)
  values.lookup(self, { key })
  return disparity.of(self.base.base, self.losses[key], self.base.vocab, opts)
end

function Problem:__tostring()
  local what = self.opts.model and ("%s of %s under %s"):format(self.column, self.opts.model:name(),
    tostring(self.scheme.with)) or "value of a function"
  return ("Problem: %d units, %s, %d sets measured"):format(self.n, what, self.measured)
end

return { made = made, set_of = set_of }
