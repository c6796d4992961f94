-- Spectra: singular values, effective ranks, the law of random matrices, principal components, mean field.

local native = require("residua.native").stats
local options = require("residua.options")
local table_of = require("residua.table")

local M = {}

M.covariance_eigenvalues = native.covariance_eigenvalues
M.principal_components = native.principal_components
M.marchenko_pastur_density = native.marchenko_pastur_density
M.marchenko_pastur_cdf = native.marchenko_pastur_cdf
M.lognormal_sparsity = native.lognormal_sparsity

--- The spectrum of a matrix: what `stats.spectrum` returns.
---@class Spectrum
---@field singular_values number[]  descending
---@field ranks table  see `stats.effective_ranks`
---@field rows integer
---@field columns integer
---@field variance number  of the entries
local Spectrum = {}
Spectrum.__index = Spectrum
Spectrum.__name = "Spectrum"

--- Returns effective ranks of singular values s, all 0 where every s is: `entropy` = exp of the entropy of s / sum s
--- (Roy and Vetterli 2007), `entropy_squared` (of s^2), `participation` = (sum s^2)^2 / sum s^4, `stable` =
--- sum s^2 / max s^2, `share` of s over 0.01 max s, `condition` = max s / min s.
---@param singular_values number[]
---@return table ranks
---@example
---local ranks = stats.effective_ranks({ 2, 2, 0, 0 })
---assert(ranks.participation == 2 and ranks.share == 0.5 and ranks.condition == math.huge)
function M.effective_ranks(singular_values)
  return native.effective_ranks(singular_values)
end

--- Returns the spectrum of a matrix: `singular_values` (descending), `ranks` (see `stats.effective_ranks`), `rows`,
--- `columns`, `variance` of the entries.
---@param matrix Tensor  [rows, columns]
---@return Spectrum
---@example
---local s = stats.spectrum(tensor.eye(4))
---assert(#s.singular_values == 4 and math.abs(s.ranks.entropy - 4) < 1e-12)
function M.spectrum(matrix)
  local values = native.singular_values(matrix)
  return setmetatable({ singular_values = values, ranks = native.effective_ranks(values), rows = matrix:size(1),
    columns = matrix:size(2), variance = native.entry_variance(matrix) }, Spectrum)
end

function Spectrum:__tostring()
  local ranks = self.ranks
  return tostring(table_of({
    { measure = "largest singular value", value = self.singular_values[1] },
    { measure = "smallest", value = self.singular_values[#self.singular_values] },
    { measure = "condition number", value = ranks.condition },
    { measure = "effective rank (entropy)", value = ranks.entropy },
    { measure = "effective rank (entropy of squares)", value = ranks.entropy_squared },
    { measure = "participation ratio", value = ranks.participation },
    { measure = "stable rank", value = ranks.stable },
    { measure = "share over 1 % of the largest", value = ranks.share },
  }, { columns = { "measure", "value" }, caption = ("Spectrum of a %d x %d matrix"):format(self.rows, self.columns) }))
end

---@class residua.stats.MarchenkoPasturOpts
---@field variance? number  of the law; that of the matrix' entries by default

--- Compares the eigenvalues s^2 / n of a matrix (n: its longer side) with the Marchenko-Pastur law of random matrices
--- of its shape and variance: `ks` = largest distance of the distribution functions (0 to 1), `lower` and `upper` edge
--- of the law, `share_outside` of eigenvalues beyond them, `ratio` of the sides, `variance`.
---@param matrix Tensor|Spectrum  a spectrum spares computing it again
---@param opts? residua.stats.MarchenkoPasturOpts
---@return table fit
---@example
---assert(stats.marchenko_pastur(tensor.randn(1, 200, 50)).ks < 0.1)
function M.marchenko_pastur(matrix, opts)
  opts = options.check("stats.marchenko_pastur", opts, { variance = { "number" } })
  local spectrum = getmetatable(matrix) == Spectrum and matrix or M.spectrum(matrix)
  return native.marchenko_pastur(spectrum.singular_values, spectrum.rows, spectrum.columns,
    opts.variance or spectrum.variance)
end

---@class residua.stats.PcaOpts
---@field share? number  of the variance, over 0 to 1; 0.95 by default

--- Returns the least number of principal components that hold a share of the variance; 0 where there is none.
---@param covariance Tensor|number[]  [n, n], or its eigenvalues
---@param opts? residua.stats.PcaOpts
---@return integer
---@example
---assert(stats.pca_dimensions({ 6, 3, 1 }, { share = 0.9 }) == 2)
function M.pca_dimensions(covariance, opts)
  opts = options.check("stats.pca_dimensions", opts, { share = { "number", 0.95 } })
  local eigenvalues = type(covariance) == "table" and covariance or native.covariance_eigenvalues(covariance)
  return native.pca_dimensions(eigenvalues, opts.share)
end

---@class residua.stats.MeanFieldOpts
---@field spacing? number  of the thresholds, in standard deviations of the pre-activation; the best by default

--- Returns how deep a signal travels through activation functions of `levels` levels (arXiv 1906.00771): `chi` = slope
--- of the correlation map at its fixed point, `xi` = -1 / ln chi [layers], `spacing` (NaN for two levels, where any is
--- as good).
---@param levels integer  2 to 65536
---@param opts? residua.stats.MeanFieldOpts
---@return table
---@example
---assert(math.abs(stats.mean_field(16).xi - 86.1) < 0.1)
function M.mean_field(levels, opts)
  opts = options.check("stats.mean_field", opts, { spacing = { "number" } })
  return native.mean_field(levels, opts.spacing)
end

return M
