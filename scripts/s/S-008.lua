-- Gradients of one half of the sentences, and what INT4 costs on the other half. A gradient says how steep the loss is,
-- not how far quantization goes: so beside it the gradient times the error, also at equal depth, along which both may
-- fall. Languages are the units of the law's fit: layers share most of their gradient through the residual stream.
return experiment {
  id = "S-008", title = "Gradient magnitude",
  asks = "Do gradients mark critical layers, and are they lognormal?",
  params = { bits = 4, sentences = 8, every = 61 }, quick = { sentences = 6 }, full = { sentences = 96, every = 601 },
  predicts = {
    weights = "the norm of a layer's weight gradients rises with its dNLL under INT4",
    activations = "the norm of the gradient at a layer's output rises with its dNLL under INT4",
    times_error = "the norm of weight gradient times quantization error rises with a layer's dNLL under INT4",
    beyond_depth = "at equal depth: weight gradient times quantization error rises with a layer's dNLL under INT4",
    lognormal = "|gradient| at the outputs is lognormal rather than any other law: BIC per value is lower",
    sparsity = { "stochastic pruning at 1 std: the lognormal's sparsity is off by less than 0.02", below = 0.02 },
  },
  run = function(p, x)
    local m, scheme, known, held = x.model, quant.sane { bits = p.bits }, x.texts:first(p.sentences):aligned():halves()
    local alone, int4 = search.sensitivity { model = m, texts = held, with = scheme }, m:quantized(scheme)
    local rows, names, languages, sample = plan.features(m), {}, {}, nil
    for l, row in ipairs(rows) do
      table.move(row.names, 1, #row.names, #names + 1, names)
      row.dnll, row.weights, row.activations, row.times_error = alone[l].when_quantized, 0, 0, 0
    end
    -- By how much the best other law's BIC per value exceeds the lognormal's, and how far off its sparsity is.
    local function law(values)
      local of_law, fits = stats.fit(values, "lognormal"), stats.fits(values)
      local best = fits[fits[1].law == "lognormal" and 2 or 1].bic
      local pruned = (values:abs() * -1 + 1):clamp(0):mean() -- |g| below 1 stays, as 1, with probability |g|
      local sparsity = stats.lognormal_sparsity(of_law.log_location, of_law.log_scale, 1)
      return math.max((best - of_law.bic) / values:numel(), -10), math.abs(pruned - sparsity) -- zeros: -infinity
    end
    for i, code in ipairs(known:languages()) do -- squares add up: languages need not agree on a sign
      local g = train.gradients(m, known:select { code }, { params = names, sites = { "L*.resid.post" } })
      languages[i] = { language = code, margin = 0, off = 0 }
      for l, row in ipairs(rows) do
        for _, name in ipairs(row.names) do
          row.weights = row.weights + (g.params[name] ^ 2):sum()
          row.times_error = row.times_error + ((g.params[name] * (int4:param(name) - m:param(name))) ^ 2):sum()
        end
        local parts = {}
        for k, at in ipairs(g.sites[("L%d.resid.post"):format(l - 1)]) do
          parts[k] = at:narrow(1, 1, math.max(1, at:size(1) - 1)):reshape(-1) -- the last token predicts nothing
        end
        local values = tensor.cat(parts, 1)
        row.activations = row.activations + (values ^ 2):sum()
        sample = values:index(1, range(1, values:numel(), p.every)):to("float64")
        local margin, off = law(sample / sample:std())
        languages[i].margin = languages[i].margin + margin / #rows
        languages[i].off = languages[i].off + off / #rows
      end
    end
    x:table(rows, { caption = "By layer: dNLL [nats/token], squared norms of gradients of the loss [nats/token]",
      columns = { "layer", "dnll", "weights", "activations", "times_error" } })
    x:table(languages, { caption = "By language, mean over layers: BIC per value over lognormal's, error of sparsity" })
    x:plot(rows, { kind = "points", x = "times_error", y = "dnll", log = "xy", caption = "(Gradient x error)^2" })
    x:plot(sample:abs():clamp(1e-30):log(), { kind = "qq", caption = "ln |gradient|, last layer and language" })
    local costs, few = { table.unpack(alone.scores, 0) }, #rows < 5 and { not_run = #rows .. " layers; 5 are needed" }
    for _, name in ipairs { "weights", "activations", "times_error" } do
      x:verdict(name, few or stats.correlation(rows:column(name), costs, { seed = x.seed }))
    end
    x:verdict("beyond_depth", few or stats.partial_correlation(rows:column("times_error"), costs,
      { depth = rows:column("depth") }, { permutations = 2000, seed = x.seed }))
    if #languages < 3 then return x:not_run(#languages .. " languages; 3 are needed") end
    x:verdict("lognormal", stats.mean(table_of(languages):column("margin"), { seed = x.seed }))
    x:verdict("sparsity", stats.mean(table_of(languages):column("off"), { seed = x.seed }))
  end,
}
