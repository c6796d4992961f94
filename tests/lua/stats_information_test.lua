-- Information theory and spectra from Lua: closed forms, options, printed values, mistakes.
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.entropies_and_bases()
  t.near(stats.entropy({ 1, 1, 2 }), 1.5 * math.log(2), 1e-12)
  t.near(stats.entropy({ 1, 1, 2 }, { base = 2 }), 1.5, 1e-12)
  t.near(stats.entropy(tensor.ones(3, 4)), math.log(12), 1e-12)
  t.raises("stats.entropy: base is 1", function()
    stats.entropy({ 1 }, { base = 1 })
  end)
  t.raises("entropy: weights: value 2 of 2 is -1; weights are 0 or more", function()
    stats.entropy({ 1, -1 })
  end)
end

function test.divergences()
  t.eq(stats.kl({ 1, 1 }, { 1, 0 }), math.huge)
  t.near(stats.kl({ 1, 0 }, { 1, 3 }), math.log(4), 1e-12)
  local distance, divergence = stats.jensen_shannon({ 1, 1 }, { 1, 0 })
  -- the entropy of the mean less the mean entropy: H(3/4, 1/4) - H(1/2, 1/2) / 2
  t.near(divergence, stats.entropy({ 3, 1 }, { base = 2 }) - 0.5, 1e-12)
  t.near(distance, math.sqrt(divergence), 1e-15)
end

function test.wasserstein_of_samples_and_histograms()
  t.near(stats.wasserstein({ 0, 1, 3 }, { 5, 6, 8 }), 5, 1e-12)
  t.near(stats.wasserstein({ 0, 9 }, { 0 }, { x_weights = { 1, 0 } }), 0, 1e-12)
  t.near(stats.wasserstein({ 1, 0, 0 }, { 0, 0, 1 }, { edges = { 0, 1, 2, 3 } }), 2, 1e-12)
  t.raises("histograms are weights themselves", function()
    stats.wasserstein({ 1 }, { 1 }, { edges = { 0, 1 }, x_weights = { 1 } })
  end)
end

function test.gaussian_entropy()
  local unit = 0.5 * math.log(2 * math.pi) + 0.5
  t.near(stats.gaussian_entropy(4), unit + math.log(2), 1e-12)
  t.near(stats.gaussian_entropy(tensor.from_table({ { 1, 0.6 }, { 0.6, 1 } }, "float64")), 2 * unit + math.log(0.8),
    1e-12)
  t.eq(stats.gaussian_entropy(0), -math.huge)
end

function test.mutual_information_of_lists_and_tensors()
  local x, noise = tensor.randn(1, 400), tensor.randn(2, 400)
  local y = x * 0.9 + noise * math.sqrt(0.19)
  local mi = stats.mutual_information(x, y)
  t.near(mi, 0.8304, 0.15)
  t.near(stats.mutual_information(x:totable(), y:totable()), mi, 1e-12)
  t.near(stats.mutual_information(x:reshape({ 400, 1 }), y, { neighbors = 3, seed = 1 }), mi, 1e-12)
  t.raises("2 items for 3 neighbors", function()
    stats.mutual_information({ 1, 2 }, { 1, 2 })
  end)
end

function test.spectra()
  local s = stats.spectrum(tensor.from_table({ { 3, 0 }, { 0, 4 }, { 0, 0 } }))
  t.near(s.singular_values, { 4, 3 }, 1e-12)
  t.eq({ s.rows, s.columns }, { 3, 2 })
  t.near({ s.ranks.stable, s.ranks.participation, s.ranks.condition }, { 25 / 16, 625 / (256 + 81), 4 / 3 }, 1e-12)
  t.ok(tostring(s):find("Spectrum of a 3 x 2 matrix", 1, true))
  t.eq(stats.effective_ranks({ 0, 0 }).entropy, 0)
  t.raises("a matrix [items, features] expected", function()
    stats.spectrum(tensor.ones(3))
  end)
end

function test.random_matrices_follow_the_law()
  local matrix = tensor.randn(3, 60, 240) * 0.02
  local fit = stats.marchenko_pastur(matrix)
  t.near(fit.ratio, 0.25, 1e-12)
  t.ok(fit.ks < 0.1, fit.ks)
  t.eq(stats.marchenko_pastur(stats.spectrum(matrix)), fit)
  t.near(fit.upper / fit.variance, 2.25, 1e-12)
  t.ok(stats.marchenko_pastur(matrix, { variance = 1 }).ks > 0.9)
  t.near(stats.marchenko_pastur_cdf(fit.upper, 0.25, fit.variance), 1, 1e-12)
end

function test.principal_components()
  t.eq(stats.pca_dimensions({ 6, 3, 1 }), 3)
  t.eq(stats.pca_dimensions({ 6, 3, 1 }, { share = 0.6 }), 1)
  t.eq(stats.pca_dimensions(tensor.eye(20)), 19)
  t.raises("pca_dimensions: share is 95", function()
    stats.pca_dimensions({ 1 }, { share = 95 })
  end)
end

function test.mean_field()
  local four = stats.mean_field(4)
  t.near({ 1 - four.chi, four.spacing }, { 0.118846, 0.9957 }, 1e-4)
  t.ok(stats.mean_field(4, { spacing = 0.5 }).chi < four.chi)
  t.near(stats.lognormal_sparsity(0, 2, 5), 0.6181, 1e-4)
  t.raises("mean_field: levels is 1; choose 2 to 65536", function()
    stats.mean_field(1)
  end)
end

return test
