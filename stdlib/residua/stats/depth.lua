-- Profiles over depth: where they are highest or lowest, and how deep they dip, in the data and in resamples.

local draws = require("residua.stats.draws")
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

-- Depth of each layer (layer / layers), unless others are given.
local function depths_of(where, by_draw, depths)
  local layers, list = by_draw:size(2), {}
  if depths and #depths ~= layers then
    error(("%s: %d depths for %d layers; give one for each"):format(where, #depths, layers), 3)
  end
  for layer = 1, layers do
    list[layer] = depths and depths[layer] or (layer - 1) / layers
  end
  return list
end

---@class residua.stats.PeakOpts
---@field n integer  observations that were drawn from; fewer than 3 give no interval
---@field least? boolean  where the profile is lowest, not highest
---@field depths? number[]  of each layer; (layer - 1) / layers by default, 0.75 being three quarters up
---@field level? number  0.95 by default

--- Returns the depth at which a profile over layers is highest, or lowest, with its interval over resamples. Of equal
--- layers the first counts.
---@param by_draw Tensor  [1 + resamples, layers]: the profile in the data, then in each resample (see `stats.draws`)
---@param opts residua.stats.PeakOpts
---@return table effect  estimate, low, high, n, level
---@example
---local by_item = tensor.from_table({ { 1, 5, 2, 0 }, { 2, 6, 1, 0 }, { 0, 4, 3, 1 } }, "float64") -- [items, layers]
---local profile = stats.draws(3, 100):matmul(by_item)
---assert(stats.peak(profile, { n = 3 }).estimate == 0.25)
---assert(stats.peak(profile, { n = 3, least = true }).high == 0.75)
function M.peak(by_draw, opts)
  opts = options.check("stats.peak", opts, { n = { "integer", required = true }, least = { "boolean", false },
    depths = { "table" }, level = { "number", 0.95 } })
  local depths = tensor.from_table(depths_of("stats.peak", by_draw, opts.depths), "float64")
  local places = opts.least and by_draw:argmin(2) or by_draw:argmax(2)
  local missing = by_draw:sum(2) * 0 -- NaN where a layer has NaN, which counts as the highest and the lowest
  return draws.from_draws(depths:index(1, places) + missing,
    { n = opts.n, level = opts.level, least = depths:min(), most = depths:max() })
end

---@class residua.stats.DipOpts
---@field n integer  observations that were drawn from
---@field from number  depth of the range, layers on its ends included
---@field to number
---@field depths? number[]  of each layer; (layer - 1) / layers by default
---@field level? number  0.95 by default

--- Returns the least value of a profile within a range of depth over the least elsewhere, with its interval over
--- resamples: below 1 for a dip. Refused where no layer lies in the range, or none outside.
---@param by_draw Tensor  [1 + resamples, layers] of values above 0, as for `stats.peak`
---@param opts residua.stats.DipOpts
---@return table effect  estimate, low, high, n, level; or refused
---@example
---local profile = stats.draws(3, 100):matmul(tensor.from_table({ { 4, 4, 1, 2 }, { 4, 5, 1, 2 }, { 4, 3, 1, 2 } },
---  "float64"))
---assert(stats.dip(profile, { n = 3, from = 0.4, to = 0.6 }).estimate == 0.5)
---assert(stats.dip(profile, { n = 3, from = 0.8, to = 0.9 }).refused)
function M.dip(by_draw, opts)
  opts = options.check("stats.dip", opts, { n = { "integer", required = true }, from = { "number", required = true },
    to = { "number", required = true }, depths = { "table" }, level = { "number", 0.95 } })
  local inside, outside = {}, {}
  for layer, depth in ipairs(depths_of("stats.dip", by_draw, opts.depths)) do
    local list = depth > opts.from - 1e-9 and depth < opts.to + 1e-9 and inside or outside
    list[#list + 1] = layer
  end
  if math.min(#inside, #outside) == 0 then
    return { refused = ("%d layers lie at %.3g to %.3g of the depth, %d elsewhere"):format(#inside, opts.from, opts.to,
      #outside) }
  end
  local ratio = by_draw:index(2, inside):min(2) / by_draw:index(2, outside):min(2)
  return draws.from_draws(ratio, { n = opts.n, level = opts.level, least = 0 })
end

return M
