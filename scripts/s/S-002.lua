-- A formula of a layer's cost is inverted: protect the dearest layers until half of all cost is left. As stated it has
-- seen the layers that it chooses from; as it should be, each is predicted from the others. Plans meet new sentences.
return experiment {
  id = "S-002", title = "Protection formula",
  asks = "Which layers must be protected for half of the disparity, and does a closed form know?",
  params = { bits = 4, scheme = "sane", sentences = 12, sets = 30 }, -- or scheme "naive", the record's
  quick = { sentences = 6, sets = 20 }, full = { sentences = 96, sets = 1000 },
  predicts = {
    stated = { "plan of the fit to all layers: at most half of the gap is left", below = 0.5 },
    sane = { "plan of left-out predictions: at most half of the gap is left", below = 0.5 },
    formula = "layers left out: Q2 of ln dNLL, against the mean of the others, is above 0",
    rank = { "plan of left-out predictions: the gap less that of other sets of as many layers is below 0", below = 0 },
  },
  run = function(p, x)
    local m, known, held = x.model, x.texts:first(p.sentences):aligned():halves()
    local scheme = quant[p.scheme] { bits = p.bits }
    local alone = search.sensitivity { model = m, texts = known, with = scheme }
    local seen = m:capture(known, "L*.mlp.hidden", { reduce = "moments" })
    -- Features of each layer: of its weights, its depth, and the entropy of the languages' shares of the power of its
    -- activations; y: ln of its dNLL, of at least 1 % of the greatest.
    local rows, layers, most = plan.features(m), m:layers(), math.max(1e-9, table.unpack(alone.scores, 0))
    for i, row in ipairs(rows) do
      local shares = {}
      for k, code in ipairs(known:languages()) do
        local moments = seen[("L%d.mlp.hidden"):format(row.layer)][code]
        shares[k] = moments:variance() + moments:mean() ^ 2
      end
      row.entropy, row.dnll = stats.entropy(shares), alone[i].when_quantized
      row.y = math.log(math.max(row.dnll.estimate, most / 100))
    end
    if layers < 8 then return x:not_run(layers .. " layers are too few for five coefficients") end
    local features = rows:lists { "variance", "kurtosis", "depth", "entropy" }
    local fit = stats.held_out(rows:column("y"), features, { penalty = 1e-9, standardize = true, seed = x.seed })
    x:verdict("formula", fit.q2)
    for i, row in ipairs(rows) do row.fit, row.left_out = math.exp(fit.fitted[i]), math.exp(fit.predicted[i]) end
    x:plot(rows, { x = "layer", y = { "dnll", "fit", "left_out" }, caption = "dNLL of a layer [nats/token]" })
    -- The layers of the greatest cost, until at most half of all is left.
    local function dearest(column)
      local order, kept, sum, left = table.move(rows, 1, layers, 1, {}), {}, 0, 0
      table.sort(order, function(a, b) return a[column] > b[column] end)
      for _, row in ipairs(order) do sum, left = sum + row[column], left + row[column] end
      for _, row in ipairs(order) do
        if left > sum / 2 then kept[#kept + 1], left = row.layer, left - row[column] end
      end
      return kept
    end
    local tested = search.problem { model = m, texts = held, with = scheme, measure = "gap", seed = x.seed }
    if #held:languages() < 2 then return x:not_run("the texts have one language") end
    if tested:disparity({}).collapsed then return x:refuse("collapsed") end
    local sets, all = { dearest("left_out") }, range(0, layers - 1)
    for i = 1, p.sets do sets[i + 1] = { table.unpack(stats.shuffled(all, x.seed + i), 1, #sets[1]) } end
    local values, best = tested:values(sets), 2
    for i = 3, #sets do best = values[i] < values[best] and i or best end
    local plans = { { plan = "fit", set = dearest("fit") }, { plan = "left out", set = sets[1] },
      { plan = ("best of %d others"):format(#sets - 1), set = sets[best] } }
    for _, row in ipairs(plans) do
      row.protects, row.gap_left = table.concat(row.set, " "), tested:ratio(row.set, {})
    end
    x:table(plans, { columns = { "plan", "protects", "gap_left" },
      caption = "Share of the gap that is left in new sentences; the best of many is luckier than it is good" })
    x:verdict("stated", plans[1].gap_left)
    x:verdict("sane", plans[2].gap_left)
    x:verdict("rank", stats.against_others(values, 1))
  end,
}
