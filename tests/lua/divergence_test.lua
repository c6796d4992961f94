-- Divergences of a tiny model from its quantized selves: fields, names, equality with losses, mistakes.
local divergence = require("residua.divergence")
local quant = require("residua.quant")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local function compared(bits, opts)
  local m = support.loud_model()
  return divergence.compare(m, m:quantized { with = quant.int { bits = bits } }, support.texts(), opts), m
end

function test.rows_by_language_and_all()
  local d = compared(4)
  t.eq({ #d.rows, d.rows[1].language, d:row("swa").language, d:row("xxx") }, { 3, "deu", "swa", nil })
  local tokens = 0
  for _, row in ipairs(d.rows) do
    tokens = tokens + row.tokens
    t.ok(row.mean_kld.low <= row.mean_kld.estimate and row.mean_kld.estimate <= row.mean_kld.high)
    t.ok(row.min_kld.estimate >= 0 and row.min_kld.estimate <= row.median_kld.estimate)
    t.ok(row.median_kld.estimate <= row.kld_p99.estimate and row.kld_p99.estimate <= row.max_kld.estimate)
    t.ok(row.rms_dp.estimate >= math.abs(row.mean_dp.estimate))
  end
  t.eq(d.all.tokens, tokens)
end

function test.tokens_give_the_metrics_again()
  local d, m = compared(3)
  local kld, dp, same, base, changed = {}, {}, {}, {}, {}
  for i = 1, d.texts:count() do
    local text = d:of_text(i)
    t.eq(#text.kld, d.tokens[i])
    table.move(text.kld, 1, #text.kld, #kld + 1, kld)
    table.move(text.nll_base, 1, #text.nll_base, #base + 1, base)
    table.move(text.nll_changed, 1, #text.nll_changed, #changed + 1, changed)
    table.move(text.same_top, 1, #text.same_top, #same + 1, same)
  end
  for i = 1, #kld do
    dp[i] = 100 * (math.exp(-changed[i]) - math.exp(-base[i]))
  end
  local mean = function(list)
    return stats.moments(list):mean()
  end
  t.near(d.all.mean_kld.estimate, mean(kld), 1e-9)
  t.near(d.all.median_kld.estimate, stats.quantiles(kld, { 0.5 })[1], 1e-9)
  t.near(d.all.mean_dp.estimate, mean(dp), 1e-9)
  t.near(d.all.same_top.estimate, 100 * mean(same), 1e-9)
  t.near(d.all.ln_ppl_ratio.estimate, mean(changed) - mean(base), 1e-9)
  t.near(d.all.correlation.estimate, stats.correlation(base, changed, { kind = "pearson", resamples = 10 }).estimate,
    1e-9)
  t.near(d.all.ppl_base.estimate / m:loss(d.texts):perplexity(), 1, 1e-5)
end

function test.a_model_does_not_diverge_from_itself()
  local m = support.loud_model()
  local d = divergence.compare(m, m, support.texts(), { resamples = 20 })
  t.eq({ d.all.max_kld.estimate, d.all.same_top.estimate, d.all.rms_dp.high }, { 0, 100, 0 })
end

function test.fewer_bits_diverge_more()
  t.ok(compared(2).all.mean_kld.estimate > compared(6).all.mean_kld.estimate)
end

function test.seeds_repeat()
  t.eq(compared(4, { seed = 3, resamples = 50 }).rows, compared(4, { seed = 3, resamples = 50 }).rows)
end

function test.prints_the_names_of_llama_cpp()
  local printed = tostring(compared(4, { resamples = 20, level = 0.9 }))
  for _, name in ipairs({ "Mean PPL(Q)", "Cor(ln(PPL(Q)), ln(PPL(base)))", "Mean KLD", "Maximum KLD", "99.9% KLD",
    "Median KLD", "RMS Δp [%]", "Same top p [%]", "90 % intervals over sentences", "deu" }) do
    t.ok(printed:find(name, 1, true), name)
  end
end

function test.mistakes_are_named()
  t.raises("divergence.compare: unknown option 'resample' (did you mean 'resamples'?)", function()
    compared(4, { resample = 3 })
  end)
  t.raises("Divergence:of_text: no text 99; there are 12", function()
    compared(4, { resamples = 20 }):of_text(99)
  end)
end

function test.texts_sum_their_tokens()
  local d = compared(3)
  local sums = d:by_text()
  t.eq(#sums, d.texts:count())
  for i, sum in ipairs(sums) do
    local expected = 0
    for _, value in ipairs(d:of_text(i).kld) do
      expected = expected + value
    end
    t.near(sum, expected, 1e-5 * (1 + expected))
  end
end

return test
