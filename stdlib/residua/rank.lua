-- Rankings: in which order the parts of a model would be protected. A part is a layer, a matrix, a row or a column.

local options = require("residua.options")
local stats = require("residua.stats")
local table_of = require("residua.table")

local M = {}

-- Scores of a whole unit from its moments; the greatest is protected first.
local MOMENT_SCORES = {
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

-- Scores of whole units that need the weights: shares of the values.
local SHARE_SCORES = {
  outliers = function(weight, m)
    return (weight - m:mean()):abs():gt(3 * m:std())
  end,
  sparsity = function(weight)
    return weight:abs():lt(0.01)
  end,
}

local NAMES = { "crest", "kurtosis", "outliers", "random", "sparsity", "variance" }
local PARTS = { "column", "layer", "param", "row" }

-- The matrices of the layers, with what is known of each.
local function matrices(model)
  local list = {}
  for _, param in ipairs(model:params()) do
    if param.layer and #param.shape == 2 then
      list[#list + 1] = { name = param.name, layer = param.layer, rows = param.shape[1], columns = param.shape[2],
        size = param.shape[1] * param.shape[2] }
    end
  end
  return list
end

-- Whole matrices, or layers of them: names, size, moments, and of each of these scores how many values count.
local function measured_wholes(model, per, shares)
  local list, by_layer = {}, {}
  for _, matrix in ipairs(matrices(model)) do
    local weight = model:param(matrix.name)
    local moments = stats.moments(weight)
    local unit = per == "layer" and by_layer[matrix.layer]
    if not unit then
      unit = { layer = matrix.layer, names = {}, size = 0, hits = {} }
      list[#list + 1], by_layer[matrix.layer] = unit, unit
    end
    unit.names[#unit.names + 1], unit.size = matrix.name, unit.size + matrix.size
    unit.moments = unit.moments and unit.moments:merge(moments) or moments
    for _, by in ipairs(shares) do
      unit.hits[by] = (unit.hits[by] or 0) + SHARE_SCORES[by](weight, moments):to("float64"):sum()
    end
  end
  return list
end

local function score_of(unit, by)
  return MOMENT_SCORES[by] and MOMENT_SCORES[by](unit.moments) or unit.hits[by] / unit.size
end

-- The same with their score.
local function whole_units(model, per, by)
  local list = measured_wholes(model, per, { SHARE_SCORES[by] and by })
  for _, unit in ipairs(list) do
    unit.score = score_of(unit, by)
  end
  return list
end

-- One score per row of a matrix [rows, columns].
local LINE_SCORES = {
  variance = function(weight)
    return weight:std(2) ^ 2
  end,
  crest = function(weight)
    return weight:abs():max(2) / weight:std(2)
  end,
  kurtosis = function(weight)
    local centred = weight - weight:mean(2):reshape({ -1, 1 })
    return (centred ^ 4):mean(2) / (centred ^ 2):mean(2) ^ 2 - 3
  end,
  outliers = function(weight)
    local centred = weight - weight:mean(2):reshape({ -1, 1 })
    return centred:abs():gt((weight:std(2) * 3):reshape({ -1, 1 })):to("float32"):mean(2)
  end,
  sparsity = function(weight)
    return weight:abs():lt(0.01):to("float32"):mean(2)
  end,
}

-- Single rows, or columns: name of the matrix, position from 1, size, score.
local function lines(model, per, by)
  local list = {}
  for _, matrix in ipairs(matrices(model)) do
    local weight = model:param(matrix.name)
    weight = per == "column" and weight:t() or weight
    local scores = by ~= "random" and LINE_SCORES[by](weight):totable() or {}
    local size = per == "row" and matrix.columns or matrix.rows
    for position = 1, per == "row" and matrix.rows or matrix.columns do
      list[#list + 1] = { names = { matrix.name }, layer = matrix.layer, [per] = position, size = size,
        score = scores[position] or 0 }
    end
  end
  return list
end

-- Sensitivity measured elsewhere: one number per layer (from 0) or per param.
local function measured_units(model, per, measured)
  local list = whole_units(model, per, "variance")
  for _, unit in ipairs(list) do
    local key = per == "layer" and unit.layer or unit.names[1]
    unit.score = measured[key]
      or error(("plan.rank: 'by' has no number for %s; give one for each"):format(tostring(key)), 4)
  end
  return list
end

local function units(model, opts)
  options.one_of("plan.rank", "per", opts.per, PARTS, 5)
  if type(opts.by) == "table" then
    if opts.per == "row" or opts.per == "column" then
      error("plan.rank: measured numbers are per layer or per param; give per = \"layer\" or \"param\"", 4)
    end
    return measured_units(model, opts.per, opts.by)
  end
  options.one_of("plan.rank", "by", opts.by, NAMES, 5)
  local by = opts.by == "random" and "variance" or opts.by
  if opts.per == "row" or opts.per == "column" then
    return lines(model, opts.per, opts.by)
  end
  return whole_units(model, opts.per, by)
end

local FEATURES <const> = { "variance", "kurtosis", "crest", "outliers", "sparsity" }

---@class residua.plan.FeaturesOpts
---@field per? string  "layer" (the default: all its matrices) or "param" (one matrix)

--- Returns statistics of the weights of every layer, or of every matrix in the layers, in the model's order.
---@param model Model
---@param opts? residua.plan.FeaturesOpts
---@return Table rows  layer, names (of the params), size (values), depth (of the layer's middle: above 0, below 1),
---and what `plan.rank` ranks by: variance, kurtosis, crest, outliers, sparsity; of weights that are all equal kurtosis
---and crest are 0
---@example
---local rows = plan.features(model.load("mini"))
---assert(#rows == 12 and rows[1].depth == 1 / 24 and rows[1].crest > 1)
function M.features(model, opts)
  opts = options.check("plan.features", opts, { per = { "string", "layer" } })
  options.one_of("plan.features", "per", opts.per, { "layer", "param" })
  options.argument("plan.features", "model", model, "Model")
  local rows, layers = {}, model:layers()
  for i, unit in ipairs(measured_wholes(model, opts.per, { "outliers", "sparsity" })) do
    rows[i] = { layer = unit.layer, names = unit.names, size = unit.size, depth = (unit.layer + 0.5) / layers }
    for _, name in ipairs(FEATURES) do
      local score = score_of(unit, name)
      rows[i][name] = math.abs(score) < math.huge and score or 0.0 -- nor NaN
    end
  end
  return table_of(rows, { columns = { "layer", "depth", table.unpack(FEATURES) } })
end

---@class residua.plan.RankOpts
---@field by? string|table  "variance" (the default), "kurtosis", "crest" (absmax / std), "outliers" (share of
---  |w - mean| > 3 std), "sparsity" (share of |w| < 0.01), "random", or measured numbers by layer (from 0) or param
---@field per? string  "param" (the default: one matrix), "layer", "row" or "column"
---@field seed? integer  of the random order; 1 by default

--- Returns the parts of a model in the order in which they would be protected, the highest score first.
---@param model Model
---@param opts? residua.plan.RankOpts
---@return table[]  names, layer, size, score; row or column, from 1
function M.of(model, opts)
  opts = options.check("plan.rank", opts,
    { by = { "string|table", "variance" }, per = { "string", "param" }, seed = { "integer", 1 } }, 4)
  options.argument("plan.rank", "model", model, "Model", 4)
  local list = units(model, opts)
  if opts.by == "random" then
    return stats.shuffled(list, opts.seed)
  end
  for place, unit in ipairs(list) do
    unit.place = place -- ties keep the order of the model
    unit.score = unit.score == unit.score and unit.score or -math.huge -- constant rows have no kurtosis
  end
  table.sort(list, function(a, b)
    return a.score > b.score or a.score == b.score and a.place < b.place
  end)
  return list
end

return M
