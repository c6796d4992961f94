-- Activations while models read texts: statistics, or tensors. They are folded while the models run, split by language
-- or kept text by text; as matrices of tokens and as attention by distance in capture/.

local labels = require("residua.labels")
local native = require("residua.native").run
local options = require("residua.options")
local sorted_keys = require("residua.sorted_keys")
local sweep = require("residua.sweep")

local M = {}

local FOLDED <const> = { moments = native.moments, sketch = native.sketches, summary = native.summaries }
local REDUCERS <const> = { "cosine", "mean", "moments", "relative_error", "sketch", "summary", "tensor" }

local function as_list(value)
  return type(value) == "table" and value or { value }
end

-- The names of the sites that selectors select, in the order the engine reports them.
local function site_names(model, selectors)
  local names, seen = {}, {}
  for _, selector in ipairs(selectors) do
    for _, name in ipairs(model:sites(selector)) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  return names
end

local function keyed(names, values, convert)
  local by_name = {}
  for i, name in ipairs(names) do
    by_name[name] = convert and convert(values[i]) or values[i]
  end
  return by_name
end

-- Statistics by language, folded by `capture` of the engine.
local function by_language(capture, model, texts, tokens, sites)
  local codes, groups = texts:languages(), {}
  local _, index = labels.numbered(codes)
  for i, code in ipairs(texts:table().language) do
    groups[i] = index[code]
  end
  local captured = capture(model, tokens, sites, groups, #codes)[1]
  return function(names)
    return keyed(names, captured, function(by_group)
      return keyed(codes, by_group)
    end)
  end
end

---@class residua.capture.Opts
---@field reduce? string  "tensor" (the default), "mean", "moments", "sketch", "summary", "cosine" or "relative_error"
---@field against? Model  the reference of "cosine" and "relative_error"
---@field centre? boolean  subtract the reference's mean activation first ("cosine", "relative_error")

--- Captures activations of one model. The result maps each site to
---  "tensor": a list of tensors, one per text, in the site's shape; "mean": [texts, width];
---  "moments", "sketch": Moments or QuantileSketch by language, "summary": { moments, sketch } by language;
---  "cosine", "relative_error": one number per text.
---@param model Model
---@param texts Corpus
---@param sites string|string[]  globs
---@param opts? residua.capture.Opts
---@return table
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---assert(capture.run(m, texts, "L0.resid.post", { reduce = "mean" })["L0.resid.post"]:size(1) == 16)
function M.run(model, texts, sites, opts)
  opts = options.check("capture", opts,
    { reduce = { "string", "tensor" }, against = { "Model" }, centre = { "boolean", false } }, 4)
  options.one_of("capture", "reduce", opts.reduce, REDUCERS, 4)
  local selectors = as_list(sites)
  if opts.reduce == "cosine" or opts.reduce == "relative_error" then
    return M.compare({ model }, { against = opts.against, at = selectors, texts = texts, reduce = opts.reduce,
      centre = opts.centre })[1]
  end
  local names, tokens = site_names(model, selectors), sweep.tokens(model, texts)
  if FOLDED[opts.reduce] then
    return by_language(FOLDED[opts.reduce], model, texts, tokens, names)(names)
  elseif opts.reduce == "mean" then
    return keyed(names, native.means(model, tokens, names)[1])
  end
  return keyed(names, native.tensors(model, tokens, names)[1])
end

-- One mean activation per site over all tokens, each text counting by its tokens.
local function centers(model, tokens, names)
  local lengths = require("residua.tensor").from_table({ tokens:lengths() }):to("float64")
  local list = {}
  for i, means in ipairs(native.means(model, tokens, names)[1]) do
    list[i] = (lengths:matmul(means) / lengths:sum()):reshape({ -1 })
  end
  return list
end

---@class residua.capture.CompareOpts
---@field against Model  the reference
---@field at string|string[]  sites
---@field texts Corpus
---@field reduce? string  "cosine" (the default) or "relative_error"
---@field centre? boolean  subtract the reference's mean activation from both sides first

--- Compares models with a reference, in one run. The result has the keys of `models`; each value maps a site to
--- one number per text: mean cosine over tokens, or the norm of the difference over that of the reference.
---@param models table<any, Model>
---@param opts residua.capture.CompareOpts
---@return table
---@example
---local m = model.load("mini")
---local q = { int4 = m:quantized(quant.sane()) }
---local texts = corpus.load("parallel16", { sentences = 1 })
---local sims = capture.compare(q, { against = m, at = "L11.resid.post", texts = texts })
---assert(#sims.int4["L11.resid.post"] == 16)
function M.compare(models, opts)
  opts = options.check("capture.compare", opts, { against = { "Model" },
    at = { "string|table", required = true }, texts = { "Corpus", required = true },
    reduce = { "string", "cosine" }, centre = { "boolean", false } })
  if not opts.against then
    error("capture: option 'against' is missing; name the reference model", 3)
  end
  options.one_of("capture.compare", "reduce", opts.reduce, { "cosine", "relative_error" })
  local names = site_names(opts.against, as_list(opts.at))
  local tokens = sweep.tokens(opts.against, opts.texts)
  local keys, list = sorted_keys(models, true), {}
  for i, key in ipairs(keys) do
    list[i] = models[key]
  end
  local means = opts.centre and centers(opts.against, tokens, names) or nil
  local captured = native.compare(opts.against, list, tokens, names, opts.reduce, means)
  return keyed(keys, captured, function(by_site)
    return keyed(names, by_site)
  end)
end

--- Cosines at one site, for models by name: `capture.compare` with `at` a single site, without its level.
---@param models table<any, Model>
---@param opts residua.capture.CompareOpts
---@return table<any, number[]>
---@example
---local m = model.load("mini")
---local texts = corpus.load("parallel16", { sentences = 1 })
---assert(capture.cosine({ same = m }, { against = m, at = "L3.resid.post", texts = texts }).same[1] > 0.999999)
function M.cosine(models, opts)
  local flat = {}
  for key, by_site in pairs(M.compare(models, opts)) do
    flat[key] = select(2, next(by_site))
  end
  return flat
end

for _, subject in ipairs { "tokens", "labelled", "lengths", "shares", "attention" } do
  for name, value in pairs(require("residua.capture." .. subject)) do
    M[name] = value
  end
end

return M
