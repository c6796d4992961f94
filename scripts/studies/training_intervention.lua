-- Pairs of small models of this family, from one start on the same batches; in one of each, weights over `clip` std of
-- their matrix are pulled back every few steps: a proximal step of a penalty on outliers. Pairs are the units.
return experiment {
  id = "training_intervention", title = "Training intervention",
  asks = "Does a penalty on outlier weights in training make quantization fairer to languages?",
  params = { bits = 3, languages = 4, clip = 2, every = 10, pairs = 10, steps = 80, batch = 4, rate = 1e-2, layers = 2,
    width = 32, sentences = 64 }, -- at 4 bits so small a model loses next to nothing
  quick = { pairs = 3, steps = 20 }, full = { languages = 8, pairs = 24, steps = 2000, batch = 16, width = 96 },
  predicts = {
    kurtosis = { "the penalty lowers the kurtosis of matrices (if not, nothing was varied)", below = 0 },
    stated = { "naive: the penalty narrows the gap between languages", below = 0 },
    sane = { "sane: the penalty narrows the gap between languages", below = 0 },
    smooth = { "hidden activations of SwiGLU quantized per token lose less with a scale per channel", below = 0 },
  },
  run = function(p, x)
    local codes = table.move(x.texts:languages(), 1, p.languages, 1, {})
    if #codes < 2 then return x:not_run("one language") end
    local known, held = x.texts:select(codes):aligned():first(p.sentences):halves()
    local start = model.like(x.model, { layers = p.layers, width = p.width, heads = 2, texts = known })
    local tokens, gated, near = start:tokenizer():encode_corpus(known), start:has("L0.mlp.gate"), 0

    -- Median kurtosis of matrices, gaps; what a scale per channel changes where hidden activations are quantized.
    local function measured(seed, penalty)
      local m, batches = model.like(start, { seed = seed }), train.batches(tokens, { size = p.batch, seed = seed })
      for first = 0, p.steps - 1, p.every do
        m = train.run { model = m, steps = math.min(p.every, p.steps - first), warmup = 1, final = 1,
          rate = p.rate * (1 - first / p.steps), batches = function(step) return batches(first + step) end }
        for _, matrix in ipairs(penalty and plan.rank(m) or {}) do
          local name, limit = matrix.names[1], p.clip * m:param(matrix.names[1]):std()
          m = m:with_param(name, m:param(name):clamp(-limit, limit))
        end
      end
      local int, hidden, rises = quant.int { bits = p.bits, per = "token" }, gated and "L*.mlp.hidden" or {}, {}
      local models = { m, m:quantized(quant.naive { bits = p.bits }), m:quantized(quant.sane { bits = p.bits }),
        m:quantized_activations { with = int, at = hidden },
        m:quantized_activations { with = int, at = hidden, smooth = known } }
      local found = sweep { models = models, texts = held }
      for k, row in ipairs(found) do rises[k] = row.loss:per_byte() - (rises[1] or 0) end
      near = near + (disparity.of(found[1].loss, found[2].loss, m:architecture().vocab).collapsed and 1 or 0)
      local kurtosis = table_of(plan.rank(m, { by = "kurtosis" })):column("score")
      return { kurtosis = stats.quantiles(kurtosis, { 0.5 })[1], stated = rises[2]:max() - rises[2]:min(),
        sane = rises[3]:max() - rises[3]:min(), smooth = gated and (rises[5] - rises[4]):mean() or nil }
    end
    local rows = table_of {}
    for i = 1, p.pairs do
      local without, with = measured(1000 * x.seed + i, false), measured(1000 * x.seed + i, true)
      rows[i] = { pair = i }
      for name in pairs(with) do rows[i][name], rows[i][name .. "_penalty"] = without[name], with[name] end
    end
    x:table(rows, { caption = "Values by prediction, without and with the penalty; gaps [nats/byte]" })
    if near > 0 then x:warn(near .. " models under naive have a loss near ln V, with less to lose") end
    x:plot(rows, { kind = "points", x = "sane", y = "sane_penalty", caption = "Gap without and with the penalty" })
    for _, name in ipairs { "kurtosis", "stated", "sane" } do
      x:verdict(name, stats.paired_difference(rows:column(name .. "_penalty"), rows:column(name), { seed = x.seed }))
    end
    x:verdict("smooth", gated and stats.mean(rows:column("smooth"), { seed = x.seed })
      or { not_run = "no gated MLP; models of families such as llama have one" })
  end,
}
