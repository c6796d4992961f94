-- Quantization methods that need more than the weight: GPTQ, AWQ and SmoothQuant read calibration texts; HQQ and
-- rotation do not. Each is a value that `model:quantized` takes as `with`.

local native = require("residua.native").quant
local options = require("residua.options")
local sorted_keys = require("residua.sorted_keys")
local sweep = require("residua.sweep")
local tensor = require("residua.tensor")

local M = {}

--- A way to quantize that needs more than the weight, such as `quant.gptq { ... }`: what `model:quantized` takes as
--- `with`.
---@class Method
---@field name string  "gptq"
---@field with Quantizer  of the weights; of HQQ, which has none, its description
local Method = {}
Method.__index = Method
Method.__name = "Method"

function Method:__tostring()
  return ("%s with %s"):format(self.name, tostring(self.with))
end

-- The site whose activation each matrix of a layer reads.
local READS = { ["attn.qkv"] = "attn.in", ["attn.q"] = "attn.in", ["attn.k"] = "attn.in", ["attn.v"] = "attn.in",
  ["attn.out"] = "attn.mixed", ["mlp.up"] = "mlp.in", ["mlp.gate"] = "mlp.in", ["mlp.down"] = "mlp.hidden" }

local function site_of(method, param)
  local layer, part = param:match("^(L%d+)%.(.+)$")
  local site = READS[part]
  if not site then
    error(("%s quantizes the matrices of layers, not %s; protect it, or quantize it apart"):format(method, param), 0)
  end
  return layer .. "." .. site
end

-- How often each text counts, so that each language has its share of the tokens; 1 without shares.
local function text_weights(model, texts, shares)
  local lengths, weights = sweep.tokens(model, texts):lengths(), {}
  if not shares then
    for i = 1, #lengths do
      weights[i] = 1
    end
    return weights
  end
  local totals, all = {}, 0
  for i, code in ipairs(texts:table().language) do
    totals[code] = (totals[code] or 0) + lengths[i]
  end
  for _, code in ipairs(sorted_keys(shares, true)) do
    if not totals[code] then
      error(("the calibration texts have no language '%s'; give shares of those that they have"):format(code), 0)
    end
    all = all + shares[code]
  end
  for i, code in ipairs(texts:table().language) do
    weights[i] = (shares[code] or 0) / all / totals[code] * #lengths
  end
  return weights
end

-- Inputs by site.
local function inputs_of(model, texts, sites, weights)
  local found, by_site = native.inputs(model, sweep.tokens(model, texts), sites, weights), {}
  for i, site in ipairs(sites) do
    by_site[site] = found[i]
  end
  return by_site
end

-- The params by layer, layers in order, each with the sites that they read in forward order.
local function by_layer(method, model, names)
  local layers, order = {}, {}
  for _, param in ipairs(model:params()) do
    if names[param.name] then
      local site = site_of(method, param.name)
      local layer = layers[param.layer]
      if not layer then
        layer = { params = {}, wanted = {}, sites = {} }
        layers[param.layer], order[#order + 1] = layer, layer
      end
      layer.params[#layer.params + 1] = { name = param.name, site = site }
      layer.wanted[site] = true
    end
  end
  for _, layer in ipairs(order) do
    for _, site in ipairs(model:sites("*")) do
      if layer.wanted[site] then
        layer.sites[#layer.sites + 1] = site
      end
    end
  end
  return order
end

-- Layer by layer: what a layer reads is captured from the model as it is quantized so far.
local function sequentially(self, model, names, quantize)
  local weights = text_weights(model, self.calibrate, self.shares)
  for _, layer in ipairs(by_layer(self.name, model, names)) do
    local inputs = inputs_of(model, self.calibrate, layer.sites, weights)
    model = quantize(model, layer, inputs)
  end
  return model
end

local function each_param(change)
  return function(model, layer, inputs)
    local changed = model
    for _, param in ipairs(layer.params) do
      changed = changed:with_param(param.name, (change(model:param(param.name), inputs[param.site])))
    end
    return changed
  end
end

--- Returns whether a value is a quantization method.
---@param value any
---@return boolean
function M.is_method(value)
  return getmetatable(value) == Method
end

local function method(name, where, opts, spec, quantize)
  local self = options.check(where, opts, spec, 4)
  self.with = self.with or require("residua.quant").int { bits = 4, per = "group", group = 128 }
  self.name, self.quantize = name, quantize
  return setmetatable(self, Method)
end

---@class residua.quant.GptqOpts
---@field calibrate Corpus  texts
---@field shares? table<string, number>  of each language in the calibration; each token counts alike by default
---@field with? Quantizer  per tensor, channel or group; int4 per group of 128 by default
---@field damp? number  of the mean diagonal of the Hessian; 0.01 by default
---@field act_order? boolean  columns of the largest activations first; false by default

--- Returns GPTQ: columns are rounded one after the other, and those that follow make up for the error at the output
--- (Frantar et al. 2022). Layers are done in order, each on the activations of the model quantized so far.
---@param opts residua.quant.GptqOpts
---@return Method
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 2, languages = { "eng", "swa" } })
---local int3 = quant.int { bits = 3, per = "channel" }
---local g = quant.gptq { calibrate = texts, with = int3, shares = { eng = 1, swa = 1 } }
---local q = m:quantized { with = g, params = "L0.mlp.*" }
---assert(q:loss(texts):mean() < m:quantized { with = int3, params = "L0.mlp.*" }:loss(texts):mean())
function M.gptq(opts)
  return (method("gptq", "quant.gptq", opts, { with = { "Quantizer" }, calibrate = { "Corpus", required = true },
    shares = { "table" }, damp = { "number", 0.01 }, act_order = { "boolean", false } }, function(self, model, names)
    return sequentially(self, model, names, each_param(function(weight, inputs)
      return native.gptq(weight, inputs, self.with, self.damp, 128, self.act_order)
    end))
  end))
end

---@class residua.quant.AwqOpts
---@field calibrate Corpus  texts
---@field shares? table<string, number>  of each language in the calibration
---@field with? Quantizer  int4 per group of 128 by default
---@field grid? integer  exponents tried; 20 by default

--- Returns AWQ: columns that read large activations are scaled up before rounding, by the power of the mean magnitude
--- that errs least at the output (Lin et al. 2023). Scales are searched for each param.
---@param opts residua.quant.AwqOpts
---@return Method
---@example
---print(quant.awq { calibrate = corpus.load("parallel16", { sentences = 2 }) })
function M.awq(opts)
  return (method("awq", "quant.awq", opts, { with = { "Quantizer" }, calibrate = { "Corpus", required = true },
    shares = { "table" }, grid = { "integer", 20 } }, function(self, model, names)
    return sequentially(self, model, names, each_param(function(weight, inputs)
      return native.awq(weight, inputs, self.with, self.grid)
    end))
  end))
end

---@class residua.quant.SmoothQuantOpts
---@field calibrate Corpus  texts
---@field shares? table<string, number>
---@field with? Quantizer  of weights; int8 per channel by default
---@field activations? Quantizer  of what they read; int8 per token by default
---@field alpha? number  0 to 1: how much of the range moves from activations into weights; 0.5 by default

-- SmoothQuant's factors of a site: greatest activation against the greatest weight of all that read it.
local function smooth_site(self, model, layer, site, inputs)
  local readers, most = {}, nil
  for _, param in ipairs(layer.params) do
    if param.site == site then
      readers[#readers + 1] = param.name
      local own = model:param(param.name):abs():max(1)
      most = most and tensor.stack({ most, own }, 1):max(1) or own
    end
  end
  local scales = native.smoothing_scales(inputs, most, self.alpha)
  for _, name in ipairs(readers) do
    model = model:with_param(name, native.scaled(model:param(name), scales, self.with))
  end
  return model:quantize_site(site, self.activations, scales)
end

--- Returns SmoothQuant: part of the range of activations moves into the weights, and both are quantized (Xiao et al.
--- 2022).
---@param opts residua.quant.SmoothQuantOpts
---@return Method
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---print(m:quantized { with = quant.smoothquant { calibrate = texts }, params = "L0.mlp.*" })
function M.smoothquant(opts)
  local quant = require("residua.quant")
  return (method("smoothquant", "quant.smoothquant", opts, { calibrate = { "Corpus", required = true },
    shares = { "table" }, alpha = { "number", 0.5 }, with = { "Quantizer", quant.int { bits = 8 } },
    activations = { "Quantizer", quant.int { bits = 8, per = "token" } } }, function(self, model, names)
    return sequentially(self, model, names, function(current, layer, inputs)
      for _, site in ipairs(layer.sites) do
        current = smooth_site(self, current, layer, site, inputs[site])
      end
      return current
    end)
  end))
end

local function require_matrices(self, model, names)
  for _, param in ipairs(model:params()) do
    if names[param.name] and #param.shape ~= 2 then
      error(("%s quantizes matrices, not %s; protect it"):format(self.name, param.name), 0)
    end
  end
end

-- Methods without texts change each param by itself.
local function alone(change)
  return function(self, model, names)
    require_matrices(self, model, names)
    for _, name in ipairs(sorted_keys(names)) do
      model = model:with_param(name, change(self, model:param(name)))
    end
    return model
  end
end

---@class residua.quant.HqqOpts
---@field bits? integer  2 to 8; 4 by default
---@field group? integer  values that share scale and zero point; must divide the columns; 64 by default
---@field p? number  of the norm of the errors that is kept low, above 0 to 1; 0.7 by default
---@field steps? integer  20 by default

--- Returns HQQ, half-quadratic quantization (Badri and Shaji 2023): asymmetric, with a zero point that is moved so that
--- errors are few rather than small.
---@param opts? residua.quant.HqqOpts
---@return Method
---@example
---local m = model.load("mini"):quantized { with = quant.hqq { group = 32 }, params = "L0.mlp.up" }
---assert(m:edited("L0.mlp.up"))
function M.hqq(opts)
  local self = method("hqq", "quant.hqq", opts, { bits = { "integer", 4 }, group = { "integer", 64 },
    p = { "number", 0.7 }, steps = { "integer", 20 } }, alone(function(self, weight)
    return native.hqq(weight, self.bits, self.group, self.p, self.steps)
  end))
  if self.bits < 2 or self.bits > 8 then
    error(("quant.hqq: bits is %d, expected 2 to 8"):format(self.bits), 2)
  end
  self.with = ("int%d asymmetric per group of %d"):format(self.bits, self.group)
  return self
end

---@class residua.quant.RotatedOpts
---@field with? Quantizer  of weights; int4 per channel by default
---@field activations? Quantizer  of what they read, rotated as well; not quantized by default
---@field seed? integer  of the rotation; 1 by default

--- Returns rotation by random signs and Hadamard transforms over the columns of a weight (QuaRot style): outliers are
--- spread over all columns before rounding, and the rotation is undone after.
---@param opts? residua.quant.RotatedOpts
---@return Method
---@example
---local m = model.load("mini"):quantized { with = quant.rotated { seed = 3 }, params = "L0.mlp.*" }
---assert(m:edited("L0.mlp.up"))
function M.rotated(opts)
  local quant = require("residua.quant")
  return (method("rotated", "quant.rotated", opts, { with = { "Quantizer", quant.int { bits = 4 } },
    activations = { "Quantizer" }, seed = { "integer", 1 } }, function(self, model, names)
    local sites = {}
    require_matrices(self, model, names)
    for _, name in ipairs(sorted_keys(names)) do
      model = model:with_param(name, native.rotated(model:param(name), self.with, self.seed))
      sites[#sites + 1] = self.activations and site_of("rotated", name)
    end
    for _, site in ipairs(sites) do
      model = model:quantize_site(site, self.activations, nil, self.seed)
    end
    return model
  end))
end

return M
