-- Sweeps: many models over the same texts in one run. It shares every common prefix of their layers.

local loss = require("residua.loss")
local native = require("residua.native").run
local options = require("residua.options")
local system = require("residua.system")
local table_of = require("residua.table")
local text = require("residua.text")

local M = {}

local OVERHEAD = 1.3 -- seconds of a sweep over those of its products alone, on GPT-2's shape

-- Tokens of a corpus under a tokenizer, kept while the corpus lives.
local encoded = setmetatable({}, { __mode = "k" })

--- Returns the texts as the model's tokenizer encodes them, once per corpus and tokenizer.
---@param model Model
---@param texts Corpus
---@return Tokens
---@example
---assert(sweep.tokens(model.load("mini"), corpus.load("parallel16", { sentences = 1 })):count() == 16)
function M.tokens(model, texts)
  options.argument("sweep.tokens", "model", model, "Model")
  options.argument("sweep.tokens", "texts", texts, "Corpus")
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
---@field precision? string  "float32", or "bfloat16": products of linear layers twice as fast where the processor has
---  it, for screening; every result says so
---@field memory? number  GB that the streams of shared prefixes may take at once; 1 by default

local spec = { models = { "table" }, model = { "Model" }, plans = { "table" }, measure = { "string", "loss" },
  texts = { "Corpus", required = "name a corpus, as in texts = corpus.load \"parallel16\"" }, memory = { "number", 1 },
  precision = { "string", "float32" } }

local function checked(opts)
  opts = options.check("sweep", opts, spec, 4)
  options.one_of("sweep", "measure", opts.measure, { "loss" }, 4)
  if opts.memory <= 0 or opts.memory ~= opts.memory then
    error(("sweep: option 'memory' must be above 0 GB, got %s"):format(opts.memory), 4)
  end
  return opts
end

-- The rules of a plan, each once.
local function rules_of(plan)
  local rules, seen = {}, {}
  for rule in tostring(plan):gsub("^Plan ", ""):gmatch("%s*([^;]+)") do
    rules[#rules + 1] = not seen[rule] and rule or nil
    seen[rule] = true
  end
  return rules
end

-- What tells each plan from the others: the rules that not all of them have; all rules, where that is nothing.
local function labels(plans)
  local count, found = {}, {}
  for i, plan in ipairs(plans) do
    found[i] = rules_of(plan)
    for _, rule in ipairs(found[i]) do
      count[rule] = (count[rule] or 0) + 1
    end
  end
  for i, rules in ipairs(found) do
    local special = {}
    for _, rule in ipairs(rules) do
      special[#special + 1] = count[rule] < #plans and rule or nil
    end
    found[i] = table.concat(#special > 0 and special or rules, "; ")
  end
  return found
end

--- Measures all models on the same texts. Models that are equal are computed once.
---@param opts residua.sweep.Opts
---@return Table  one row per model, in order: model, plan and label (what tells it from the others) if given, loss,
---mean (NLL per token); in its field `report` what the run did: remembered (results from the store), stream_bytes,
---layer_tokens, trie_tokens
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
  local nll, tokens, report = native.losses(models, M.tokens(models[1], opts.texts), opts.memory * 1e9,
    opts.precision)
  local label = labels(opts.plans or {})
  for i, model in ipairs(models) do
    rows[i] = { model = model, plan = opts.plans and opts.plans[i], label = label[i],
      loss = loss.of(opts.texts, nll[i], tokens, opts.precision) }
    rows[i].mean = rows[i].loss:mean()
  end
  local result = table_of(rows, { columns = { opts.plans and "label" or "model", "mean" },
    caption = "Loss [nats per token]; the field loss of each row has the languages" })
  result.report = report
  return result
end

--- Measures models that may differ by language on the same texts: each language is read by its own.
---@param models table[]  each a Model, or a table of Models by language
---@param texts Corpus  as many sentences in every language
---@return Loss[]  one per model, in order
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1, languages = { "eng", "heb" } })
---local losses = sweep.by_language({ { eng = m, heb = m:quantized(quant.naive()) }, m }, texts)
---assert(losses[1]:total() > losses[2]:total())
function M.by_language(models, texts)
  options.argument("sweep.by_language", "models", models, "table")
  options.argument("sweep.by_language", "texts", texts, "Corpus")
  local nll, tokens, losses = {}, {}, {}
  for _, code in ipairs(texts:languages()) do
    local own = {}
    for i, one in ipairs(models) do
      own[i], nll[i] = type(one) == "table" and one[code] or one, nll[i] or {}
    end
    for i, row in ipairs(M.run { models = own, texts = texts:select { code } }) do
      table.move(row.loss.nll, 1, #row.loss.nll, #nll[i] + 1, nll[i])
      if i == 1 then
        table.move(row.loss.tokens, 1, #row.loss.tokens, #tokens + 1, tokens)
      end
    end
  end
  for i in ipairs(models) do
    losses[i] = loss.of(texts, nll[i], tokens)
  end
  return losses
end

-- What explain returns; prints itself as one paragraph.
local Cost = { __name = "SweepCost" }
Cost.__index = Cost

function Cost:__tostring()
  local lines = {
    ("%d models, %d of them distinct"):format(self.models, self.distinct),
    ("layers and heads to run: %d, not %d (%.1f times fewer)"):format(self.layers, self.separate_layers,
      self.separate_layers / self.layers),
    ("operations: %.3g TFLOP, not %.3g; about %s at %.0f GFLOP/s"):format(self.flops / 1e12,
      self.separate_flops / 1e12, text.duration(self.seconds), self.gflops),
    ("changed weights to make: %d tensors, each once"):format(self.tensors),
  }
  return table.concat(lines, "\n")
end

--- Returns what a sweep would cost and what it shares, without running it. It prints as a few lines.
---@param opts residua.sweep.Opts
---@return table  models, distinct, layers, separate_layers, flops, separate_flops, tensors, gflops (measured now),
---seconds (a guess from them), share (layers over separate_layers; 1: nothing is shared)
---@example
---local m = model.load("mini")
---local e = sweep.explain { models = { m, m }, texts = corpus.load("parallel16") }
---assert(e.share == 0.5 and e.distinct == 1)
function M.explain(opts)
  opts = checked(opts)
  local models = models_of(opts)
  if #models == 0 then
    error("sweep.explain: there is no model to run; give at least one, or one plan", 2)
  end
  local cost = native.cost(models, M.tokens(models[1], opts.texts))
  cost.share = cost.layers / cost.separate_layers
  cost.gflops = system.gflops(512)
  cost.seconds = cost.flops / (cost.gflops * 1e9) * OVERHEAD
  return setmetatable(cost, Cost)
end

--- Measures all models on the same texts, as `sweep.run` does.
---@param opts residua.sweep.Opts
---@return Table
local function call(_, opts)
  return M.run(opts)
end

return setmetatable(M, { __call = call })
