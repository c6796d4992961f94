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
    beside_script = { "sane, script regressed out: the same", below = 0 },
    within_script = { "sane, permuted within script: the same", below = 0 },
    specific = { "sane: the higher a layer's kurtosis, the lower this correlation for its share", below = 0 },
  },
  run = function(p, x)
    local m, texts, info, layers = x.model, x.texts:first(p.sentences):aligned(), x.texts:info(), x.model:layers()
    local codes, known, held = texts:languages(), texts:halves()
    local few = #codes < 6 and "6 languages are the fewest to correlate" or layers < 2 and "there is but one layer"

    -- Of a layer its greatest weight, and the highest kurtosis of a matrix: that of all together rises where only their
    -- scales differ. `over` are the layers over both thresholds, `top` the quarter of the highest kurtosis.
    local weights, over, top = {}, {}, {}
    for _, unit in ipairs(plan.rank(m, { by = "kurtosis" })) do
      local row = weights[unit.layer + 1] or { layer = unit.layer, kurtosis = unit.score, weight = 0 }
      row.weight = math.max(row.weight, m:param(unit.names[1]):abs():max())
      weights[unit.layer + 1] = row
    end
    for place, rank in ipairs(stats.ranks(table_of(weights):column("kurtosis"))) do
      top[#top + 1] = rank > layers - math.max(1, layers // 4) and place or nil
      over[#over + 1] = weights[place].weight > p.weight and weights[place].kurtosis > p.kurtosis and place or nil
    end

    -- Mean |activation| in what each layer adds to the stream, [layers, languages].
    local added, rows, cost, refused, latin, latins, falls = {}, {}, { naive = {}, sane = {} }, {}, {}, 0, {}
    for site, of in pairs(m:capture(known, { "L*.attn.out", "L*.mlp.out" }, { reduce = "summary" })) do
      local layer, list = tonumber(site:match("%d+")) + 1, {}
      for i, code in ipairs(codes) do
        list[i] = of[code].sketch:mean_deviation(0)
      end
      added[layer] = tensor.from_table(list, "float64") + (added[layer] or 0)
    end
    added = tensor.stack(added) / tensor.stack(added):sum(1, true)
    for i, code in ipairs(codes) do
      rows[i] = { language = code, script = (info[code] or {}).script, share = added:index(1, top):sum(1):at(i) }
      latin[i] = rows[i].script == "Latin" and 1 or 0
      latins = latins + latin[i]
    end
    for name, scheme in pairs { naive = quant.naive { bits = p.bits }, sane = quant.sane { bits = p.bits } } do
      local d = disparity.compare(m, m:quantized(scheme), held, { seed = x.seed })
      refused[name] = (few or d.collapsed) and { refused = few or name .. " leaves a language near ln V" }
      for i, row in ipairs(rows) do
        row[name], cost[name][i] = d.rows[i].delta_byte, d.rows[i].delta_byte.estimate
      end
    end
    local function correlation(set, name, test, opts)
      return refused[name] or test(added:index(1, set):sum(1):totable(), cost[name], opts)
    end
    for layer, row in ipairs(weights) do
      row.correlation = correlation({ layer }, "sane", stats.correlation, { seed = x.seed })
      falls[layer] = row.correlation.estimate
    end
    x:table(weights, { caption = "Layers", columns = { "layer", "weight", "kurtosis", "correlation" } })
    x:table(rows, { caption = "dNLL [nats/byte]", columns = { "language", "script", "share", "naive", "sane" } })
    x:plot(rows, { kind = "points", x = "share", y = "sane", by = "script", caption = "Share of `top`; [nats/byte]" })
    local one_script = math.min(latins, #codes - latins) < 3 and { refused = "3 languages of either script are needed" }
    x:verdict("stated", #over == 0 and { refused = "no layer is over the thresholds" }
      or correlation(over, "naive", stats.correlation, { kind = "pearson", seed = x.seed }))
    x:verdict("sane", correlation(top, "sane", stats.correlation, { seed = x.seed }))
    x:verdict("beside_script", one_script or correlation(top, "sane", stats.partial_correlation, { script = latin }))
    x:verdict("within_script", one_script or correlation(top, "sane", stats.correlation, { groups = latin }))
    x:verdict("specific", refused.sane
      or stats.correlation(table_of(weights):column("kurtosis"), falls, { seed = x.seed }))
  end,
}
