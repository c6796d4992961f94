-- Models as immutable values: load, quantize, ablate, measure. Every method returns a new value.

local assets = require("residua.assets")
local help = require("residua.native").help
local json = require("residua.json")
local native = require("residua.native")
local options = require("residua.options")

local M = {}

local Model = native.model.Model

-- The folder that a name leads to; errors blame the caller of the public function.
local function folder_of(where, name)
  if type(name) ~= "string" then
    error(("%s: a name or a folder expected, got %s"):format(where, type(name)), 3)
  end
  local folder, message = assets.model(name)
  return folder or error(("%s: %s"):format(where, message), 3)
end

--- Loads a model: a bundled name ("mini"), a folder in the Hugging Face layout, or the id of a model in the local
--- Hugging Face cache. Weights are mapped, not read.
---@param name string  "mini", "models/bloom", "gpt2", "bigscience/bloom-560m", "owner/name@revision"
---@return Model
---@example
---print(model.load("mini"))
function M.load(name)
  return native.model.load(folder_of("model.load", name))
end

---@class residua.model.InfoOpts
---@field digest? boolean  also the digest of the weights, which reads them all

--- Returns what the files of a model say, without reading its weights: family, sizes, params, dtypes, tokenizer, size
--- on disk, layout digest, and which matrices can be quantized. It prints as a table.
---@param name string  as for model.load
---@param opts? residua.model.InfoOpts
---@return Info
---@example
---local info = model.info("mini")
---assert(info.layers == 12 and info.quantizable.share < 1)
function M.info(name, opts)
  opts = options.check("model.info", opts, { digest = { "boolean", false } })
  return require("residua.info").of(folder_of("model.info", name), opts.digest)
end

---@class residua.model.NewOpts
---@field config table  as in config.json: model_type, n_layer, n_embd, n_head, vocab_size, n_positions, ...
---@field seed? integer  1 by default
---@field tokenizer? Tokenizer

--- Returns a model with random weights, to be trained or tested.
---@param opts residua.model.NewOpts
---@return Model
---@example
---local tiny = model.new { config = { model_type = "gpt2", n_layer = 2, n_embd = 16, n_head = 2, vocab_size = 50,
---  n_positions = 32 } }
---assert(tiny:layers() == 2)
function M.new(opts)
  opts = options.check("model.new", opts,
    { config = { "table", required = true }, seed = { "integer", 1 }, tokenizer = { "Tokenizer" } })
  return native.model.random(json.encode(opts.config), opts.seed, opts.tokenizer)
end

---@class residua.model.LikeOpts
---@field layers? integer  as many as `m` has by default, and so on
---@field width? integer  of the residual stream
---@field heads? integer  they divide the width; by default as many as `m` has, or fewer where another width needs it
---@field context? integer  longest text [tokens]; 4096 with a tokenizer of its own
---@field texts? Corpus  to train a byte-level BPE tokenizer on, in place of the model's
---@field vocab? integer  of that tokenizer, 256 bytes included; 384 by default
---@field seed? integer  of the weights; 1 by default

--- Returns a model with random weights that is like another: of its family, with its tokenizer and the parts that its
--- params show (head, norms, shared key/value heads, ratio of widths), but of other depth and width. What params do not
--- show, such as activation function, biases and rotation, is as the family usually has it.
---@param m Model
---@param opts? residua.model.LikeOpts
---@return Model
---@example
---local small = model.like(model.load("mini"), { layers = 2, width = 32 })
---assert(small:layers() == 2 and small:architecture().family == "gpt2")
---local other = model.like(small, { seed = 2 }) -- the same sizes, other weights
---assert(other:digest() ~= small:digest())
function M.like(m, opts)
  options.argument("model.like", "m", m, "Model")
  opts = options.check("model.like", opts, { layers = { "integer" }, width = { "integer" }, heads = { "integer" },
    context = { "integer" }, texts = { "Corpus" }, vocab = { "integer", 384 }, seed = { "integer", 1 } })
  return require("residua.like").of(m, opts)
end

---@class residua.model.SaveOpts
---@field dtype? string  "float32" or "float16" (the default)
---@field tokenizer? string  text of tokenizer.json

--- Writes a gpt2 model in the Hugging Face layout.
---@param folder string
---@param opts? residua.model.SaveOpts
function Model:save(folder, opts)
  opts = options.check("Model:save", opts, { dtype = { "string", "float16" }, tokenizer = { "string", "" } })
  native.model.save(self, folder, opts.dtype, opts.tokenizer)
end

---@class residua.model.QuantizeOpts
---@field with Quantizer|Method  how to quantize
---@field params? string|string[]|integer[]|function  which; the matrices of all layers by default, "*" for all
---@field protect? string|string[]|integer[]|function  what stays in full precision: layers {0, 11}, globs

--- Returns a model with quantized weights; biases are never quantized. A quantizer makes each weight when it is first
--- needed; a method such as `quant.gptq` does its work at once.
---@param opts residua.model.QuantizeOpts
---@return Model
---@example
---local m = model.load("mini")
---local q = m:quantized { with = quant.int { bits = 4 }, protect = { 0, 11 } }
---assert(q:edited("L1.mlp.up") and not q:edited("L0.mlp.up"))
function Model:quantized(opts)
  local quant, method = require("residua.quant"), type(opts) == "table" and opts.with
  if not quant.is_method(method) then
    return self:with(require("residua.plan").make(opts, self, "Model:quantized"))
  end
  local which = {}
  for name, value in pairs(opts) do
    which[name] = value
  end
  which.with = quant.int() -- the rules alone matter
  return method:quantize(self, require("residua.plan").make(which, self, "Model:quantized"):params(self))
end

-- The greatest |activation| of each channel in texts, by site; never 0.
local function greatest(m, texts, sites)
  local tokens, scales = require("residua.sweep").tokens(m, texts), {}
  local once = require("residua.tensor").ones(tokens:count()):totable()
  for i, inputs in ipairs(native.quant.inputs(m, tokens, sites, once)) do
    scales[i] = inputs:max_abs():clamp(1e-9)
  end
  return scales
end

---@class residua.model.ActivationOpts
---@field with Quantizer  per = "token" or "group" (dynamic range), or per = "tensor" with clip = "fixed" (static)
---@field at string|string[]  sites, "L*.mlp.in"
---@field smooth? Corpus  each channel is divided by its greatest |activation| in these texts, and multiplied after

--- Returns a model whose activations at sites are quantized (fake quantization). A second quantizer at a site replaces
--- the first, whereas those of weights are applied one after the other.
---@param opts residua.model.ActivationOpts
---@return Model
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---local q = m:quantized_activations { with = quant.int { bits = 4, per = "token" }, at = "L*.mlp.in" }
---assert(q:loss(texts):mean() > m:loss(texts):mean())
function Model:quantized_activations(opts)
  opts = options.check("Model:quantized_activations", opts,
    { with = { "Quantizer", required = true }, at = { "string|table", required = true }, smooth = { "Corpus" } })
  local changed = self
  for _, glob in ipairs(type(opts.at) == "table" and opts.at or { opts.at }) do
    local sites = opts.smooth and self:sites(glob) or { glob }
    local scales = opts.smooth and greatest(self, opts.smooth, sites) or {}
    for i, site in ipairs(sites) do
      changed = changed:quantize_site(site, opts.with, scales[i])
    end
  end
  return changed
end

--- Returns a model whose activations are quantized to integers with fixed clips: static quantization.
---@param clips table<string, number>  by site, as `quant.clips_by_language` gives them
---@param bits integer|table<string, integer>  of all sites, or by site
---@return Model
---@example
---local m = model.load("mini"):clipped({ ["L3.mlp.in"] = 2.5 }, 4)
---assert(m:digest() ~= model.load("mini"):digest())
function Model:clipped(clips, bits)
  options.argument("Model:clipped", "clips", clips, "table")
  local changed, int = self, require("residua.quant").int
  for _, site in ipairs(require("residua.sorted_keys")(clips, true)) do
    changed = changed:quantize_site(site, int { bits = type(bits) == "table" and bits[site] or bits, per = "tensor",
      clip = "fixed", clip_value = clips[site] })
  end
  return changed
end

---@class residua.model.AblateOpts
---@field at string|string[]  sites, "L3.attn.out"
---@field value? Tensor  [width], at every token; zero by default

--- Returns a model in which the activations at a site are a constant.
---@param opts residua.model.AblateOpts
---@return Model
---@example
---local m = model.load("mini"):ablated { at = { "L3.attn.out", "L3.mlp.out" } }
function Model:ablated(opts)
  opts = options.check("Model:ablated", opts, { at = { "string|table", required = true }, value = { "Tensor" } })
  local changed = self
  for _, site in ipairs(type(opts.at) == "table" and opts.at or { opts.at }) do
    changed = changed:ablate_site(site, opts.value)
  end
  return changed
end

--- Returns the model as it is read out after a layer: the layers above add nothing; final norm and head stay.
---@param layer integer  from 0; -1 for the embeddings alone
---@return Model
---@example
---local m = model.load("mini")
---assert(m:up_to(11):digest() == m:digest() and m:up_to(-1):digest() ~= m:digest())
function Model:up_to(layer)
  local layers, above = self:layers(), {}
  if math.type(layer) ~= "integer" or layer < -1 or layer >= layers then
    error(("Model:up_to: there is no layer %s; give -1 (embeddings) to %d"):format(options.shown(layer), layers - 1), 2)
  end
  for silent = layers - 1, layer + 1, -1 do
    above[#above + 1] = ("L%d.attn.out"):format(silent)
    above[#above + 1] = ("L%d.mlp.out"):format(silent)
  end
  return #above > 0 and self:ablated { at = above } or self
end

--- Returns the loss of every text.
---@param texts Corpus
---@return Loss
---@example
---local loss = model.load("mini"):loss(corpus.load("parallel16", { sentences = 2 }))
---assert(loss:mean() > 0)
function Model:loss(texts)
  if getmetatable(self) ~= "Model" or getmetatable(texts) ~= "Corpus" then
    error("Model:loss: call it as m:loss(texts), with a Model m, a colon and a Corpus", 2)
  end
  return require("residua.sweep") { models = { self }, texts = texts }[1].loss
end

--- Captures activations while the model reads texts; see `capture.run` for the options.
---@param texts Corpus
---@param sites string|string[]
---@param opts? residua.capture.Opts
---@return table
---@example
---local texts = corpus.load("parallel16", { sentences = 2 })
---local moments = model.load("mini"):capture(texts, "L3.mlp.hidden", { reduce = "moments" })
---assert(moments["L3.mlp.hidden"].eng:std() > 0)
function Model:capture(texts, sites, opts)
  return (require("residua.capture").run(self, texts, sites, opts)) -- no tail call: errors see that self is no model
end

--- Continues a text by the most likely token each time.
---@param prompt string
---@param count? integer  tokens to add; 20 by default
---@return string
---@example
---assert(#model.load("mini"):continue("The", 3) > 3)
function Model:continue(prompt, count)
  local tokenizer = self:tokenizer()
  return tokenizer:decode(native.run.continue(self, tokenizer:encode(prompt), count or 20))
end

--- Returns a view of a layer: its params by name, `model:layer(0).attn.qkv:stats()`.
---@param layer integer  from 0
---@return LayerView
---@example
---print(model.load("mini"):layer(0).attn.qkv:stats())
function Model:layer(layer)
  return (require("residua.layer").view(self, layer)) -- as in capture
end

--- Returns the weights of each attention head of a layer, by matrix. Heads that share keys and values have the same.
---@param layer integer  from 0
---@return table<string, Tensor>  q, k, v, out: [heads, weights]
---@example
---local m = model.load("mini")
---local heads = m:head_weights(0)
---assert(heads.q:size(1) == m:architecture().heads and heads.q:size(2) == heads.out:size(2))
function Model:head_weights(layer)
  return (require("residua.heads").of(self, layer)) -- as in capture
end

help.publish("model.", M)

return M
