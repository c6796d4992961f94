-- The disparity of many plans, and where its ratio falls to a level.

local disparity_of = require("residua.disparity.measure").of
local options = require("residua.options")
local opts_of = require("residua.disparity.opts")
local stats = require("residua.stats")
local sweep = require("residua.sweep")
local table_of = require("residua.table")

local M = {}

local COLUMNS <const> = { "at", "protected", "mean_bits", "mean_delta", "gap", "ratio" } -- that are printed

---@class residua.disparity.CurveOpts
---@field model Model
---@field plans Plan[]
---@field texts Corpus
---@field at number[]  what each plan stands for, such as its protected share [%]
---@field reference? string
---@field seed? integer

--- Measures the disparity of many plans in one run. Rows have at, protected (share of all weights [%]), mean_bits,
--- mean_delta, reference_delta, gap, ratio, low_over_high, collapsed (a language's loss is near ln V), and disparity,
--- which has the languages; `distinct` counts different plans, `refused` says why a ratio is missing.
---@param opts residua.disparity.CurveOpts
---@return Table rows
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 3 })
---local order = plan.rank(m)
---local plans = { order:protect_top(0, quant.sane()), order:protect_top(0.5, quant.sane()) }
---assert(#disparity.curve { model = m, plans = plans, texts = texts, at = { 0, 50 } } == 2)
function M.curve(opts)
  opts = options.check("disparity.curve", opts, { model = { "Model", required = true },
    plans = { "table", required = true }, texts = { "Corpus", required = true }, at = { "table", required = true },
    reference = { "string" }, seed = { "integer", 1 } })
  if #opts.at ~= #opts.plans then
    error(("disparity.curve: at: %d values for %d plans; say what each plan stands for"):format(#opts.at,
      #opts.plans), 2)
  end
  local measured = opts_of("disparity.curve", { reference = opts.reference, seed = opts.seed }, opts.texts)
  local models, seen, distinct = { opts.model }, {}, 0
  local rows = table_of({}, { columns = COLUMNS, caption = "Disparity of plans" })
  for i, plan in ipairs(opts.plans) do
    models[i + 1] = opts.model:with(plan)
  end
  local losses = sweep { models = models, texts = opts.texts }
  for i, plan in ipairs(opts.plans) do
    local key = plan:digest()
    if not seen[key] then
      distinct = distinct + 1
      seen[key] = disparity_of(losses[1].loss, losses[i + 1].loss, opts.model:architecture().vocab,
        measured)
    end
    local d, cost = seen[key], plan:cost(opts.model)
    rows.refused = rows.refused or d.refused
    rows[i] = { at = opts.at[i], protected = 100 * cost.protected_share, mean_bits = cost.mean_bits,
      mean_delta = d.mean_delta, reference_delta = d:row(d.reference).delta_byte, gap = d.gap,
      ratio = d.ratio, low_over_high = d.low_over_high, collapsed = d.collapsed, draws = d.ratio_draws, disparity = d }
  end
  rows.distinct = distinct
  return rows
end

-- Where a curve first falls to `level`, between two points on a straight line; nil when it does not.
local function first_fall(at, values, level)
  for i = 2, #at do
    if values[i - 1] > level and values[i] <= level then
      return at[i - 1] + (at[i] - at[i - 1]) * (values[i - 1] - level) / (values[i - 1] - values[i])
    end
  end
end

local function draw_of(rows, draw)
  local values = {}
  for i, row in ipairs(rows) do
    values[i] = row.draws[draw]
  end
  return values
end

--- Returns where the ratio of a curve first falls to a level, with a 95 % interval over the resamples; `refused` says
--- why there is none.
---@param rows table[]  from `disparity.curve`
---@param level number
---@return table effect
---@example
---local rows = { { at = 0, draws = { 3, 3, 3 }, ratio = { n = 8 } }, { at = 10, draws = { 0, 1, 0.5 } } }
---assert(math.abs(disparity.crossing(rows, 1).estimate - 20 / 3) < 1e-12)
function M.crossing(rows, level)
  options.argument("disparity.crossing", "rows", rows, "table")
  options.argument("disparity.crossing", "level", level, "number")
  local at, crossings = {}, {}
  for i, row in ipairs(rows) do
    options.argument("disparity.crossing", "row " .. i, row, "table")
    if not row.draws then
      local why = row.disparity and row.disparity.refused or rows.refused or "unknown"
      return { refused = ("no ratio at %s: %s"):format(tostring(row.at), why) }
    end
    at[i] = row.at
  end
  local estimate = first_fall(at, draw_of(rows, 1), level)
  if not estimate then
    return { refused = ("the ratio does not cross %g between %g and %g"):format(level, at[1], at[#at]) }
  end
  for draw = 2, #rows[1].draws do
    crossings[#crossings + 1] = first_fall(at, draw_of(rows, draw), level)
  end
  local share = #crossings / (#rows[1].draws - 1)
  if share < 0.95 then
    return { refused = ("only %.0f %% of the resamples cross %g"):format(100 * share, level) }
  end
  table.insert(crossings, 1, estimate)
  return stats.from_draws(crossings, { n = rows[1].ratio.n, least = at[1], most = at[#at] })
end

return M
