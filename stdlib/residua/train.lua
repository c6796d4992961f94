-- Training by AdamW, and gradients of the loss. The rate has a warm-up and a cosine schedule.

local native = require("residua.native").train
local options = require("residua.options")
local system = require("residua.system")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")

local M = {}

---@class residua.train.Opts
---@field model Model  where to start
---@field batches function  step -> Tokens of that step
---@field steps integer
---@field rate? number  peak learning rate; 1e-3 by default
---@field warmup? integer  steps of linear warm-up; a twentieth of all by default
---@field final? number  last learning rate over the peak; 0.1 by default
---@field weight_decay? number  0.1 by default
---@field clip? number  largest norm of the gradient; 1 by default
---@field report? function  called with (step, loss, seconds) after each step

--- Returns the learning rate of a step: linear warm-up, then half a cosine down to `final` times the peak.
---@param step integer  from 1
---@param opts residua.train.Opts
---@return number
---@example
---assert(train.rate(10, { steps = 100, warmup = 10, rate = 1, final = 0.1 }) == 1)
function M.rate(step, opts)
  options.argument("train.rate", "step", step, "number")
  options.argument("train.rate", "opts", opts, "table")
  if step <= opts.warmup then
    return opts.rate * step / opts.warmup
  end
  local done = (step - opts.warmup) / math.max(1, opts.steps - opts.warmup)
  return opts.rate * (opts.final + (1 - opts.final) * 0.5 * (1 + math.cos(math.pi * done)))
end

--- Trains a copy of the model and returns it; the model given stays as it is.
---@param opts residua.train.Opts
---@return Model
function M.run(opts)
  opts = options.check("train.run", opts, {
    model = { "Model", required = true }, batches = { "function", required = true },
    steps = { "integer", required = true }, rate = { "number", 1e-3 }, warmup = { "integer" },
    final = { "number", 0.1 }, weight_decay = { "number", 0.1 }, clip = { "number", 1 }, report = { "function" },
  })
  opts.warmup = opts.warmup or math.max(1, opts.steps // 20)
  local trainer = native.trainer(opts.model, 0.9, 0.95, 1e-8, opts.weight_decay, opts.clip)
  local start = system.clock()
  for step = 1, opts.steps do
    local loss = trainer:step(opts.batches(step), M.rate(step, opts))
    if opts.report then
      opts.report(step, loss, system.clock() - start)
    end
  end
  return trainer:model()
end

---@class residua.train.BatchesOpts
---@field size? integer  texts in a batch; 4 by default
---@field weights? number[]  how often each text is drawn, all equal by default
---@field seed? integer  1 by default

--- Returns a function that gives the batch of a step for `train.run`: texts drawn at random, with replacement. Two that
--- differ in the weights of some texts alone agree wherever neither draws one of these.
---@param tokens Tokens
---@param opts? residua.train.BatchesOpts
---@return function batches  step (from 1) -> Tokens
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---local batches = train.batches(sweep.tokens(m, texts), { size = 3 })
---assert(batches(1):count() == 3)
function M.batches(tokens, opts)
  opts = options.check("train.batches", opts,
    { size = { "integer", 4 }, weights = { "table" }, seed = { "integer", 1 } })
  options.argument("train.batches", "tokens", tokens, "Tokens")
  local count = tokens:count()
  if opts.weights and #opts.weights ~= count then
    error(("train.batches: %d weights for %d texts; give one for each"):format(#opts.weights, count), 2)
  end
  local weights = opts.weights and tensor.from_table(opts.weights, "float64") or 1
  return function(step)
    -- Each text waits an exponential time, the shorter the more it weighs; the first is drawn.
    local waits = (tensor.rand((opts.seed << 24) + step, { opts.size, count }) + 1e-30):log() * -1 / weights
    local ids = {}
    for i, place in ipairs(waits:argmin(2):totable()) do
      ids[i] = tokens:ids(place)
    end
    return tokenizer.tokens(ids)
  end
end

---@class residua.train.GradientOpts
---@field params? string[]  exact names; none by default
---@field sites? string[]  globs; none by default

--- Returns the loss of texts under a model and its derivatives.
---@param model Model
---@param texts Corpus
---@param opts residua.train.GradientOpts
---@return table  loss [nats per predicted token], params (name -> Tensor), sites (name -> Tensor per text)
---@example
---local m = model.load("mini")
---local g = train.gradients(m, corpus.load("parallel16", { sentences = 1 }), { params = { "L0.norm1" } })
---assert(g.params["L0.norm1"]:size(1) == m:architecture().width)
function M.gradients(model, texts, opts)
  opts = options.check("train.gradients", opts, { params = { "table", {} }, sites = { "table", {} } })
  options.argument("train.gradients", "model", model, "Model")
  options.argument("train.gradients", "texts", texts, "Corpus")
  local tokens = model:tokenizer():encode_corpus(texts)
  local loss, params, sites = native.gradients(model, tokens, opts.params, opts.sites)
  return { loss = loss, params = params, sites = sites }
end

return M
