-- Languages are the units; activations are of one half of the sentences, losses of the other. Script is a confounder.
-- And shares of a whole are related whatever the layers: those without outliers must show it less.
return experiment {
  id = "outlier_layers", title = "Outlier layers",
  asks = "Do languages that are less active in the layers with outlier weights lose more under INT4?",
  params = { bits = 4, sentences = 16, weight = 2.5, kurtosis = 100 },
  quick = { sentences = 6 }, full = { sentences = 104 },
  predicts = {
    stated = { "naive: the smaller the share of layers over both thresholds, the more dNLL (Pearson)", below = 0 },
    sane = { "sane: the smaller the share of the layers of highest kurtosis, the more dNLL", below = 0 },
    beside_script = { "sane, beside script: the smaller the share of high-kurtosis layers, the more dNLL", below = 0 },
    within_script = { "sane, within script: the smaller the share of high-kurtosis layers, the more dNLL", below = 0 },
    specific = { "sane: the higher a layer's kurtosis, the lower the correlation of its share with dNLL", below = 0 },
  },
  run = function(p, x)
    local m, known, held = x.model, x.texts:first(p.sentences):aligned():halves()
    local codes, info, layers = known:languages(), known:info(), m:layers()
    if #codes < 6 or layers < 2 then
      return x:not_run(("%d languages, %d layers; 6 languages and 2 layers are needed"):format(#codes, layers))
    end
    -- Of each layer the greatest weight, and the highest kurtosis of a matrix (scales of several do not mix).
    local weights = {}
    for _, unit in ipairs(plan.rank(m, { by = "kurtosis" })) do
      local row = weights[unit.layer + 1] or { layer = unit.layer, kurtosis = unit.score, weight = 0 }
      row.weight = math.max(row.weight, m:param(unit.names[1]):abs():max())
      weights[unit.layer + 1] = row
    end
    local over, top = {}, {} -- over both thresholds; the quarter of the highest kurtosis
    for i, rank in ipairs(stats.ranks(table_of(weights):column("kurtosis"))) do
      top[#top + 1] = rank > layers - math.max(1, layers // 4) and i or nil
      over[#over + 1] = weights[i].weight > p.weight and weights[i].kurtosis > p.kurtosis and i or nil
    end
    local shares, rows, falls = capture.shares(m, known), {}, {}
    local naive = disparity.compare(m, m:quantized(quant.naive { bits = p.bits }), held, { seed = x.seed })
    local sane = disparity.compare(m, m:quantized(quant.sane { bits = p.bits }), held, { seed = x.seed })
    local function related(set, d, kind) -- share of a set of layers, and rise of the loss, over languages
      return disparity.related(d, shares:index(1, set):sum(1):totable(), { kind = kind, seed = x.seed })
    end
    for i, code in ipairs(codes) do
      rows[i] = { language = code, script = info[code].script, share = shares:index(1, top):sum(1):at(i),
        naive = naive.rows[i].delta_byte, sane = sane.rows[i].delta_byte }
    end
    for i, row in ipairs(weights) do
      row.correlation = related({ i }, sane).correlation
      falls[i] = row.correlation.estimate
    end
    x:table(weights, { columns = { "layer", "weight", "kurtosis", "correlation" },
      caption = "Greatest weight, highest kurtosis of a matrix; correlation of the layer's share with dNLL (sane)" })
    x:table(rows, { columns = { "language", "script", "share", "naive", "sane" },
      caption = "Share of activation in the layers of highest kurtosis; dNLL [nats/byte]" })
    x:plot(rows, { kind = "points", x = "share", y = "sane", by = "script", caption = "dNLL [nats/byte] by share" })
    local found = related(top, sane)
    x:verdict("stated", #over == 0 and { refused = "no layer is over the thresholds" }
      or related(over, naive, "pearson").correlation)
    x:verdict("sane", found.correlation)
    x:verdict("beside_script", found.beside_script)
    x:verdict("within_script", found.within_script)
    x:verdict("specific", sane.collapsed and weights[1].correlation
      or stats.correlation(table_of(weights):column("kurtosis"), falls, { seed = x.seed }))
  end,
}
