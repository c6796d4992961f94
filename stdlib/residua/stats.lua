-- Statistics: effects with intervals, tests, regressions, spectra. The functions lie in stats/ by subject.

local help = require("residua.native").help
local native = require("residua.native").stats

local SUBJECTS = { "effects", "draws", "tests", "others", "regression", "prediction",
  "curves", "fits", "streams", "information",
  "spectra", "resampled_spectra", "depth", "permuted" }

local M = { moments = native.moments, linear_cka = native.linear_cka, mean_cosine = native.mean_cosine,
  retrieval = native.retrieval }

for _, subject in ipairs(SUBJECTS) do
  for name, value in pairs(require("residua.stats." .. subject)) do
    M[name] = value
  end
end

help.publish("stats.", M)

return M
