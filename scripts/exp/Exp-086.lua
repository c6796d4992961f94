-- How evenly importance is spread over layers, by language: the entropy of its profile over the greatest one, 0 to 1.
-- Importance is stated as the gradient's norm, which says what a small change would do, and measured as what INT4 in
-- one layer costs. Rich morphology: agglutinative or introflexive languages. Languages are the units.
local RICH = { agglutinative = "rich", introflexive = "rich", fusional = "other", analytic = "other" }
return experiment {
  id = "Exp-086", title = "Morphology and layer criticality",
  asks = "Do morphologically rich languages spread importance over more layers?",
  params = { bits = 4, sentences = 4 }, quick = { sentences = 2 }, full = { sentences = 96 },
  predicts = {
    gradient = "stated: gradient norms are spread more evenly over layers in rich languages",
    gradient_within = "stated: gradient norms are spread more evenly in rich languages, permuted within script",
    dnll = "measured: the costs of INT4 in one layer are spread more evenly in rich languages",
    dnll_within = "measured: the costs of INT4 are spread more evenly in rich languages, permuted within script",
  },
  run = function(p, x)
    local m, texts, info, layers = x.model, x.texts:first(p.sentences), x.texts:info(), x.model:layers()
    local matrices, dnll, cells, rows = {}, {}, {}, {}
    for _, param in ipairs(m:params()) do
      matrices[#matrices + 1] = param.layer and #param.shape == 2 and param.name or nil
    end
    local question, certain = { model = m, texts = texts, with = quant.sane { bits = p.bits } }, {}
    for i, row in ipairs(search.sensitivity(question, { by = "language", direction = "quantize" })) do
      local cost, code = row.when_quantized, row.language
      cells[i] = { language = code, layer = row.label, dnll = math.max(cost.estimate, 0) }
      dnll[code], certain[code] = dnll[code] or {}, (certain[code] or 0) + (cost.low > 0 and 1 or 0)
      dnll[code][row.label + 1] = cells[i].dnll
    end

    local function gradient_norms(text) -- of the loss of one text by layer, as shares of their sum
      local squares = tensor.zeros(layers):totable()
      local gradients = train.gradients(m, text, { params = matrices }).params
      for _, name in ipairs(matrices) do
        local place = 1 + tonumber(name:match("%d+"))
        squares[place] = squares[place] + gradients[name]:norm() ^ 2
      end
      local norms = tensor.from_table(squares, "float64"):sqrt()
      return norms / norms:sum()
    end
    local function evenness(profile) -- nothing where all is 0
      return layers > 1 and profile:sum() > 0 and stats.entropy(profile) / math.log(layers) or nil
    end
    for l, code in ipairs(texts:languages()) do
      local own, norms = texts:select { code }, 0
      for s = 1, own:count() do norms = gradient_norms(own:slice(s, s)) / own:count() + norms end
      local known = info[code]
      rows[l] = { language = code, morphology = known.morphology, group = RICH[known.morphology or "unknown"],
        script = known.script, gradient = evenness(norms), dnll = evenness(tensor.from_table(dnll[code], "float64")),
        certain = certain[code] }
    end
    x:table(rows, { columns = { "language", "morphology", "script", "gradient", "dnll", "certain" },
      caption = "Evenness over layers of gradient norms and of the costs of INT4; layers that surely cost something" })
    x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "dnll", caption = "Cost of INT4 [nats/byte]" })
    for _, value in ipairs { "gradient", "dnll" } do
      local opts = { value = value, by = "group", of = "rich", seed = x.seed }
      x:verdict(value, stats.contrast(rows, opts))
      opts.within = "script"
      x:verdict(value .. "_within", stats.contrast(rows, opts))
    end
  end,
}
