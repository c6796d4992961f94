-- Sweeps: many models over the same texts in one run, which shares every common prefix of their layers.

local loss = require("residua.loss")
local native = require("residua.native").run
local options = require("residua.options")

local M = {}

-- Tokens of a corpus under a tokenizer, kept while the corpus lives.
local encoded = setmetatable({}, { __mode = "k" })

--- Returns the texts as the model's tokenizer encodes them, once per corpus and tokenizer.
---@param model Model
---@param texts Corpus
---@return Tokens
---@example
---assert(sweep.tokens(model.load("mini"), corpus.load("parallel16", { sentences = 1 })):count() == 16)
function M.tokens(model, texts)
  local by_tokenizer = encoded[texts] or {}
  encoded[texts] = by_tokenizer
  local tokenizer = model:tokenizer()
  local key = tokenizer:digest()
  by_tokenizer[key] = by_tokenizer[key] or tokenizer:encode_corpus(texts)
  return by_tokenizer[key]
end

local function models_of(opts)
  if opts.models then
    return opts.models
  end
  if not (opts.model and opts.plans) then
    error("sweep: give models, or model and plans", 4)
  end
  local models = {}
  for i, plan in ipairs(opts.plans) do
    models[i] = opts.model:with(plan)
  end
  return models
end

---@class residua.sweep.Opts
---@field models? Model[]  what to run; or
---@field model? Model  one model under
---@field plans? Plan[]  these plans
---@field texts Corpus
---@field measure? string  "loss"

local spec = { models = { "table" }, model = { "Model" }, plans = { "table" }, texts = { "Corpus" },
  measure = { "string", "loss" } }

local function checked(opts)
  opts = options.check("sweep", opts, spec, 4)
  if opts.measure ~= "loss" then
    error(("sweep: unknown measure '%s', expected one of: loss"):format(opts.measure), 4)
  end
  if not opts.texts then
    error("sweep: option 'texts' is missing", 4)
  end
  return opts
end

--- Measures all models on the same texts. Models that are equal are computed once.
---@param opts residua.sweep.Opts
---@return table[]  one row per model, in order: model, plan (if given), loss
---@example
---local m = model.load("mini")
---local plans = { plan.make(quant.sane()), plan.make(quant.naive()) }
---local rows = sweep { model = m, plans = plans, texts = corpus.load("parallel16", { sentences = 1 }) }
---assert(#rows == 2 and rows[1].loss:mean() < rows[2].loss:mean())
function M.run(opts)
  opts = checked(opts)
  local models, rows = models_of(opts), {}
  if #models == 0 then
    return rows
  end
  local nll, tokens = native.losses(models, M.tokens(models[1], opts.texts))
  for i, model in ipairs(models) do
    rows[i] = { model = model, plan = opts.plans and opts.plans[i], loss = loss.of(opts.texts, nll[i], tokens) }
  end
  return rows
end

--- Returns what a sweep would share: its models, and the layers computed over those that separate runs would.
---@param opts residua.sweep.Opts
---@return table  models, share (1: nothing is shared)
---@example
---local m = model.load("mini")
---local e = sweep.explain { models = { m, m }, texts = corpus.load("parallel16") }
---assert(e.share == 0.5)
function M.explain(opts)
  local models = models_of(checked(opts))
  return { models = #models, share = native.shared_cost(models) }
end

return setmetatable(M, {
  __call = function(_, opts)
    return M.run(opts)
  end,
})
