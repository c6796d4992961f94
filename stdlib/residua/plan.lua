-- Plans: which param gets which quantizer, and which are protected (kept in full precision).

local native = require("residua.native").quant
local options = require("residua.options")
local stats = require("residua.stats")

local M = {}

-- In some families attn and mlp hold norms as well (attn.q_norm, mlp.norm): names that end in m.
local MATRICES = { "L*.attn.*[!m]", "L*.mlp.*[!m]" }

-- Globs for a selector: a glob, a list of layers (from 0) and globs, or a function of a param.
local function globs(selector, model, where)
  if type(selector) == "string" then
    return { selector }
  end
  local list = {}
  if type(selector) == "function" then
    if not model then
      error(where .. ": a function as selector needs the model; use model:quantized", 4)
    end
    for _, param in ipairs(model:params()) do
      if selector(param) then
        list[#list + 1] = param.name
      end
    end
    return list
  end
  for i, item in ipairs(selector) do
    if type(item) ~= "string" and math.type(item) ~= "integer" then
      error(("%s: element %d of a selector must be a layer or a glob, got %s"):format(where, i, type(item)), 4)
    end
    list[i] = type(item) == "string" and item or ("L%d.*"):format(item)
  end
  return list
end

--- Returns a plan. Options are those of `model:quantized`.
---@param opts residua.model.QuantizeOpts
---@param model? Model  needed when a selector is a function
---@return Plan
---@example
---local p = plan.make { with = quant.int { bits = 4 }, protect = { 0, "L11.attn.*" } }
---assert(p:cost(model.load("mini")).protected_share < 0.4)
function M.make(opts, model)
  opts = options.check("plan.make", opts, {
    with = { "Quantizer" }, params = { "string|table|function", MATRICES },
    protect = { "string|table|function", {} },
  })
  if not opts.with then
    error("plan.make: option 'with' is missing; name a quantizer, as in with = quant.int { bits = 4 }", 2)
  end
  local selectors, quantizers = {}, {}
  local function add(list, quantizer)
    for _, glob in ipairs(list) do
      selectors[#selectors + 1], quantizers[#quantizers + 1] = glob, quantizer
    end
  end
  add(globs(opts.params, model, "params"), opts.with)
  add(globs(opts.protect, model, "protect"), false)
  return native.plan(selectors, quantizers)
end

-- What a param is ranked by, from its moments; the first of the order is protected first.
local scores = {
  variance = function(m)
    return m:variance()
  end,
  kurtosis = function(m)
    return m:kurtosis()
  end,
  crest = function(m)
    return math.max(m:max(), -m:min()) / m:std()
  end,
}

-- The units that a ranking orders: whole layers or single matrices, with their names, sizes and moments.
local function units(model, per)
  local list, by_layer = {}, {}
  for _, param in ipairs(model:params()) do
    if param.layer and #param.shape == 2 then
      local size = param.shape[1] * param.shape[2]
      local moments = stats.moments(model:param(param.name))
      local unit = by_layer[param.layer]
      if per == "param" or not unit then
        unit = { layer = param.layer, names = {}, size = 0 }
        list[#list + 1], by_layer[param.layer] = unit, unit
      end
      unit.names[#unit.names + 1], unit.size = param.name, unit.size + size
      unit.moments = unit.moments and unit.moments:merge(moments) or moments
    end
  end
  return list
end

local Order = {}
Order.__index = Order

---@class residua.plan.RankOpts
---@field by? string  "variance" (the default), "kurtosis", "crest" (absmax / std) or "random"
---@field per? string  "param" (the default: one matrix) or "layer"
---@field seed? integer  of the random order

--- Returns the order in which the matrices (or layers) of a model would be protected: highest score first.
---@param model Model
---@param opts? residua.plan.RankOpts
---@return Order
---@example
---local order = plan.rank(model.load("mini"), { by = "variance", per = "layer" })
---assert(#order == 12)
function M.rank(model, opts)
  opts = options.check("plan.rank", opts,
    { by = { "string", "variance" }, per = { "string", "param" }, seed = { "integer", 1 } })
  if opts.per ~= "param" and opts.per ~= "layer" then
    error(("plan.rank: unknown per '%s', expected one of: param, layer"):format(opts.per), 2)
  end
  local list = units(model, opts.per)
  if opts.by == "random" then
    return setmetatable(stats.shuffled(list, opts.seed), Order)
  end
  local score = scores[opts.by]
    or error(("plan.rank: unknown rank '%s', expected one of: crest, kurtosis, random, variance"):format(opts.by), 2)
  for _, unit in ipairs(list) do
    unit.score = score(unit.moments)
  end
  table.sort(list, function(a, b)
    return a.score > b.score or a.score == b.score and a.names[1] < b.names[1]
  end)
  return setmetatable(list, Order)
end

--- Returns the longest head of the order whose share of the ranked weights is at most `share`.
---@param share number  0 to 1
---@return string[] names  of params
---@return integer count  units in it
function Order:top(share)
  local total, taken, names, count = 0, 0, {}, 0
  for _, unit in ipairs(self) do
    total = total + unit.size
  end
  for _, unit in ipairs(self) do
    taken = taken + unit.size
    if taken > share * total * (1 + 1e-12) then
      break
    end
    count = count + 1
    table.move(unit.names, 1, #unit.names, #names + 1, names)
  end
  return names, count
end

--- Returns a plan that protects the top of the order and quantizes the rest.
---@param share number  0 to 1, of the ranked weights
---@param scheme residua.model.QuantizeOpts  as `quant.sane()` gives it, or { with = quantizer }
---@return Plan
---@example
---local m = model.load("mini")
---local p = plan.rank(m):protect_top(0.25, quant.sane())
---assert(not m:with(p):edited(plan.rank(m)[1].names[1]))
function Order:protect_top(share, scheme)
  return M.make { with = scheme.with, params = scheme.params, protect = (self:top(share)) }
end

return M
