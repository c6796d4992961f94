-- Two things may carry over to another model: the place (what is critical in one is so at the same relative depth in
-- the other) and the theory (a formula of the weights). Any two profiles that rise or fall with depth agree, so both
-- are also tested beside depth and its square. Each model has sentences of its own.
return experiment {
  id = "S-012", title = "Cross-architecture",
  asks = "Does a theory of critical layers from one model hold in another?",
  params = { bits = 4, sentences = 8 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    place = "a layer's dNLL rises with that at the same relative depth in the first model",
    theory = "it rises with what the formula of the first model (weights and depth) predicts",
    place_beside = "the place does, beside depth and its square",
    theory_beside = "what a formula of the weights alone predicts does, beside depth and its square",
  },
  run = function(p, x)
    local texts = x.texts:first(p.sentences):aligned()
    local weights, known, held = { "crest", "kurtosis", "outliers", "variance" }, texts:halves()

    -- A row per layer: dNLL when it alone is quantized, y: its ln (of at least 1 % of the greatest), and statistics of
    -- its weights, standardised within the model; depth is 0 to 1.
    local function profile(m, name, part)
      local alone = search.sensitivity { model = m, texts = part, with = quant.sane { bits = p.bits } }
      local rows, most = {}, 1e-9
      for _, row in ipairs(alone) do most = math.max(most, row.when_quantized.estimate) end
      for l, row in ipairs(alone) do
        rows[l] = { model = name, layer = l - 1, depth = (l - 0.5) / #alone, dnll = row.when_quantized,
          square = ((l - 0.5) / #alone) ^ 2, y = math.log(math.max(row.when_quantized.estimate, most / 100)) }
      end
      for _, by in ipairs(weights) do
        for _, unit in ipairs(plan.rank(m, { per = "layer", by = by })) do
          rows[unit.layer + 1][by] = math.max(by == "variance" and math.log(unit.score) or unit.score, -99)
        end
      end
      for _, column in ipairs { "y", table.unpack(weights) } do
        local values = tensor.from_table(table_of(rows):column(column), "float64")
        for l, row in ipairs(rows) do row[column] = (values:at(l) - values:mean()) / math.max(values:std(), 1e-9) end
      end
      return rows
    end
    -- What the formula of the first model, fitted to these columns by ridge, says of rows of the second.
    local function predicted(first, second, names)
      local features, list = {}, {}
      for _, name in ipairs(names) do features[name] = table_of(first):column(name) end
      local fit = stats.ridge(table_of(first):column("y"), features, { penalty = 1, standardize = true })
      for l, row in ipairs(second) do
        list[l] = fit.intercept
        for _, name in ipairs(names) do list[l] = list[l] + fit.by_name[name] * row[name] end
      end
      return list
    end
    local first, second, place = profile(x.model, "first", known), {}, {}
    if x.model2 then second = profile(x.model2, "second", held) end
    local all = table.move(second, 1, #second, #first + 1, table.move(first, 1, #first, 1, {}))
    x:table(all, { caption = "dNLL [nats/token] of quantizing a layer, y: its ln, standardised as the statistics are",
      columns = { "model", "layer", "depth", "dnll", "y", table.unpack(weights) } })
    x:plot(all, { x = "depth", y = "y", by = "model", caption = "ln dNLL of quantizing a layer, standardised" })
    local no = not x.model2 and { not_run = "needs a second model: --model2" } or math.min(#first, #second) < 6
      and { refused = ("%d and %d layers; 6 are needed"):format(#first, #second) }
    for name in pairs(no and x.experiment.predicts or {}) do x:verdict(name, no) end
    if no then return end
    for l, row in ipairs(second) do -- y of the first model there, on straight lines between its layers
      local at = math.max(1, math.min(row.depth * #first + 0.5, #first))
      local under, over = first[math.floor(at)].y, first[math.ceil(at)].y
      place[l] = under + (at - math.floor(at)) * (over - under)
    end
    local y, trend = table_of(second):column("y"), { depth = {}, square = {} }
    for name in pairs(trend) do trend[name] = table_of(second):column(name) end
    local theory = predicted(first, second, { "depth", "square", table.unpack(weights) })
    local beside = { kind = "pearson", permutations = 9999, seed = x.seed } -- squares have the ranks of depths
    x:verdict("place", stats.correlation(place, y, { seed = x.seed }))
    x:verdict("theory", stats.correlation(theory, y, { seed = x.seed }))
    x:verdict("place_beside", stats.partial_correlation(place, y, trend, beside))
    x:verdict("theory_beside", stats.partial_correlation(predicted(first, second, weights), y, trend, beside))
  end,
}
