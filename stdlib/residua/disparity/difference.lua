-- How much higher one disparity is than another, on the same sentences.

local options = require("residua.options")
local stats = require("residua.stats")

local M = {}

---@class residua.disparity.DifferenceOpts
---@field of? string  "gap" (the default), "ratio" or "mean_delta"
---@field relative? boolean  in per cent of that of b

--- Returns how much higher one disparity is than another: the difference of their gaps (or ratios, or mean rises), with
--- an interval over the sentences, which are resampled jointly for both. This is how to compare gaps, as a gap of its
--- own is never below 0. Refused where one of the models collapsed, or has no ratio.
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
  local da, db, gaps = a.draws, b.draws, opts.of == "gap"
  local difference, errors = da[opts.of] - db[opts.of], gaps and da.gap_errors - db.gap_errors or nil
  if opts.relative then
    difference = difference / db[opts.of] * 100
    errors = gaps and (da.gap_errors - db.gap_errors * (a.gap.estimate / b.gap.estimate)) / b.gap.estimate * 100 or nil
  end
  local effect = stats.from_draws(difference, { n = da.n, level = a.level, extreme = gaps, errors = errors })
  if opts.relative and gaps then
    effect.low = math.max(effect.low, -100.0) -- a gap is never below 0
  end
  return effect
end

return M
