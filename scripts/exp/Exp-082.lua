-- INT4 absmax rounds in steps of absmax / 7: signal / error is 7 sqrt(12) / crest, and signal < sqrt(3) noise is crest
-- (absmax / rms) > 14. Beside that the output of a layer over the error that quantizing it adds there, from other
-- sentences than its cost. Languages of one layer are not independent: the units are layers.
return experiment {
  id = "Exp-082", title = "sqrt(3) threshold",
  asks = "Does signal < sqrt(3) x noise mark the layers whose quantization costs most?",
  params = { bits = 4, sentences = 6, critical = 0.25 }, -- critical: the share of layers that cost most
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    weights = "naive, low-resource languages: low signal / noise of the weights marks critical layers (AUC - 0.5)",
    stated = "naive, low-resource languages: low signal / noise of the output marks critical layers (AUC - 0.5)",
    sane = "sane, all languages: low signal / noise of the output marks critical layers (AUC - 0.5)",
    threshold = { "sane, all languages: the best threshold is sqrt(3), give or take 15 %", within = { 1.5, 2 } },
  },
  run = function(p, x)
    local m, layers, everything, low = x.model, x.model:layers(), x.texts:first(p.sentences):aligned(), {}
    if layers < 8 then return x:not_run("fewer than 8 layers") end
    for _, code in ipairs(everything:languages()) do
      low[#low + 1] = (everything:info()[code] or {}).resource == "low" and code or nil
    end
    local function measured(scheme, per, texts)
      local with, models, rows, cells = quant.int { bits = p.bits, per = per }, {}, {}, {}
      local norms, known, held = per == "channel" and "*norm*" or nil, texts:halves() -- naive rounds norms as well
      for i = 1, layers do
        models[i] = m:quantized { with = with, params = { i - 1 }, protect = norms }
        rows[i] = { layer = "L" .. i - 1, crest = 0, weights = 1e15, costs = {} }
      end
      for _, matrix in ipairs(quant.errors(m, with)) do
        local row = rows[matrix.layer + 1]
        row.crest, row.weights = math.max(row.crest, matrix.crest), math.min(row.weights, 10 ^ (matrix.snr / 20))
      end
      local costs = search.sensitivity({ model = m, texts = held,
        with = { with = with, params = "L*", protect = norms } }, { by = "language", direction = "quantize" })
      for _, cell in ipairs(costs) do table.insert(rows[cell.label + 1].costs, cell.when_quantized.estimate) end
      local at = { against = m, at = "L*.resid.post", texts = known, reduce = "relative_error" }
      for i, errors in ipairs(capture.compare(models, at)) do
        local row, of_text = rows[i], tensor.from_table(errors[("L%d.resid.post"):format(i - 1)]):clamp(1e-9, 1e9)
        local ratios = (of_text:log() * -1):reshape({ #texts:languages(), -1 }):mean(2):exp():totable()
        row.ratio, row.cost = stats.mean(ratios, { seed = x.seed }), stats.mean(row.costs, { seed = x.seed })
        row.output, row.from_crest = row.ratio.estimate, (2 ^ (p.bits - 1) - 1) * math.sqrt(12) / row.crest
        for k, code in ipairs(texts:languages()) do
          cells[#cells + 1] = { layer = row.layer, language = code, snr = 20 * math.log(ratios[k], 10) }
        end
      end
      x:table(rows, { columns = { "layer", "crest", "from_crest", "weights", "ratio", "cost" },
        caption = scheme .. ": signal / noise of the worst matrix (by crest; measured), of the output; nats/byte" })
      x:plot(rows, { kind = "points", x = "ratio", y = "cost", log = "x", caption = scheme .. ": cost [nats/byte]" })
      x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "snr",
        caption = scheme .. ": signal / noise of the output [dB]; sqrt(3) is 4.8" })
      return rows
    end
    -- The area under the ROC curve less 0.5 (the difference of mean ranks over the layers), and the best threshold.
    local function marks(rows, column)
      local scores, costs, critical, ranks = {}, {}, {}, { [true] = {}, [false] = {} }
      for i, row in ipairs(rows) do
        scores[i], costs[i] = -row[column], row.cost.estimate
      end
      for i, rank in ipairs(stats.ranks(scores)) do
        critical[i] = costs[i] > stats.quantiles(costs, { 1 - p.critical })[1]
        table.insert(ranks[critical[i]], rank / layers)
      end
      if #ranks[true] < 3 then return { refused = "fewer than 3 layers cost more than the others" } end
      local best = stats.auc(scores, critical, { seed = x.seed }).threshold
      return stats.difference(ranks[true], ranks[false], { seed = x.seed }),
        { estimate = -best.estimate, low = -best.high, high = -best.low, n = layers }
    end
    local sane, best = marks(measured("sane, all languages", "channel", everything), "output")
    x:verdict("sane", sane)
    x:verdict("threshold", sane.refused and sane or sane.low > 0 and best or { refused = "nothing to part" })
    if #low < 1 then return x:not_run("no low-resource language") end
    local naive = measured("naive, low-resource languages", "tensor", everything:select(low))
    x:verdict("stated", (marks(naive, "output")))
    x:verdict("weights", (marks(naive, "weights")))
  end,
}
