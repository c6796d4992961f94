-- The spread of languages is widened by the few sentences that it is taken from. Two-way analysis of variance tells the
-- two apart, as all have the same sentences. First tokens (attention sinks) weigh more in short texts: they are left
-- out. A layer's cost is from other sentences. The units are layers.
return experiment {
  id = "T-003", title = "Language activation variance",
  asks = "Do the activations of critical layers differ more across languages?",
  params = { bits = 4, sentences = 8, skip = 4 },
  quick = { sentences = 6 }, full = { sentences = 96 },
  predicts = {
    stated = "the more INT4 in a layer costs, the more its ln activation variance varies over languages",
    sane = "no first tokens: the more INT4 costs, the more ln variance varies, less what varies by sentence",
    beyond_depth = "at equal depth: the more INT4 costs, the more ln variance varies, less what varies by sentence",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local codes, known, held = texts:languages(), texts:halves()
    if layers < 5 then return x:not_run("fewer than 5 layers") end
    if #codes < 3 then return x:not_run("fewer than 3 languages") end
    if held:count() < 2 * #codes then return x:not_run("fewer than 3 sentences") end
    local all, later = {}, {} -- ln variance of each text, by layer: with first tokens, without
    for _, code in ipairs(codes) do
      local seen = m:capture(held:select { code }, "L*.resid.post")
      for i = 1, layers do
        all[i], later[i] = all[i] or {}, later[i] or {}
        for _, values in ipairs(seen[("L%d.resid.post"):format(i - 1)]) do
          local tokens = values:size(1)
          table.insert(all[i], math.log(values:var() + 1e-30))
          values = values:slice(1, math.min(p.skip + 1, tokens), tokens)
          table.insert(later[i], math.log(values:var() + 1e-30))
        end
      end
    end
    local function spread_less_noise(values)
      local mean, sentences = values:mean(2, true), values:size(2)
      local rest = values - mean - values:mean(1, true) + values:mean()
      return mean:var() - (rest ^ 2):sum() / ((values:size(1) - 1) * (sentences - 1) * sentences)
    end
    local quantized = { model = m, texts = known, with = quant.sane { bits = p.bits } }
    local cost, rows, count = search.sensitivity(quantized, { direction = "quantize" }), {}, held:count() // #codes
    local draws = stats.draws(count, 1000, x.seed) / count
    for i = 1, layers do
      local first = tensor.from_table(all[i], "float64"):reshape({ #codes, -1 })
      local values = tensor.from_table(later[i], "float64"):reshape({ #codes, -1 })
      local spread = stats.from_draws(draws:matmul(first:t()):std(2) ^ 2, { n = count, extreme = true, least = 0 })
      rows[i] = { layer = "L" .. i - 1, cost = cost[i].when_quantized, int4 = cost[i].when_quantized.estimate,
        spread = spread, stated = spread.estimate, sane = spread_less_noise(values) }
    end
    local t = table_of(rows)
    x:table(rows, { columns = { "layer", "cost", "spread", "sane" },
      caption = "Cost [nats/token]; variance over languages of ln activation variance: as stated; sane, without first "
        .. "tokens and less noise" })
    x:plot(rows, { kind = "points", x = "cost", y = { "spread", "sane" }, x_label = "cost of INT4 [nats/token]",
      y_label = "variance over languages", caption = "How much languages differ in a layer, and its cost" })
    local int4, sane = t:column("int4"), t:column("sane")
    x:verdict("stated", stats.correlation(t:column("stated"), int4, { seed = x.seed }))
    x:verdict("sane", stats.correlation(sane, int4, { seed = x.seed }))
    x:verdict("beyond_depth", stats.partial_correlation(sane, int4, { depth = range(1, layers) }))
  end,
}
