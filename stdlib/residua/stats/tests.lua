-- Tests of two samples, and of how well a score tells two classes apart.

local native = require("residua.native").stats
local numbered = require("residua.labels").numbered
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
--- values of each (where a group has fewer than 6, Welch's) and the two-sided p of permuted group labels.
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

-- The values of both groups, and the strata of the one and then the other.
local function groups_of(rows, opts)
  local own, others, strata = {}, {}, { {}, {} }
  for place, row in ipairs(rows) do
    options.argument("stats.contrast", "row " .. place, row, "table", 4)
    local group, value = row[opts.by], row[opts.value]
    local compared = group ~= nil and (opts.against == nil or group == opts.against)
    local list = group == opts.of and own or compared and others or nil
    if list and value ~= nil then
      list[#list + 1] = type(value) == "table" and value.estimate or value
      table.insert(strata[list == own and 1 or 2], row[opts.within] or "unknown")
    end
  end
  return own, others, table.move(strata[2], 1, #strata[2], #strata[1] + 1, strata[1])
end

-- With both groups' sizes given, the correlation with belonging to one rises with the difference of means: their
-- permutation tests are one.
local function permuted_within(own, others, strata, seed)
  local belongs, values = {}, table.move(others, 1, #others, #own + 1, table.move(own, 1, #own, 1, {}))
  for i in ipairs(values) do
    belongs[i] = i <= #own and 1 or 0
  end
  return native.association("pearson", belongs, values, (numbered(strata)), seed, 0.95, 2000).p
end

---@class residua.stats.ContrastOpts
---@field value string  column of the values: numbers or effects
---@field by string  column of the groups
---@field of any  the group in question
---@field against? any  the group it is compared with; by default all others that are named
---@field within? string  column of strata (scripts, say): p is that of groups permuted only among rows of one stratum
---@field seed? integer  1 by default

--- Returns by how much the values of one group of rows exceed those of another, as `stats.difference` does; not run
--- where either has fewer than 3. Rows without a value or a group do not count.
---@param rows table[]
---@param opts residua.stats.ContrastOpts
---@return table effect  estimate, low, high, p, n, level; or not_run, the reason
---@example
---local rows = { { r = "low", k = 5 }, { r = "low", k = 6 }, { r = "low", k = 7 }, { r = "mid", k = 1 },
---  { r = "high", k = 2 }, { r = "high", k = 3 } }
---assert(stats.contrast(rows, { value = "k", by = "r", of = "low" }).estimate == 4)
---assert(stats.contrast(rows, { value = "k", by = "r", of = "low", against = "high" }).not_run)
function M.contrast(rows, opts)
  opts = options.check("stats.contrast", opts, { value = { "string", required = true },
    by = { "string", required = true }, of = { "any", required = true }, against = { "any" },
    within = { "string" }, seed = { "integer", 1 } })
  local own, others, strata = groups_of(rows, opts)
  if math.min(#own, #others) < native.fewest_units then
    return { not_run = ("%s: %d %s, %d %s; %d of each are needed"):format(opts.by, #own, opts.of, #others,
      opts.against or "others", native.fewest_units) }
  end
  local effect = native.difference(own, others, opts.seed, 0.95, 2000)
  effect.p = opts.within and permuted_within(own, others, strata, opts.seed) or effect.p
  return effect
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
