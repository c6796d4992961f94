-- How far INT4 weights move what each layer gives on: FP32 against INT4 over the same bins, of the language's scale. A
-- histogram of few tokens is farther from any other: all languages give the same positions of each sentence. Critical
-- layers are the record's, or cost most when quantized alone in the first half of the sentences.
return experiment {
  id = "S-006", title = "Distribution shift", asks = "Does INT4 shift activations more for some languages?",
  params = { site = "L*.resid.post", bits = 4, sentences = 8, bins = 32, every = 1 },
  quick = { sentences = 4 }, full = { sentences = 96, every = 2 },
  predicts = {
    stated = "naive; L0, L(75 %), last: ln KL is higher in low-resource languages than in the others",
    sane = "sane; the quarter of layers that costs most: ln KL is higher in low-resource languages",
    within_script = "sane; those layers: ln KL is higher in low-resource languages, permuted within script",
    uneven = "sane: both halves of the sentences share a variance of ln KL over languages",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, layers, sites, known, held = texts:languages(), m:layers(), m:sites(p.site), texts:halves()
    if #codes < 5 or texts:count() < 2 * #codes then return x:not_run("fewer than 5 languages or 2 sentences") end

    local function shifts(q, part)
      local same = { every = p.every, aligned = true }
      local before, after = capture.tokens(m, part, sites, same), capture.tokens(q, part, sites, same)
      local kl, wasserstein, cells = {}, {}, {}
      for k, code in ipairs(codes) do
        kl[k], wasserstein[k] = {}, {}
        for i, site in ipairs(sites) do
          local sketch = stats.sketch(before[site][code])
          local low, high = sketch:quantile(0.005), sketch:quantile(0.995) + 1e-9
          local edges = range(low, high, (high - low) / p.bins)
          local a, b = stats.binned(sketch, edges) + 0.5, stats.binned(stats.sketch(after[site][code]), edges) + 0.5
          kl[k][i] = math.log(stats.kl(a, b) + 1e-12)
          wasserstein[k][i] = stats.wasserstein(a, b, { edges = edges }) / before[site][code]:std()
          cells[#cells + 1] = { layer = site, language = code, kl = kl[k][i] }
        end
      end
      return tensor.from_table(kl), tensor.from_table(wasserstein), cells -- [languages, sites]
    end
    local function study(name, q, critical)
      local rows, kl, wasserstein, cells = {}, shifts(q, held)
      for k, code in ipairs(codes) do
        local info = texts:info()[code]
        rows[k] = { language = code, resource = info.resource, script = info.script,
          wasserstein = wasserstein:row(k):mean(), all = kl:row(k):mean(),
          critical = kl:row(k):index(1, critical):mean() }
      end
      x:table(rows, { caption = name .. ": mean ln KL over critical and all layers, Wasserstein distance [std]",
        columns = { "language", "resource", "script", "critical", "all", "wasserstein" } })
      x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "kl", caption = name .. ": ln KL" })
      return table_of(rows)
    end
    local function low_against_others(rows, within)
      return stats.contrast(rows, { value = "critical", by = "resource", of = "low", within = within, seed = x.seed })
    end

    local cost = {}
    for i, row in ipairs(search.sensitivity { model = m, texts = known, with = quant.sane { bits = p.bits } }) do
      cost[i] = row.when_quantized.estimate
    end
    local _, costly = tensor.from_table(cost):topk(math.ceil(layers / 4))
    local naive, sane = m:quantized(quant.naive { bits = p.bits }), m:quantized(quant.sane { bits = p.bits })
    x:verdict("stated", low_against_others(study("Naive", naive, { 1, math.floor(0.75 * layers) + 1, layers })))
    local t = study("Sane", sane, costly:totable())
    x:verdict("sane", low_against_others(t))
    x:verdict("within_script", low_against_others(t, "script"))
    local first = shifts(sane, known):mean(2):totable()
    x:verdict("uneven", stats.shared_variance(first, t:column("all"), { seed = x.seed }))
  end,
}
