-- Histograms and normal quantile plots: how a list of numbers is spread.

local cells = require("residua.plot.cells")
local columns = require("residua.plot.columns")

local M = {}

local FEWEST <const>, MOST <const> = 5, 40 -- bins
local MOST_POINTS <const> = 200 -- of a quantile plot; more would lie on each other

local function quantile(sorted, share)
  local place = 1 + share * (#sorted - 1)
  local below = math.floor(place)
  local above = math.min(below + 1, #sorted)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
end

-- The samples by name, each sorted, and how many values are left out. Rows of tables have them in a column.
local function samples_of(rows, opts)
  local column = opts.y or opts.x
  if not column then
    local numbers, left_out = cells.flat(rows)
    table.sort(numbers)
    return { { name = "values", values = numbers } }, left_out
  end
  rows = columns.rows(rows)
  local list, by = columns.of(rows, column, "y"), opts.by and columns.of(rows, opts.by, "by")
  local samples, places, left_out = {}, {}, 0
  for i = 1, #rows do
    local name = by and cells.label(by[i]) or type(column) == "string" and column or "values"
    if not places[name] then
      samples[#samples + 1] = { name = name, values = {} }
      places[name] = samples[#samples].values
    end
    local value = cells.number(list[i])
    left_out = left_out + (value and 0 or 1)
    table.insert(places[name], value)
  end
  for _, sample in ipairs(samples) do
    table.sort(sample.values)
  end
  return samples, left_out
end

-- On a logarithmic axis bins are equal in the logarithm; what is not positive has no place there.
local function in_logarithms(samples)
  local left_out = 0
  for _, sample in ipairs(samples) do
    local kept = {}
    for _, value in ipairs(sample.values) do
      kept[#kept + 1] = value > 0 and math.log(value) or nil
    end
    left_out, sample.values = left_out + #sample.values - #kept, kept
  end
  return left_out
end

-- Freedman and Diaconis (1981): bins of twice the quartile range over the cube root of the count.
local function bins_of(samples)
  local all = {}
  for _, sample in ipairs(samples) do
    table.move(sample.values, 1, #sample.values, #all + 1, all)
  end
  table.sort(all)
  if #all == 0 then
    return nil
  end
  local low, high = all[1], all[#all]
  if low == high then
    local half = math.max(math.abs(low) * 0.05, 1e-12)
    return low - half, high + half, 1
  end
  local width = 2 * (quantile(all, 0.75) - quantile(all, 0.25)) / (#all) ^ (1 / 3)
  local count = width > 0 and math.ceil((high - low) / width) or FEWEST
  return low, high, math.max(FEWEST, math.min(MOST, count))
end

local function counts_of(values, low, high, bins)
  local counts = {}
  for i = 1, bins do
    counts[i] = 0
  end
  for _, value in ipairs(values) do
    local i = math.min(bins, 1 + math.floor((value - low) / (high - low) * bins))
    counts[i] = counts[i] + 1
  end
  return counts
end

local function bars_of(sample, low, high, bins, opts, share)
  local points, back = {}, opts.log.x and math.exp or function(v) return v end
  for i, count in ipairs(counts_of(sample.values, low, high, bins)) do
    local step = (high - low) / bins
    local left, right = back(low + (i - 1) * step), back(low + i * step)
    local y = share and 100 * count / #sample.values or count
    points[i] = { x = back(low + (i - 0.5) * step), left = left, right = right, y = y }
  end
  return points
end

--- Returns the data of a histogram: bins of one width, counts of one sample, shares of several.
---@param rows any  a list of numbers, a Tensor, or rows with a column that `y` or `x` names
---@param opts table  x, y, by, log { x, y }
---@return table  series (name, points { x, left, right, y }), left_out, x_label, y_label
---@example
---local data = require("residua.plot.samples").histogram({ 1, 2, 2, 3 }, { log = {} })
---assert(#data.series[1].points == 5)
function M.histogram(rows, opts)
  local samples, left_out = samples_of(rows, opts)
  left_out = left_out + (opts.log.x and in_logarithms(samples) or 0)
  local low, high, bins = bins_of(samples)
  local series = {}
  for i, sample in ipairs(low and samples or {}) do
    local share = #samples > 1
    series[i] = { name = sample.name, count = #sample.values, points = #sample.values > 0
      and bars_of(sample, low, high, bins, opts, share) or {} }
  end
  local column = opts.y or opts.x
  return { series = series, left_out = left_out, x_label = type(column) == "string" and column or "value",
    y_label = #samples > 1 and "share [%]" or "count" }
end

-- Standard normal distribution function: erf by its series, the tail by its continued fraction.
local function normal_cdf(z)
  if z < 0 then
    return 1 - normal_cdf(-z)
  end
  local density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
  if z > 3 then
    local tail = 0
    for k = 40, 1, -1 do
      tail = k / (z + tail)
    end
    return 1 - density / (z + tail)
  end
  local term, sum, k = z, z, 1
  while math.abs(term) > 1e-17 do
    term, k = term * z * z / (2 * k + 1), k + 1
    sum = sum + term
  end
  return 0.5 + density * sum
end

-- Its inverse, by halving: the places of a figure need no more than six digits.
local function normal_quantile(p)
  local low, high = -8, 8
  for _ = 1, 40 do
    local middle = (low + high) / 2
    if normal_cdf(middle) < p then
      low = middle
    else
      high = middle
    end
  end
  return (low + high) / 2
end

-- At most 200 points: all of a small sample, even steps in rank of a large one with both ends.
local function quantile_points(values)
  local points, count = {}, math.min(#values, MOST_POINTS)
  for i = 1, count do
    local rank = count == #values and i or math.floor(1.5 + (i - 1) * (#values - 1) / (count - 1))
    points[i] = { x = normal_quantile((rank - 0.5) / #values), y = values[rank] }
  end
  return points
end

-- The line on which a normal sample of the same mean and standard deviation would lie; none where squares overflow.
local function normal_line(values, points)
  local mean, squares = 0, 0
  for i, value in ipairs(values) do
    local before = mean
    mean = mean + (value - mean) / i
    squares = squares + (value - before) * (value - mean)
  end
  local std = #values > 1 and math.sqrt(squares / (#values - 1)) or 0
  if std == math.huge then
    return nil
  end
  local first, last = points[1].x, points[#points].x
  return { name = "normal", reference = true, mean = mean, std = std,
    points = { { x = first, y = mean + std * first }, { x = last, y = mean + std * last } } }
end

--- Returns the data of a plot of quantiles against those of the normal distribution.
---@param rows any  as `histogram` takes them
---@param opts table  x, y, by, log
---@return table  series (name, points { x, y }; the line of a normal sample has reference = true), left_out, labels
---@example
---local data = require("residua.plot.samples").qq({ 1, 2, 3 }, { log = {} })
---assert(math.abs(data.series[1].points[2].x) < 1e-6 and data.series[2].reference)
function M.qq(rows, opts)
  local samples, left_out = samples_of(rows, opts)
  local series = {}
  for i, sample in ipairs(samples) do
    series[i] = { name = sample.name, count = #sample.values, points = quantile_points(sample.values) }
  end
  if #samples == 1 and #samples[1].values > 1 then
    series[2] = normal_line(samples[1].values, series[1].points)
  end
  local column = opts.y or opts.x
  return { series = series, left_out = left_out, x_label = "normal quantile",
    y_label = type(column) == "string" and column or "value" }
end

return M
