-- Information theory: entropies and divergences of distributions, distances of samples, mutual information. Weights
-- are counts or probabilities: 0 or more, normalised to sum 1.

local native = require("residua.native").stats
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

---@class residua.stats.EntropyOpts
---@field base? number  of the logarithm: 2 gives bits; e (nats) by default

--- Returns the Shannon entropy of weights, 0 to ln n; what has weight 0 adds nothing.
---@param weights Tensor|number[]
---@param opts? residua.stats.EntropyOpts
---@return number
---@example
---assert(stats.entropy({ 5, 5, 5, 5 }, { base = 2 }) == 2)
function M.entropy(weights, opts)
  opts = options.check("stats.entropy", opts, { base = { "number" } })
  if opts.base and (opts.base <= 1 or opts.base ~= opts.base) then
    error(("stats.entropy: base is %g; choose one over 1, such as 2"):format(opts.base), 2)
  end
  return native.entropy(weights) / (opts.base and math.log(opts.base) or 1)
end

--- Returns the Kullback-Leibler divergence of q from p [nats]: infinite where q excludes what p allows.
---@param p Tensor|number[]  weights
---@param q Tensor|number[]
---@return number
---@example
---assert(math.abs(stats.kl({ 1, 0 }, { 1, 1 }) - math.log(2)) < 1e-12)
function M.kl(p, q)
  return native.kl(p, q)
end

--- Returns the Jensen-Shannon distance, 0 to 1, and the divergence [bits] that it is the square root of.
---@param p Tensor|number[]  weights
---@param q Tensor|number[]
---@return number distance
---@return number divergence
---@example
---local distance, divergence = stats.jensen_shannon({ 1, 0 }, { 0, 1 })
---assert(distance == 1 and divergence == 1)
function M.jensen_shannon(p, q)
  return native.jensen_shannon(p, q)
end

---@class residua.stats.WassersteinOpts
---@field x_weights? Tensor|number[]  one per value; equal by default
---@field y_weights? Tensor|number[]
---@field edges? Tensor|number[]  ascending: then x and y are the weights of histograms on these bins, even in each

--- Returns the Wasserstein-1 (earth mover's) distance of two samples, or of two histograms, in their unit.
---@param x Tensor|number[]
---@param y Tensor|number[]
---@param opts? residua.stats.WassersteinOpts
---@return number
---@example
---assert(stats.wasserstein({ 0, 1 }, { 3, 4 }) == 3)
---assert(stats.wasserstein({ 1, 0 }, { 0, 1 }, { edges = { 0, 1, 2 } }) == 1)
function M.wasserstein(x, y, opts)
  opts = options.check("stats.wasserstein", opts, { x_weights = { "Tensor|table" }, y_weights = { "Tensor|table" },
    edges = { "Tensor|table" } })
  if not opts.edges then
    return native.wasserstein(x, y, opts.x_weights, opts.y_weights)
  end
  if opts.x_weights or opts.y_weights then
    error("stats.wasserstein: histograms are weights themselves; give edges, or weights of samples", 2)
  end
  return native.wasserstein_histograms(x, y, opts.edges)
end

--- Returns the differential entropy of a Gaussian [nats]: minus infinity where its covariance is singular.
---@param covariance Tensor|number  [n, n], or a variance
---@return number
---@example
---assert(math.abs(stats.gaussian_entropy(1) - 1.4189385332046727) < 1e-12)
function M.gaussian_entropy(covariance)
  if type(covariance) == "number" then
    covariance = tensor.from_table({ { covariance } }, "float64")
  end
  return native.gaussian_entropy(covariance)
end

---@class residua.stats.MutualInformationOpts
---@field neighbors? integer  3 by default: less bias with few, less variance with many
---@field seed? integer  of the noise (1e-10 standard deviations) that breaks ties; 1 by default

--- Returns the mutual information of two sets of features [nats], by nearest neighbours (Kraskov et al. 2004,
--- estimate 1). It is about 0, or a little below, for independent data, and too low in many dimensions: project first.
---@param x Tensor|number[]|number[][]  [items], or [items, features]
---@param y Tensor|number[]|number[][]
---@param opts? residua.stats.MutualInformationOpts
---@return number
---@example
---local x, noise = tensor.randn(1, 500), tensor.randn(2, 500)
---assert(stats.mutual_information(x, x + noise) > stats.mutual_information(x, noise) + 0.2)
function M.mutual_information(x, y, opts)
  opts = options.check("stats.mutual_information", opts, { neighbors = { "integer", 3 }, seed = { "integer", 1 } })
  return native.mutual_information(x, y, opts.neighbors, opts.seed)
end

return M
