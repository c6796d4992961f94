-- Two things may carry over to another model: the place (what is critical in one is so at the same relative depth in
-- the other) and the theory (a formula of the weights). Any two profiles that rise or fall with depth agree, so both
-- are also tested beside depth and its square. Each model has sentences of its own.
return experiment {
  id = "S-012", title = "Cross-architecture",
  asks = "Does a theory of critical layers from one model hold in another?",
  params = { bits = 4, sentences = 8 }, quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    place = "a layer's dNLL rises with that at the same relative depth in the first model",
    theory = "a layer's dNLL rises with what the formula of the first model (weights and depth) predicts",
    place_beside = "a layer's dNLL rises with that at the same relative depth, beside depth and its square",
    theory_beside = "a layer's dNLL rises with what a formula of weights predicts, beside depth and its square",
  },
  run = function(p, x)
    if not x.model2 then return x:not_run("needs a second model: --model2") end
    local one, other = x.model:layers(), x.model2:layers()
    if math.min(one, other) < 6 then return x:not_run(("%d and %d layers; 6 are needed"):format(one, other)) end
    local known, held = x.texts:first(p.sentences):aligned():halves()
    local weights = { "crest", "kurtosis", "outliers", "variance" }
    -- A row per layer: dNLL when it alone is quantized, y: its ln (of at least 1 % of the greatest), and statistics of
    -- its weights, standardized within the model.
    local function profile(m, name, texts)
      local alone = search.sensitivity { model = m, texts = texts, with = quant.sane { bits = p.bits } }
      local rows, least = plan.features(m), math.max(1e-9, table.unpack(alone.scores, 0)) / 100
      for i, row in ipairs(rows) do
        row.model, row.dnll, row.square = name, alone[i].when_quantized, row.depth ^ 2
        row.y, row.variance = math.log(math.max(row.dnll.estimate, least)), math.log(math.max(row.variance, 1e-30))
      end
      for _, column in ipairs { "y", table.unpack(weights) } do
        for i, value in ipairs(stats.standardized(rows:column(column))) do rows[i][column] = value end
      end
      return rows
    end
    local first, second = profile(x.model, "first", known), profile(x.model2, "second", held)
    local all = table.move(second, 1, #second, #first + 1, table.move(first, 1, #first, 1, {}))
    x:table(all, { caption = "dNLL [nats/token] of quantizing a layer, y: its ln, standardized as the statistics are",
      columns = { "model", "layer", "depth", "dnll", "y", table.unpack(weights) } })
    x:plot(all, { x = "depth", y = "y", by = "model", caption = "ln dNLL of quantizing a layer, standardized" })
    -- What the formula of the first model, of these columns, says of the layers of the second.
    local function predicted(names)
      local fit = stats.ridge(first:column("y"), first:lists(names), { penalty = 1, standardize = true })
      return fit:predict(second:lists(names))
    end
    local place = {} -- y of the first model there, on straight lines between its layers
    for l, row in ipairs(second) do
      local at = math.max(1, math.min(row.depth * #first + 0.5, #first))
      local under, over = first[math.floor(at)].y, first[math.ceil(at)].y
      place[l] = under + (at - math.floor(at)) * (over - under)
    end
    local y, theory = second:column("y"), predicted { "depth", "square", table.unpack(weights) }
    local beside = { kind = "pearson", permutations = 9999, seed = x.seed } -- squares have the ranks of depths
    local trend = second:lists { "depth", "square" }
    x:verdict("place", stats.correlation(place, y, { seed = x.seed }))
    x:verdict("theory", stats.correlation(theory, y, { seed = x.seed }))
    x:verdict("place_beside", stats.partial_correlation(place, y, trend, beside))
    x:verdict("theory_beside", stats.partial_correlation(predicted(weights), y, trend, beside))
  end,
}
