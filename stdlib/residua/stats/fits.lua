-- Distribution fits by maximum likelihood: one law, or all of them by BIC.

local native = require("residua.native").stats
local table_of = require("residua.table")

local M = {}

local COLUMNS <const> = { "law", "bic", "log_likelihood", "ks", "anderson_darling", "location", "scale", "df", "shape",
  "log_location", "log_scale" }

--- Returns a law fitted to values by maximum likelihood. Log likelihood in nats; bic = params ln n - 2 log
--- likelihood; ks is the greatest distance of the distribution functions, 0 to 1; anderson_darling is A^2, which
--- weighs the tails more. Scale is the law's own: of "gauss" the standard deviation (n), of "laplace" the mean
--- absolute deviation from the median. "student" has df from 0.5 to 1e6, which is a Gauss law; "generalised_gauss"
--- has a shape from 0.1 to 100 (2 is Gauss, 1 Laplace). "lognormal" is of |x| with a fair sign; with zeros among the
--- values its log likelihood is -infinity, and log_location and log_scale are those of the others.
---@param values Tensor|number[]  finite, not all equal
---@param law string  "gauss", "laplace", "logistic", "student", "lognormal" or "generalised_gauss"
---@return table fit  law, its params, n, log_likelihood, bic, ks, anderson_darling
---@example
---local f = stats.fit({ 1, 2, 6 }, "laplace")
---assert(f.location == 2 and math.abs(f.scale - 5 / 3) < 1e-12)
function M.fit(values, law)
  return native.fit(values, law)
end

--- Returns the fits of all laws by ascending BIC, as a table whose rows are those of `stats.fit`. Its field
--- `left_out` holds, by law, why one could not be fitted. With millions of values every difference of BIC is huge:
--- read ks beside it.
---@param values Tensor|number[]
---@return Table fits
---@example
---local fits = stats.fits({ 1, 2, 6, 3, 2.5, 0.5 })
---assert(#fits == 6 and fits[1].bic <= fits[2].bic)
function M.fits(values)
  local rows, left_out = native.fits(values)
  local result = table_of(rows, { columns = COLUMNS })
  result.left_out = left_out
  return result
end

return M
