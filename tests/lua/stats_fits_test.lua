-- Fits and mergeable summaries from Lua, against closed forms.
local stats = require("residua.stats")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.closed_forms()
  local values = { 1, 2, 6, 3, 8 }
  local gauss, laplace = stats.fit(values, "gauss"), stats.fit(values, "laplace")
  t.near({ gauss.location, gauss.scale }, { 4, math.sqrt(34 / 5) }, 1e-12)
  t.near({ laplace.location, laplace.scale }, { 3, 11 / 5 }, 1e-12)
  t.near(laplace.log_likelihood, -5 * (math.log(2 * 11 / 5) + 1), 1e-12)
  t.near(laplace.bic, 2 * math.log(5) - 2 * laplace.log_likelihood, 1e-12)
  t.eq(gauss.n, 5)
end

function test.laws_by_bic()
  local fits = stats.fits(tensor.randn(3, 4000))
  t.eq(#fits, 6)
  t.eq(fits[1].law, "gauss")
  t.eq(fits.left_out, {})
  for i = 2, #fits do
    t.ok(fits[i - 1].bic <= fits[i].bic)
  end
  t.ok(tostring(fits):find("generalised_gauss", 1, true))
end

function test.laws_without_a_maximum_are_left_out()
  local fits = stats.fits({ 0, 0, 0, 1, 2, -3 })
  t.ok(fits.left_out.student:find("50 % of the values are equal", 1, true), fits.left_out.student)
  t.eq(fits[#fits].law, "lognormal")
  t.eq(fits[#fits].bic, math.huge)
end

function test.tensors_and_lists_agree()
  local x = tensor.randn(5, 50)
  t.eq(stats.fit(x, "logistic"), stats.fit(x:totable(), "logistic"))
  t.eq(stats.sketch(x):quantile(0.3), stats.sketch(x:totable()):quantile(0.3))
  t.eq(stats.sketch(x), stats.sketch(x:totable()))
end

function test.sketches_merge()
  local left, right, all = {}, {}, {}
  for i = 1, 1000 do
    all[i] = (i * 7919 % 1009 - 300) / 10
    table.insert(i % 3 == 0 and left or right, all[i])
  end
  local merged, whole = stats.sketch(left):merge(stats.sketch(right)), stats.sketch(all)
  t.eq(merged, whole)
  t.eq(tostring(merged), tostring(whole))
  for _, q in ipairs { 0.01, 0.1, 0.5, 0.9, 0.99 } do
    table.sort(all)
    local exact = all[math.ceil(q * 1000)]
    t.ok(math.abs(whole:quantile(q) - exact) <= 0.005 * math.abs(exact) + 1e-12, q)
  end
  t.near(whole:cdf(0), whole:rank(0) / 1000, 1e-15)
  t.eq(stats.sketch({ 1, 2 }, { weights = { 3, 1 } }):count(), 4)
end

function test.histograms_merge()
  local over = { low = 0, high = 2, bins = 4 }
  local h = stats.histogram({ 0, 0.5, 2, 3 }, over):merge(stats.histogram(tensor.from_table { -1, 0.6 }, over))
  t.eq(h:counts(), { 1, 2, 0, 1 })
  t.eq(h:edges(), { 0, 0.5, 1, 1.5, 2 })
  t.eq({ h:under(), h:over(), h:count() }, { 1, 1, 6 })
  t.near(h:density(), { 1 / 3, 2 / 3, 0, 1 / 3 }, 1e-12)
end

function test.covariances_merge()
  local x = tensor.randn(7, 40, 3)
  local whole = stats.covariance(x)
  local merged = stats.covariance(x:narrow(1, 1, 13)):merge(stats.covariance(x:narrow(1, 14, 27)))
  t.near(merged:covariance():totable(), whole:covariance():totable(), 1e-12)
  t.near(merged:mean(), whole:mean(), 1e-12)
  t.eq({ whole:count(), whole:features() }, { 40, 3 })
end

function test.mistakes_are_named()
  t.raises("unknown law 'gaus'; choose one of: gauss", function()
    stats.fit({ 1, 2 }, "gaus")
  end)
  t.raises("fit: all 2 values are 1; give values that differ", function()
    stats.fit({ 1, 1 }, "gauss")
  end)
  t.raises("stats.histogram: option 'low' is missing", function()
    stats.histogram({ 1 }, { high = 1 })
  end)
  t.raises("merge of 1 bins from 0 to 1 with 2 bins", function()
    stats.histogram({}, { low = 0, high = 1, bins = 1 }):merge(stats.histogram({}, { low = 0, high = 1, bins = 2 }))
  end)
  t.raises("merge of errors 0.01 and 0.005", function()
    stats.sketch({}, { error = 0.01 }):merge(stats.sketch({}))
  end)
  t.raises("quantile of no values", function()
    stats.sketch({}):quantile(0.5)
  end)
  t.raises("covariance of 1 row; add at least 2", function()
    stats.covariance(tensor.from_table { { 1, 2 } }):covariance()
  end)
end

return test
