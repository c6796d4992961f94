-- INT4 absmax rounds in steps of absmax / 7: std / error is 7 sqrt(12) / crest, and signal < sqrt(3) noise is crest
-- (absmax / std) > 14. Beside that the output of a layer over the error that quantizing it adds there, from other
-- sentences than its cost. Languages of one layer are not independent: the units are layers.
return experiment {
  id = "Exp-082", title = "sqrt(3) threshold",
  asks = "Does signal < sqrt(3) x noise mark the layers whose quantization costs most?",
  params = { bits = 4, sentences = 6, critical = 0.25 }, -- critical: the share of layers that cost most
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    weights = "naive: low signal / noise of the weights marks critical layers (AUC - 0.5)",
    stated = "naive, low-resource languages: low signal / noise of the output marks them (AUC - 0.5)",
    sane = "sane, all languages: low signal / noise of the output marks them (AUC - 0.5)",
    threshold = { "sane, all languages: the best threshold is sqrt(3), give or take 15 %", within = { 1.5, 2 } },
  },
  run = function(p, x)
    local m, layers, texts, rows, low = x.model, x.model:layers(), x.texts:first(p.sentences):aligned(), {}, {}
    local codes, count, at = texts:languages(), texts:count() // #texts:languages(), "L*.resid.post"
    local known, held = texts:slice(1, math.max(1, count // 3)), texts:slice(math.min(count, count // 3 + 1), count)
    for i, code in ipairs(codes) do
      low[#low + 1] = (texts:info()[code] or {}).resource == "low" and i or nil
    end
    for _, scheme in ipairs { "naive", "sane" } do
      local q, models = quant.int { bits = p.bits, per = scheme == "naive" and "tensor" or "channel" }, {}
      for i = 1, layers do
        models[i] = m:quantized { with = q, params = ("L%d.*"):format(i - 1), protect = "*norm*" }
      end
      local cost = search.sensitivity({ model = m, texts = held, with = q }, { by = "language" })
      local errors = capture.compare(models, { against = m, at = at, texts = known, reduce = "relative_error" })
      for i = 1, layers do
        local row, costs = { scheme = scheme, layer = "L" .. i - 1, crest = 0, weights = 1e9 }, {}
        for _, param in ipairs(m:params()) do
          if param.layer == i - 1 and #param.shape == 2 then
            local w = m:param(param.name)
            row.crest = math.max(row.crest, w:abs():max() / (w:std() + 1e-30))
            row.weights = math.min(row.weights, (w:std() + 1e-20) / (((q:apply(w) - w) ^ 2):mean() ^ 0.5 + 1e-30))
          end
        end
        local logs = tensor.from_table(errors[i][("L%d.resid.post"):format(i - 1)]):clamp(1e-9, 1e9):log() * -1
        for k = 1, #codes do
          costs[k] = cost[(i - 1) * #codes + k].when_quantized.estimate
        end
        row.ratios, row.costs = logs:reshape({ #codes, -1 }):mean(2):exp(), tensor.from_table(costs)
        row.ratio, row.cost = stats.mean(row.ratios:totable(), { seed = x.seed }), stats.mean(costs, { seed = x.seed })
        row.from_crest, rows[#rows + 1] = (2 ^ (p.bits - 1) - 1) * math.sqrt(12) / row.crest, row
      end
    end
    x:table(rows, { caption = "Signal / noise of the worst matrix (by crest; measured), of the output; nats/byte",
      columns = { "scheme", "layer", "crest", "from_crest", "weights", "ratio", "cost" } })
    x:plot(rows, { kind = "points", x = "ratio", y = "cost", by = "scheme", log = "x", x_label = "signal / noise",
      y_label = "dNLL [nats/byte]", caption = "Output of a layer and cost of quantizing it, means over languages" })
    -- The area under the ROC curve less 0.5 is the difference of the mean ranks over the number of layers.
    local function marks(before, languages, weights)
      local scores, costs, labels, groups = {}, {}, {}, { [true] = {}, [false] = {} }
      local few = layers < 8 and "fewer than 8 layers" or #languages < 1 and "no low-resource language"
      if few then return { refused = few } end
      for i, row in ipairs(table.move(rows, before + 1, before + layers, 1, {})) do
        scores[i] = -(weights and row.weights or row.ratios:index(1, languages):mean())
        costs[i] = row.costs:index(1, languages):mean()
      end
      for i, rank in ipairs(stats.ranks(scores)) do
        labels[i] = costs[i] > stats.quantiles(costs, { 1 - p.critical })[1]
        table.insert(groups[labels[i]], rank / layers)
      end
      if #groups[true] < 3 then return { refused = "fewer than 3 layers cost more than the others" } end
      local best = stats.auc(scores, labels, { seed = x.seed }).threshold
      best.estimate, best.low, best.high, best.n = -best.estimate, -best.high, -best.low, layers
      return stats.difference(groups[true], groups[false], { seed = x.seed }), best
    end
    x:verdict("weights", (marks(0, range(1, #codes), true)))
    x:verdict("stated", (marks(0, low)))
    local sane, best = marks(layers, range(1, #codes))
    x:verdict("sane", sane)
    x:verdict("threshold", sane.refused and sane or sane.low > 0 and best or { refused = "nothing to part" })
  end,
}
