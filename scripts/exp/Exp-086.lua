-- How evenly importance is spread over layers, by language: the entropy of its profile over the greatest one, 0 to 1.
-- Importance is stated as the gradient's norm, which says what a small change would do, and measured as what INT4 in
-- one layer costs. Rich morphology: agglutinative or introflexive languages. Languages are the units.
return experiment {
  id = "Exp-086", title = "Morphology and layer criticality",
  asks = "Do morphologically rich languages spread importance over more layers?",
  params = { bits = 4, sentences = 4 },
  quick = { sentences = 2 },
  full = { sentences = 96 },
  predicts = {
    gradient = "stated: gradient norms are spread more evenly over layers in rich languages",
    gradient_within = "stated, gradient norms: the same, permuted within script",
    dnll = "measured: the costs of INT4 in one layer are spread more evenly in rich languages",
    dnll_within = "measured costs: the same, permuted within script",
  },
  run = function(p, x)
    local m, texts, info, layers = x.model, x.texts:first(p.sentences), x.texts:info(), x.model:layers()
    local matrices, rows, heat, told = {}, {}, {}, {}
    for _, param in ipairs(m:params()) do
      matrices[#matrices + 1] = param.layer and #param.shape == 2 and param.name or nil
    end
    local cost = search.sensitivity({ model = m, texts = texts, with = quant.sane { bits = p.bits } },
      { by = "language" })

    -- The norm of the gradient of one text's loss in each layer, as shares of their sum.
    local function gradient_of(text)
      local squares = tensor.zeros(layers):totable()
      for name, gradient in pairs(train.gradients(m, text, { params = matrices }).params) do
        local place = 1 + tonumber(name:match("%d+"))
        squares[place] = squares[place] + gradient:norm() ^ 2
      end
      local norms = tensor.from_table(squares, "float64"):sqrt()
      return norms / norms:sum()
    end
    local function evenness(profile) -- nothing where all is 0
      return layers > 1 and profile:sum() > 0 and stats.entropy(profile) / math.log(layers) or nil
    end
    for l, loss in ipairs(m:loss(texts):by("language")) do
      local code, gradient, dnll = loss.language, 0, tensor.zeros(layers):totable()
      local own, known, certain = texts:select { code }, info[code], 0
      for s = 1, own:count() do
        gradient = gradient_of(own:slice(s, s)) / own:count() + gradient
      end
      for _, row in ipairs(cost) do
        if row.language == code then
          dnll[row.label + 1] = math.max(row.when_quantized.estimate, 0)
          certain = certain + (row.when_quantized.low > 0 and 1 or 0)
        end
      end
      for layer = 1, layers do
        heat[#heat + 1] = { language = code, layer = layer - 1, dnll = dnll[layer] }
      end
      local is_rich = known.morphology == "agglutinative" or known.morphology == "introflexive"
      rows[l] = { language = code, morphology = known.morphology or "?", script = known.script or "?",
        gradient = evenness(gradient), dnll = evenness(tensor.from_table(dnll, "float64")), certain = certain,
        loss = loss.per_byte.estimate, is_rich = is_rich and 1 or 0, group = is_rich and "rich" or "other" }
      told[#told + 1] = known.morphology and rows[l].gradient and rows[l].dnll and rows[l]
    end
    x:table(rows, { columns = { "language", "morphology", "script", "loss", "gradient", "dnll", "certain" },
      caption = "Evenness of gradient norms and of the costs of INT4; layers whose cost is surely above 0" })
    x:plot(heat, { kind = "heat", x = "layer", y = "language", value = "dnll",
      caption = "Cost of INT4 in one layer [nats/byte]" })

    local t = table_of(told)
    for _, of in ipairs { "gradient", "dnll" } do
      local difference = stats.contrast(told, { value = of, by = "group", of = "rich", seed = x.seed })
      x:verdict(of, difference)
      x:verdict(of .. "_within", difference.refused and difference or stats.correlation(t:column("is_rich"),
        t:column(of), { groups = t:column("script"), seed = x.seed }))
    end
  end,
}
