-- How much higher one disparity is than another, on the same sentences.

local gap = require("residua.disparity.gap")
local options = require("residua.options")
local stats = require("residua.stats")
local why_not = require("residua.disparity.measurable")

local M = {}

local function difference(a, b, of)
  local gaps = of == "gap" or nil
  return stats.from_draws(a.draws[of] - b.draws[of], { n = a.draws.n, level = a.level, extreme = gaps,
    errors = gaps and gap.less(a.draws.gap_errors, b.draws.gap_errors) })
end

-- In per cent of b's, which has to be there.
local function relative(a, b, of)
  local gaps = of == "gap" or nil
  local below = b[of]
  local refused = why_not(below, ("the %s to compare with may be 0: [%.3g, %.3g]"):format(of, below.low, below.high))
  if refused then
    return { refused = refused }
  end
  local errors = gaps and gap.less(a.draws.gap_errors, b.draws.gap_errors, a.gap.estimate / below.estimate,
    below.estimate / 100)
  return stats.from_draws((a.draws[of] / b.draws[of] - 1) * 100, { n = a.draws.n, level = a.level, extreme = gaps,
    errors = errors, least = gaps and -100 })
end

---@class residua.disparity.DifferenceOpts
---@field of? string  "gap" (the default), "ratio" or "mean_delta"
---@field relative? boolean  in per cent of that of b

--- Returns how much higher one disparity is than another: the difference of their gaps (or ratios, or mean rises), with
--- an interval over the sentences, which are resampled jointly for both. This is how to compare gaps, as a gap of its
--- own is never below 0. The interval holds whichever languages are the worst and the best, so that it is wide where
--- many are alike. Refused where one of the models collapsed or has no ratio, and in per cent of what may be 0.
---@param a Disparity
---@param b Disparity  on the same texts, with the same seed
---@param opts? residua.disparity.DifferenceOpts
---@return table effect  of a less b: estimate, low, high, n, level; or refused (why)
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 12 })
---local d3 = disparity.compare(m, m:quantized(quant.sane { bits = 3 }), texts)
---local d8 = disparity.compare(m, m:quantized(quant.sane { bits = 8 }), texts)
---assert(disparity.difference(d3, d8).low > 0)
---assert(disparity.difference(d8, d3, { relative = true }).high < 0)
---assert(disparity.difference(d3, d8, { of = "mean_delta" }).estimate > 0)
function M.difference(a, b, opts)
  opts = options.check("disparity.difference", opts, { of = { "string", "gap" }, relative = { "boolean", false } })
  options.one_of("disparity.difference", "of", opts.of, { "gap", "mean_delta", "ratio" })
  options.argument("disparity.difference", "a", a, "Disparity")
  options.argument("disparity.difference", "b", b, "Disparity")
  if a.draws.of ~= b.draws.of then
    error("disparity.difference: the sentences differ; give the same texts, seed and resamples", 2)
  end
  for _, d in ipairs { a, b } do
    if d.collapsed or #d.rows == 1 or not d.draws[opts.of] then
      return { refused = d.refused }
    end
  end
  return (opts.relative and relative or difference)(a, b, opts.of)
end

return M
