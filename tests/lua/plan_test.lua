-- Plans: selectors, costs, rankings, protected heads of an order.
local json = require("residua.json")
local model = require("residua.model")
local plan = require("residua.plan")
local quant = require("residua.quant")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local int4 = quant.int { bits = 4 }

-- The names of the params that a plan quantizes, sorted.
local function quantized(made, m)
  local names = {}
  for name in pairs(made:params(m)) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function layer_matrices(m, wanted)
  local names = {}
  for _, param in ipairs(m:params()) do
    if param.layer and #param.shape == 2 and wanted(param) then
      names[#names + 1] = param.name
    end
  end
  table.sort(names)
  return names
end

function test.the_matrices_of_all_layers_by_default()
  local m = support.model()
  t.eq(quantized(plan.make { with = int4 }, m), layer_matrices(m, function()
    return true
  end))
end

function test.norms_inside_of_attention_and_mlp_are_no_matrices()
  local sizes = { num_hidden_layers = 2, hidden_size = 16, num_attention_heads = 2, num_key_value_heads = 1,
    head_dim = 8, intermediate_size = 24, vocab_size = 30, max_position_embeddings = 16 }
  for _, family in ipairs { "qwen3", "gemma2" } do
    sizes.model_type = family
    local m = model.new { config = sizes }
    local shapes = {}
    for _, param in ipairs(m:params()) do
      shapes[param.name] = param.shape
    end
    local names = quantized(plan.make { with = int4 }, m)
    t.eq(#names, 2 * 7)
    for _, name in ipairs(names) do
      t.eq(#shapes[name], 2)
    end
  end
end

function test.layers_globs_and_both_protect()
  local m = support.model()
  t.eq(quantized(plan.make { with = int4, protect = { 0, 3 } }, m), layer_matrices(m, function(param)
    return param.layer == 1 or param.layer == 2
  end))
  t.eq(quantized(plan.make { with = int4, protect = "L*.attn.*" }, m), layer_matrices(m, function(param)
    return param.name:find("mlp") ~= nil
  end))
  t.eq(quantized(plan.make { with = int4, protect = { 0, "*.mlp.*", "L1.attn.out" } }, m),
    { "L1.attn.qkv", "L2.attn.out", "L2.attn.qkv", "L3.attn.out", "L3.attn.qkv" })
end

function test.params_choose_what_is_quantized()
  local m = support.model()
  t.eq(quantized(plan.make { with = int4, params = { 2 }, protect = "L2.norm*" }, m),
    { "L2.attn.out", "L2.attn.qkv", "L2.mlp.down", "L2.mlp.up" })
  t.eq(quantized(plan.make { with = int4, params = "embed.tokens" }, m), { "embed.tokens" })
end

function test.functions_select()
  local m = support.model()
  local function wide(param)
    return #param.shape == 2 and param.shape[1] == 64
  end
  t.eq(quantized(plan.make({ with = int4, params = wide }, m), m),
    { "L0.mlp.up", "L1.mlp.up", "L2.mlp.up", "L3.mlp.up" })
  t.ok(not m:quantized({ with = int4, protect = wide }):edited("L1.mlp.up"))
  t.raises("plan.make: params: a function as selector needs the model; use model:quantized", function()
    plan.make { with = int4, params = wide }
  end)
end

function test.costs()
  local m = support.model()
  local all = plan.make { with = quant.int { bits = 4, per = "tensor" }, params = "*" }:cost(m)
  local values, biases = 0, 0
  for _, param in ipairs(m:params()) do
    local size = param.shape[1] * (param.shape[2] or 1)
    values = values + size
    biases = biases + (param.name:find("bias$") and size or 0)
  end
  t.eq(all.values, values)
  t.near(all.protected_share, biases / values, 1e-12)
  local none = plan.make { with = int4, protect = "*" }:cost(m)
  t.eq(none.protected_share, 1)
  t.near(none.bytes, none.mean_bits * values / 8, 1)
end

function test.equal_rules_are_equal_plans()
  local one, same = plan.make { with = int4, protect = { 0 } }, plan.make { with = int4, protect = { 0 } }
  t.ok(one == same and one:digest() == same:digest())
  t.ok(one ~= plan.make { with = int4, protect = { 1 } })
  t.ok(tostring(one):find("^Plan L%*"), tostring(one))
end

function test.mistakes_are_named()
  t.raises("plan.make: option 'with' is missing; name a quantizer", function()
    plan.make { protect = { 0 } }
  end)
  t.raises("plan.make: unknown option 'protects' (did you mean 'protect'?)", function()
    plan.make { with = int4, protects = { 0 } }
  end)
  t.raises("plan.make: protect: element 2 of a selector must be a layer or a glob, got number", function()
    plan.make { with = int4, protect = { 0, 1.5 } }
  end)
  t.raises("selector 'L9.*' matches no param", function()
    support.model():quantized { with = int4, protect = { 9 } }
  end)
end

function test.a_rank_orders_by_its_score()
  local m = support.model()
  m = m:with_param("L2.mlp.up", m:param("L2.mlp.up") * 5)
  local order = plan.rank(m)
  t.eq(#order, 16)
  t.eq(order[1].names, { "L2.mlp.up" })
  for i, unit in ipairs(order) do
    t.near(unit.score, stats.moments(m:param(unit.names[1])):variance(), 1e-12)
    t.ok(i == 1 or order[i - 1].score >= unit.score)
  end
  local by_layer = plan.rank(m, { per = "layer" })
  t.eq({ #by_layer, by_layer[1].layer, #by_layer[1].names }, { 4, 2, 4 })
end

function test.ranks_by_kurtosis_and_crest()
  local m = support.model()
  for by, score in pairs({
    kurtosis = function(w)
      return stats.moments(w):kurtosis()
    end,
    crest = function(w)
      return w:abs():max() / stats.moments(w):std()
    end,
  }) do
    local order = plan.rank(m, { by = by })
    for i, unit in ipairs(order) do
      t.near(unit.score, score(m:param(unit.names[1])), 1e-6, by)
      t.ok(i == 1 or order[i - 1].score >= unit.score, by)
    end
  end
end

function test.random_orders_follow_their_seed()
  local m = support.model()
  local function names(seed)
    return (plan.rank(m, { by = "random", seed = seed }):top(1))
  end
  t.eq(names(1), names(1))
  t.ok(table.concat(names(1), " ") ~= table.concat(names(2), " "))
  table.sort(names(1))
  t.eq(#names(1), 16)
end

function test.heads_hold_at_most_the_share()
  local m = support.model()
  local order = plan.rank(m, { per = "layer" })
  t.eq({ order:top(0) }, { {}, 0 })
  t.eq(select(2, order:top(0.25)), 1)
  t.eq(select(2, order:top(0.49)), 1)
  t.eq(select(2, order:top(0.5)), 2)
  t.eq(select(2, order:top(1)), 4)
end

function test.protect_top_protects_the_head()
  local m = support.model()
  local order = plan.rank(m)
  local head, count = order:top(0.3)
  t.ok(count > 0)
  local made = order:protect_top(0.3, quant.sane())
  local chosen = made:params(m)
  for _, name in ipairs(head) do
    t.eq(chosen[name], nil)
  end
  t.eq(#quantized(made, m), 16 - #head)
end

function test.ranks_name_what_is_wrong()
  local m = support.model()
  t.raises("plan.rank: unknown by 'size', expected one of: crest, kurtosis, outliers, random, sparsity", function()
    plan.rank(m, { by = "size" })
  end)
  t.raises("plan.rank: unknown per 'rows' (did you mean 'row'?), expected one of: column, layer, param", function()
    plan.rank(m, { per = "rows" })
  end)
  t.raises("plan.rank: model must be Model, got nil", function() plan.rank() end)
  local order = plan.rank(m, { per = "layer" })
  t.raises("Order:top: the share counts from 0 to 1, got 25; for 25 % give 0.25", function() order:top(25) end)
  t.raises("Order:protect_top: protect: element 1 of a selector", function()
    order:protect_top(0.5, { with = int4, protect = { true } })
  end)
end

function test.plans_name_what_is_wrong()
  local p = plan.make { with = int4 }
  t.raises("plan.of: a list of rules expected, got nil", function() plan.of() end)
  t.raises("plan.diff: b must be Plan, got 3", function() plan.diff(p, 3) end)
  t.raises("plan.diff: model: Model expected, got string", function() plan.diff(p, p, "mini") end)
end

function test.rows_and_columns_are_kept()
  local m = support.model()
  for _, per in ipairs { "row", "column" } do
    local order = plan.rank(m, { per = per, by = "crest" })
    local p = order:protect_top(0.1, quant.sane { bits = 2 })
    local q, first = m:with(p), order[1]
    local weight, changed = m:param(first.names[1]), q:param(first.names[1])
    local dim, at = per == "row" and 1 or 2, first[per]
    t.ok(changed:select(dim, at):equal(weight:select(dim, at)), per)
    t.ok(not changed:equal(weight), per)
    local all, kept = plan.make(quant.sane { bits = 2 }):cost(m), p:cost(m)
    t.ok(kept.protected_share > all.protected_share and kept.mean_bits > all.mean_bits)
  end
end

function test.measured_numbers_rank_too()
  local m, by = support.model(), {}
  for layer = 0, m:layers() - 1 do
    by[layer] = layer == 1 and 5 or -layer
  end
  t.eq(plan.rank(m, { per = "layer", by = by })[1].layer, 1)
  by[1] = nil
  t.raises("plan.rank: 'by' has no number for 1", function()
    plan.rank(m, { per = "layer", by = by })
  end)
end

function test.plans_survive_their_rules()
  local p = plan.make { with = quant.int { bits = 3, clip = "mse" }, protect = { 0, "L1.attn.*" } }
  local again = plan.of(json.decode(json.encode(p:rules())))
  t.ok(again == p)
  t.eq(again:digest(), p:digest())
end

function test.differences_of_plans()
  local m = support.model()
  local a, b = plan.make(quant.sane()), plan.make(quant.sane { protect = { 1 } })
  t.eq(#plan.diff(a, a, m), 0)
  for _, row in ipairs(plan.diff(a, b, m)) do
    t.ok(row.param:find("^L1%.") and row.b == "protected")
  end
end

function test.plans_of_growing_shares()
  local m = support.loud_model()
  local order, scheme = plan.rank(m), quant.sane()
  local plans, taken = order:plans({ 0, 30, 100 }, scheme)
  t.eq({ #plans, taken[1], taken[3] }, { 3, 0, 100 })
  t.eq(plans[2], order:protect_top(0.3, scheme))
  local size, all = 0, 0
  for i, unit in ipairs(order) do
    size, all = size + (i <= select(2, order:top(0.3)) and unit.size or 0), all + unit.size
  end
  t.near(taken[2], 100 * size / all, 1e-12)
end

function test.orders_print_their_head()
  local m = support.model()
  local lines = {}
  for line in tostring(plan.rank(m, { per = "row" })):gmatch("[^\n]+") do
    lines[#lines + 1] = line
  end
  t.eq(lines[1], "Order of protection, the highest score first")
  t.ok(lines[2]:find("^param%s+row%s+score$"), lines[2])
  t.eq(#lines, 3 + 20 + 1)
  t.ok(lines[#lines]:find("^%.%.%. and %d+ more$"), lines[#lines])
  t.ok(tostring(plan.rank(m, { per = "layer" })):find("\nlayer%s+size%s+score\n"))
  t.ok(tostring(plan.rank(m)):find("\nparam%s+size%s+score\n"))
end

return test
