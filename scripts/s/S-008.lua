-- Gradients of one half of the sentences, and what INT4 costs on the other half. A gradient says how steep the loss is,
-- not how far quantization goes: so beside it the gradient times the error. Languages are the units of the law's fit:
-- layers share most of their gradient through the residual stream.
return experiment {
  id = "S-008", title = "Gradient magnitude",
  asks = "Do gradients mark critical layers, and are they lognormal?",
  params = { bits = 4, sentences = 8, every = 61 }, quick = { sentences = 6 }, full = { sentences = 96, every = 601 },
  predicts = {
    weights = "the norm of a layer's weight gradients rises with its dNLL under INT4",
    activations = "the norm of the gradient at its output does",
    times_error = "the norm of weight gradient times quantization error does",
    lognormal = "|gradient| at the outputs is lognormal rather than Gauss, Laplace or logistic: BIC per value is lower",
    lognormal_all = "the same against Student's t and the generalised Gauss law too",
    sparsity = { "stochastic pruning at 1 std: the lognormal's sparsity is off by less than 0.02", below = 0.02 },
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local known, held = texts:halves()
    local scheme, names, rows, languages, sample = quant.sane { bits = p.bits }, {}, {}, {}, nil
    local alone, int4 = search.sensitivity { model = m, texts = held, with = scheme }, m:quantized(scheme)
    for _, param in ipairs(m:params()) do
      names[#names + 1] = param.layer and #param.shape == 2 and param.name or nil
    end
    for l = 1, layers do
      rows[l] = { layer = l - 1, dnll = alone[l].when_quantized, weights = 0, activations = 0, times_error = 0 }
    end
    for i, code in ipairs(texts:languages()) do -- squares add up: languages need not agree on a sign
      local g = train.gradients(m, known:select { code }, { params = names, sites = { "L*.resid.post" } })
      local found = { language = code, plain = 0, all = 0, off = 0 }
      for name, gradient in pairs(g.params) do
        local row = rows[math.tointeger(name:match("%d+")) + 1]
        row.weights = row.weights + (gradient ^ 2):sum()
        row.times_error = row.times_error + ((gradient * (int4:param(name) - m:param(name))) ^ 2):sum()
      end
      for l, row in ipairs(rows) do
        local parts, bic = {}, {}
        for k, at in ipairs(g.sites[("L%d.resid.post"):format(l - 1)]) do
          parts[k] = at:narrow(1, 1, math.max(1, at:size(1) - 1)):reshape(-1) -- the last token predicts nothing
        end
        local values = tensor.cat(parts, 1)
        row.activations = row.activations + (values ^ 2):sum()
        values = values:index(1, range(1, values:numel(), p.every)):to("float64")
        values = values / values:std()
        for _, fit in ipairs(stats.fits(values)) do bic[fit.law] = fit.bic end
        local law, n = stats.fit(values, "lognormal"), values:numel()
        local plain = math.min(bic.gauss, bic.laplace, bic.logistic or math.huge)
        local all = math.min(plain, bic.student or math.huge, bic.generalised_gauss or math.huge)
        found.plain = found.plain + math.max((plain - law.bic) / n, -10) / layers -- of zeros: -infinity
        found.all = found.all + math.max((all - law.bic) / n, -10) / layers
        local sparsity = (values:abs() * -1 + 1):clamp(0):mean() -- |g| below 1 stays, as 1, with probability |g|
        local of_law = stats.lognormal_sparsity(law.log_location, law.log_scale, 1)
        found.off = found.off + math.abs(sparsity - of_law) / layers
        sample = values:abs():clamp(1e-9):log()
      end
      languages[i] = found
    end
    x:table(rows, { caption = "By layer: dNLL [nats/token], squared norms of gradients of the loss [nats/token]",
      columns = { "layer", "dnll", "weights", "activations", "times_error" } })
    x:table(languages, { caption = "By language, mean over layers: BIC per value over lognormal's, error of sparsity",
      columns = { "language", "plain", "all", "off" } })
    x:plot(rows, { kind = "points", x = "times_error", y = "dnll", log = "xy", caption = "(Gradient x error)^2" })
    x:plot(sample, { kind = "qq", caption = "ln |gradient| at the last layer's output, last language" })
    local dnll = {}
    for l = 1, layers do dnll[l] = alone[l].when_quantized.estimate end
    for _, name in ipairs { "weights", "activations", "times_error" } do
      x:verdict(name, layers < 5 and { refused = layers .. " layers; 5 are needed" }
        or stats.correlation(table_of(rows):column(name), dnll, { seed = x.seed }))
    end
    for name, column in pairs { lognormal = "plain", lognormal_all = "all", sparsity = "off" } do
      x:verdict(name, #languages < 3 and { refused = #languages .. " languages; 3 are needed" }
        or stats.mean(table_of(languages):column(column), { seed = x.seed }))
    end
  end,
}
