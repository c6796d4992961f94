-- Spectra of covariances whose rows belong to units (tokens of sentences), in the data and in resamples of the units.

local native = require("residua.native").stats
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

-- Of each unit its rows in one list.
local function rows_by_unit(units, count)
  local lists = {}
  for unit = 1, count do
    lists[unit] = {}
  end
  for row, unit in ipairs(units) do
    table.insert(lists[unit], row)
  end
  return lists
end

-- [units, features^2 + features + 1]: of each unit the sums of products and of values, and its number of rows.
local function sums_by_unit(rows, units, count)
  local sums, width = {}, rows:size(2)
  for unit, list in ipairs(rows_by_unit(units, count)) do
    local own = rows:index(1, list):to("float64")
    sums[unit] = tensor.cat({ own:t():matmul(own):reshape(-1), own:sum(1), tensor.full(#list, 1):to("float64") }, 1)
    sums[unit] = #list > 0 and sums[unit] or tensor.zeros(width * width + width + 1):to("float64")
  end
  return tensor.stack(sums)
end

--- Returns what a measure makes of the spectrum of a covariance, in the data and in resamples of the units that its
--- rows belong to. The mean is that of each resample. A unit that is drawn twice adds no dimension, so that ranks of
--- resamples lie below that of the data: give `stats.from_draws` these with `extreme`.
---@param rows Tensor  [items, features]
---@param units integer[]  of each row, from 1
---@param draws Tensor  [1 + resamples, units], see `stats.draws`
---@param measure fun(eigenvalues: number[]): number  of the covariance, greatest first
---@return number[] values  the first is that of the data
---@example
---local rows, units = tensor.randn(1, 40, 3), {}
---for i = 1, 40 do units[i] = (i - 1) // 4 + 1 end
---local ranks = stats.spectrum_draws(rows, units, stats.draws(10, 50), stats.pca_dimensions)
---assert(#ranks == 51 and ranks[1] == stats.pca_dimensions(stats.covariance(rows):eigenvalues()))
function M.spectrum_draws(rows, units, draws, measure)
  options.argument("stats.spectrum_draws", "rows", rows, "Tensor")
  options.numbers("stats.spectrum_draws", "units", units)
  options.argument("stats.spectrum_draws", "draws", draws, "Tensor")
  options.argument("stats.spectrum_draws", "measure", measure, "function")
  if #units ~= rows:size(1) then
    error(("stats.spectrum_draws: %d units for %d rows; give that of each row"):format(#units, rows:size(1)), 2)
  end
  local width, values = rows:size(2), {}
  local by_unit = sums_by_unit(rows - rows:mean(1, true), units, draws:size(2))
  for draw = 1, draws:size(1) do
    local sums = draws:narrow(1, draw, 1):matmul(by_unit):reshape(-1)
    local count = sums:at(-1)
    local mean = sums:narrow(1, width * width + 1, width):reshape(1, -1) / count
    local products = sums:narrow(1, 1, width * width):reshape(width, width) - mean:t():matmul(mean) * count
    values[draw] = measure(native.covariance_eigenvalues(products / math.max(1, count - 1)))
  end
  return values
end

return M
