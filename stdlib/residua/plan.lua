-- Plans: which params get which quantizer, which are protected. To protect is to keep in full precision.

local help = require("residua.native").help
local native = require("residua.native").quant
local options = require("residua.options")
local quant = require("residua.quant")
local rank = require("residua.rank")
local table_of = require("residua.table")

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

-- Rules as they are collected: selectors, and a quantizer for each or false.
local function add(rules, selectors, quantizer)
  for _, glob in ipairs(selectors) do
    rules.selectors[#rules.selectors + 1], rules.quantizers[#rules.quantizers + 1] = glob, quantizer
  end
end

local function plan_of(rules)
  return native.plan(rules.selectors, rules.quantizers)
end

local function rules_of(where, opts, model)
  local rules = { selectors = {}, quantizers = {} }
  add(rules, globs(opts.params, model, where .. ": params"), opts.with)
  add(rules, globs(opts.protect, model, where .. ": protect"), false)
  return rules
end

--- Returns a plan. Options are those of `model:quantized`.
---@param opts residua.model.QuantizeOpts
---@param model? Model  needed when a selector is a function
---@param where? string  what errors name; "plan.make" by default
---@return Plan
---@example
---local p = plan.make { with = quant.int { bits = 4 }, protect = { 0, "L11.attn.*" } }
---assert(p:cost(model.load("mini")).protected_share < 0.4)
function M.make(opts, model, where)
  local level = where and 4 or 3 -- beyond the function that errors name
  where = where or "plan.make"
  opts = options.check(where, opts, {
    with = { "Quantizer", required = "name a quantizer, as in with = quant.int { bits = 4 }" },
    params = { "string|table|function", MATRICES }, protect = { "string|table|function", {} },
  }, level)
  return plan_of(rules_of(where, opts, model))
end

--- Returns the plan that `Plan:rules` describes, from JSON for instance.
---@param rules table[]  in order: selector, and quantizer (as `Quantizer:options` gives it) unless it protects
---@return Plan
---@example
---local p = plan.make { with = quant.int { bits = 3 }, protect = { 0 } }
---assert(plan.of(json.decode(json.encode(p:rules()))) == p)
function M.of(rules)
  if type(rules) ~= "table" then
    error("plan.of: a list of rules expected, got " .. type(rules), 2)
  end
  local list = { selectors = {}, quantizers = {} }
  for i, rule in ipairs(rules) do
    rule = options.check(("plan.of: rule %d"):format(i), rule,
      { selector = { "string", required = true }, quantizer = { "table" } })
    add(list, { rule.selector }, rule.quantizer and quant.of(rule.quantizer) or false)
  end
  return plan_of(list)
end

-- "int4 symmetric per channel, clip absmax", or "protected".
local function described(quantizer)
  return quantizer and tostring(quantizer) or "protected"
end

--- Returns where two plans differ on a model.
---@param a Plan
---@param b Plan
---@param model Model
---@return Table  param, a, b: what each does to it
---@example
---local m = model.load("mini")
---local d = plan.diff(plan.make(quant.sane()), plan.make(quant.sane { protect = { 0 } }), m)
---assert(#d == 4 and d[1].b == "protected")
function M.diff(a, b, model)
  options.argument("plan.diff", "a", a, "Plan")
  options.argument("plan.diff", "b", b, "Plan")
  local of_a, of_b, rows = a:params(model), b:params(model), {}
  for _, param in ipairs(model:params()) do
    local here, there = described(of_a[param.name]), described(of_b[param.name])
    if here ~= there then
      rows[#rows + 1] = { param = param.name, a = here, b = there }
    end
  end
  return table_of(rows, { columns = { "param", "a", "b" } })
end

--- The order in which the parts of a model would be protected, as `plan.rank` returns it: a list of tables, highest
--- score first, with names (of the params) and score.
---@class Order
---@field model Model
local Order = {}
Order.__index = Order
Order.__name = "Order"

local SHOWN <const> = 20 -- parts that an order prints

function Order:__tostring()
  local first, rows = self[1] or { names = {} }, {}
  local columns = { #first.names > 1 and "layer" or "param", first.row and "row" or first.column and "column" or "size",
    "score" }
  for i = 1, math.min(#self, SHOWN) do
    local unit = self[i]
    rows[i] = { layer = unit.layer, param = unit.names[1], row = unit.row, column = unit.column, size = unit.size,
      score = unit.score }
  end
  local rest = #self > SHOWN and ("\n... and %d more"):format(#self - SHOWN) or ""
  return tostring(table_of(rows, { columns = columns, caption = "Order of protection, the highest score first" }))
    .. rest
end

--- Returns the order in which the parts of a model would be protected: highest score first.
---@param model Model
---@param opts? residua.plan.RankOpts
---@return Order
---@example
---local order = plan.rank(model.load("mini"), { by = "variance", per = "layer" })
---assert(#order == 12)
---assert(plan.rank(model.load("mini"), { by = "crest", per = "row" })[1].row >= 1)
function M.rank(model, opts)
  local order = rank.of(model, opts)
  order.model = model
  return setmetatable(order, Order)
end

local function require_share(where, share)
  if type(share) ~= "number" or not (share >= 0 and share <= 1) then
    error(("%s: the share counts from 0 to 1, got %s; for 25 %% give 0.25"):format(where,
      type(share) == "number" and ("%g"):format(share) or type(share)), 3)
  end
end

-- The longest head of the order whose share of the ranked weights is at most `share`, and its own share.
local function head(order, share)
  local total, taken, units = 0, 0, {}
  for _, unit in ipairs(order) do
    total = total + unit.size
  end
  for _, unit in ipairs(order) do
    if taken + unit.size > share * total * (1 + 1e-12) then
      break
    end
    taken, units[#units + 1] = taken + unit.size, unit
  end
  return units, total > 0 and taken / total or 0
end

--- Returns the params in the longest head of the order whose share of the ranked weights is at most `share`.
---@param share number  0 to 1
---@return string[] names  of params, those of rows or columns as often as they occur
---@return integer count  units in it
function Order:top(share)
  require_share("Order:top", share)
  local names, units = {}, head(self, share)
  for _, unit in ipairs(units) do
    table.move(unit.names, 1, #unit.names, #names + 1, names)
  end
  return names, #units
end

-- Rows and columns to keep, by param, in the order of the model's names.
local function kept_lines(units)
  local by_name, names = {}, {}
  for _, unit in ipairs(units) do
    local name = unit.names[1]
    if not by_name[name] then
      by_name[name], names[#names + 1] = { rows = {}, columns = {} }, name
    end
    local list = unit.row and by_name[name].rows or by_name[name].columns
    list[#list + 1] = unit.row or unit.column
  end
  table.sort(names)
  return by_name, names
end

--- Returns a plan that protects the top of the order and quantizes the rest.
---@param share number  0 to 1, of the ranked weights
---@param scheme residua.model.QuantizeOpts  as `quant.sane()` gives it, or { with = quantizer }
---@return Plan
---@example
---local m = model.load("mini")
---local p = plan.rank(m):protect_top(0.25, quant.sane())
---assert(not m:with(p):edited(plan.rank(m)[1].names[1]))
---local rows = plan.rank(m, { per = "row" }):protect_top(0.1, quant.sane())
---assert(rows:cost(m).protected_share > plan.make(quant.sane()):cost(m).protected_share)
function Order:protect_top(share, scheme)
  require_share("Order:protect_top", share)
  scheme = options.check("Order:protect_top", scheme, { with = { "Quantizer", required = true },
    params = { "string|table|function", MATRICES }, protect = { "string|table|function", {} } })
  local rules, units = rules_of("Order:protect_top", scheme, self.model), head(self, share)
  if #units == 0 or not (units[1].row or units[1].column) then
    add(rules, (self:top(share)), false)
    return plan_of(rules)
  end
  local by_name, names = kept_lines(units)
  local quantized = plan_of(rules):params(self.model)
  for _, name in ipairs(names) do
    if quantized[name] then -- what the scheme leaves alone stays so
      add(rules, { name }, quantized[name]:keeping(by_name[name].rows, by_name[name].columns))
    end
  end
  return plan_of(rules)
end

M.features = rank.features

--- Returns the plans that protect growing shares of the order, as `Order:protect_top` does, and what they protect.
---@param shares number[]  of the ranked weights, 0 to 100 [%]
---@param scheme residua.model.QuantizeOpts
---@return Plan[] plans
---@return number[] taken  what each protects of the ranked weights [%], at most its share
---@example
---local plans, taken = plan.rank(model.load("mini")):plans({ 0, 10 }, quant.sane())
---assert(#plans == 2 and taken[1] == 0 and taken[2] > 8 and taken[2] <= 10)
function Order:plans(shares, scheme)
  local plans, taken = {}, {}
  for i, share in ipairs(shares) do
    plans[i] = self:protect_top(share / 100, scheme)
    taken[i] = 100 * select(2, head(self, share / 100))
  end
  return plans, taken
end

help.publish("plan.", M)
help.publish("Order:", Order)

return M
