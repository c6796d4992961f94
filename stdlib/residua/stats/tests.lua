-- Tests of two samples, and of how well a score tells two classes apart.

local native = require("residua.native").stats
local options = require("residua.options")

local M = {}

M.mann_whitney = native.mann_whitney
M.wilcoxon = native.wilcoxon

---@class residua.stats.TwoSampleOpts
---@field seed? integer  1 by default
---@field level? number  0.95 by default
---@field resamples? integer  2000 by default

local two_sample_spec = { seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 2000 } }

--- Returns the difference mean(a) - mean(b) of two groups that are not paired, with a bootstrap interval over the
--- values of each and the two-sided p of permuted group labels.
---@param a number[]
---@param b number[]
---@param opts? residua.stats.TwoSampleOpts
---@return table effect  estimate, low, high, p, n (of both), level
---@example
---local e = stats.difference({ 5, 6, 7, 6 }, { 1, 2, 1, 2 })
---assert(e.estimate == 4.5 and e.low > 3 and e.p < 0.03)
function M.difference(a, b, opts)
  opts = options.check("stats.difference", opts, two_sample_spec)
  return native.difference(a, b, opts.seed, opts.level, opts.resamples)
end

--- Returns the area under the ROC curve of scores: the probability that a positive scores above a negative. Its
--- interval is DeLong's on the logit scale, NaN where the classes are separated; p is Mann-Whitney's against 0.5.
---@param scores number[]
---@param labels boolean[]|integer[]  true or 1 for a positive
---@param opts? residua.stats.TwoSampleOpts
---@return table effect  estimate, low, high, p, n, level, threshold (estimate, low, high by bootstrap, youden,
---sensitivity, specificity): a score of at least the estimate predicts a positive, with the best sensitivity +
---specificity
---@example
---local e = stats.auc({ 1, 2, 3, 4 }, { false, true, false, true })
---assert(e.estimate == 0.75 and e.threshold.estimate == 4)
function M.auc(scores, labels, opts)
  opts = options.check("stats.auc", opts, two_sample_spec)
  return native.roc(scores, labels, opts.seed, opts.level, opts.resamples)
end

return M
