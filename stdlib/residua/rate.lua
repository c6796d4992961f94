-- Rate and distortion: disparity by bits and protected share. Grids of both, and laws fitted to them.

local disparity = require("residua.disparity")
local failure = require("residua.failure")
local options = require("residua.options")
local range = require("residua.range")
local stats = require("residua.stats")
local table_of = require("residua.table")

local M = {}

local FEWEST_DEGREES <const> = 3 -- cells beyond the params of a law

---@class residua.rate.GridOpts
---@field model Model
---@field texts Corpus
---@field order Order  what is protected first
---@field with function  gives the scheme of a bit width: `quant.sane` or `quant.naive`
---@field bits integer[]
---@field shares number[]  of the ranked weights, 0 to 100 [%]
---@field seed? integer  1 by default

--- Returns the disparity for every bit width with every protected share. Rows are those of `disparity.curve`, with
--- bits and share (0 to 1: what is protected of the weights that the scheme quantizes otherwise).
---@param opts residua.rate.GridOpts
---@return Table rows  by width, then share
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1, languages = { "eng", "heb" } })
---local rows = rate.grid { model = m, texts = texts, order = plan.rank(m), with = quant.sane, bits = { 3, 4 },
---  shares = { 0, 20 } }
---assert(#rows == 4 and rows[2].bits == 3 and rows[2].share > 0.15 and rows[2].share <= 0.2)
function M.grid(opts)
  opts = options.check("rate.grid", opts, { model = { "Model", required = true }, order = { "table", required = true },
    texts = { "Corpus", required = true }, with = { "function|table", required = true },
    bits = { "table", required = true }, shares = { "table", required = true }, seed = { "integer", 1 } })
  local plans, widths = {}, {}
  for _, bits in ipairs(opts.bits) do
    for _, made in ipairs((opts.order:plans(opts.shares, opts.with { bits = bits }))) do
      plans[#plans + 1], widths[#widths + 1] = made, bits
    end
  end
  local rows = disparity.curve { model = opts.model, plans = plans, texts = opts.texts, at = widths, seed = opts.seed }
  for _, row in ipairs(rows) do
    local kept = opts.order:protect_top(0, opts.with { bits = row.at }):cost(opts.model).protected_share
    row.bits, row.share = row.at, (row.protected / 100 - kept) / (1 - kept)
  end
  return table_of(rows, { columns = { "bits", "share", "mean_delta", "gap", "reference_delta", "ratio" } })
end

-- How many times a symmetric grid halves its step: it has 2^(bits - 1) - 1 levels on a side, so that 2 bits count as 1.
local function halvings(bits)
  return 1 + math.log(2 ^ (bits - 1) - 1, 2)
end

local function left_of(share, c)
  return math.log(math.max(1 - c * share, 1e-9))
end

--- Returns ln D by the exponential law D = a 2^(-b n) (1 - c share), where n = 1 + log2(2^(bits - 1) - 1) counts how
--- often a symmetric grid halves its step: b is 2 where the loss is quadratic in rounding noise, c is 1 where what is
--- protected is worth its share. A fourth param is what b gains beyond 4 bits.
---@param row table  bits, share
---@param q number[]  ln a, b, c
---@return number
---@example
---assert(rate.exponential({ bits = 2, share = 0.5 }, { 1, 0, 1 }) == 1 + math.log(0.5))
function M.exponential(row, q)
  local n = halvings(row.bits)
  return q[1] - math.log(2) * (q[2] * n + (q[4] or 0) * math.max(n - halvings(4), 0)) + left_of(row.share, q[3])
end

--- Returns ln D by the power law D = a n^(-b) (1 - c share), with n as in `rate.exponential`.
---@param row table  bits, share
---@param q number[]  ln a, b, c
---@return number
---@example
---assert(rate.power({ bits = 2, share = 0 }, { 1, 5, 1 }) == 1)
function M.power(row, q)
  return q[1] - q[2] * math.log(halvings(row.bits)) + left_of(row.share, q[3])
end

-- Rows whose measure says something: above 0, of a model that did not collapse; copies with its logarithm.
local function usable(rows, measure)
  local cells = table_of({}, { columns = { "bits", "share", "log" } })
  for place, row in ipairs(rows) do
    options.argument("rate.fit", "row " .. place, row, "table", 4)
    options.argument("rate.fit", ("%s of row %d"):format(measure, place), row[measure], "table", 4)
    if not row.collapsed and (row[measure].estimate or 0) > 0 then
      local cell = { log = math.log(row[measure].estimate) }
      for name, value in pairs(row) do
        cell[name] = cell[name] or value
      end
      cells[#cells + 1] = cell
    end
  end
  return cells
end

-- One row per width: what the law says of it without protection, and by how much its cells lie above the law.
local function by_width(cells, law, q)
  local points, place = table_of {}, {}
  for _, cell in ipairs(cells) do
    local point = place[cell.bits]
    if not point then
      point = { bits = cell.bits, share = 0, count = 0, above = 0 }
      points[#points + 1], place[cell.bits] = point, point
    end
    point.count, point.above = point.count + 1, point.above + cell.log - law(cell, q)
  end
  for _, point in ipairs(points) do
    point.log = law(point, q) + point.above / point.count
  end
  return points
end

-- The params of a law but for c from one point per width: what the law misses there all shares of the width miss, and
-- more shares would not tell more of it. q: the params as all cells give them.
local function params_of_widths(cells, law, q)
  local points = by_width(cells, law, q)
  local effects, start = {}, { q[1], q[2], table.unpack(q, 4) }
  if #points <= #start then
    for i = 1, #start do
      effects[i] = { refused = ("%d bit widths are of use; %d are needed"):format(#points, #start + 1) }
    end
    return effects
  end
  return stats.curve_fit(function(number, r)
    return law(points[number], { r[1], r[2], q[3], table.unpack(r, 3) })
  end, range(1, #points), points:column("log"), start, { weights = points:column("count") }).params
end

-- A law fitted to all cells; the intervals of what depends on the width are those of widths.
local function fit_of(cells, law, start)
  local fit = stats.curve_fit(function(number, q)
    return law(cells[number], q)
  end, range(1, #cells), cells:column("log"), start)
  local q, c = table_of(fit.params):column("estimate"), fit.params[3]
  fit.params = params_of_widths(cells, law, q)
  table.insert(fit.params, 3, c)
  fit.at = function(row)
    return law(row, q)
  end
  return fit
end

---@class residua.rate.FitOpts
---@field measure? string  "gap" (the default), "ratio" or "mean_delta"
---@field law? function  law(row, params) -> ln D; param 3 is c, as in `rate.exponential`, the default
---@field start? number[]  params to start from; { 0, 1, 0.5 } by default

--- Returns a law fitted by least squares to ln D of the cells whose measure is above 0 in a model that did not
--- collapse. All cells count alike. Fewer than 3 more cells than params are refused. Intervals of params are those of
--- widths as units (of c: of cells), and refused where these are no more than params.
---@param rows table[]  of `rate.grid`, or any with bits, share and the measure, an effect
---@param opts? residua.rate.FitOpts
---@return table fit  params (effects), covariance, degrees and so on, as of `stats.curve_fit`; cells (rows of use,
---`log` is their ln D); at (function: ln D of a row by the law); or refused (why), as are all params then
---@example
---local rows = {}
---for bits = 2, 8 do
---  local gap = math.exp(rate.exponential({ bits = bits, share = bits / 20 }, { 1, 2, 1 }))
---  rows[#rows + 1] = { bits = bits, share = bits / 20, gap = { estimate = gap } }
---end
---local fit = rate.fit(rows)
---assert(math.abs(fit.params[2].estimate - 2) < 1e-4)
---assert(math.abs(fit.at(rows[1]) - fit.cells[1].log) < 1e-4)
---assert(rate.fit({ rows[1], rows[2] }).refused == "2 of 2 cells are of use; 6 are needed")
function M.fit(rows, opts)
  opts = options.check("rate.fit", opts, { measure = { "string", "gap" }, law = { "function", M.exponential },
    start = { "table", { 0, 1, 0.5 } } })
  options.one_of("rate.fit", "measure", opts.measure, { "gap", "mean_delta", "ratio" })
  local cells, needed = usable(rows, opts.measure), #opts.start + FEWEST_DEGREES
  local why = #cells < needed and ("%d of %d cells are of use; %d are needed"):format(#cells, #rows, needed)
  local ok, fit = pcall(function()
    return not why and fit_of(cells, opts.law, opts.start)
  end)
  if not ok and failure.of(fit).interrupted then
    error(fit, 0)
  elseif why or not ok then
    fit = { params = {}, refused = why or "the cells do not determine the law: " .. tostring(fit) }
    for i = 1, #opts.start do
      fit.params[i] = { refused = fit.refused }
    end
  end
  fit.cells = cells
  return fit
end

return M
