-- A formula of a layer's cost is inverted: protect the dearest layers until half of all cost is left. As stated it has
-- seen the layers that it chooses from; as it should be, each is predicted from the others. Plans meet new sentences.
return experiment {
  id = "S-002", title = "Protection formula",
  asks = "Which layers must be protected for half of the disparity, and does a closed form know?",
  params = { bits = 4, scheme = "sane", sentences = 8, sets = 40 }, -- or scheme "naive", the record's
  quick = { sentences = 6, sets = 10 }, full = { sentences = 96, sets = 1000 },
  predicts = {
    stated = { "plan of the fit to all layers: at most half of the gap is left", below = 0.5 },
    sane = { "plan of left-out predictions: at most half of the gap is left", below = 0.5 },
    formula = "layers left out: Q2 of ln dNLL, against the mean of the others, is above 0",
    rank = "its plan leaves a smaller gap than other sets of as many layers",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local known, held = texts:halves()
    local n = held:count() // #held:languages() -- sentences that plans are run on
    local function protecting(kept) return quant[p.scheme] { bits = p.bits, protect = kept } end
    local alone = search.sensitivity { model = m, texts = known, with = protecting() }
    local seen = m:capture(known, "L*.mlp.hidden", { reduce = "moments" })
    local features, costs, rows = { depth = range(0, layers - 1), variance = {}, kurtosis = {}, entropy = {} }, {}, {}
    for name, list in pairs { variance = features.variance, kurtosis = features.kurtosis } do
      local order = plan.rank(m, { per = "layer", by = name })
      for _, unit in ipairs(order) do list[unit.layer + 1] = math.max(unit.score, -99) end -- not -infinity
    end
    for l = 1, layers do -- entropy of the languages' shares of the power of activations
      local shares = {}
      for _, v in pairs(seen[("L%d.mlp.hidden"):format(l - 1)]) do shares[#shares + 1] = v:variance() + v:mean() ^ 2 end
      costs[l], features.entropy[l] = alone[l].when_quantized.estimate, stats.entropy(shares)
    end
    -- dNLL of each layer, at least 1 % of the greatest, by the fit of its ln to all or to the others (own weight 1e-9).
    local logs = tensor.from_table(costs, "float64"):clamp(math.max(1e-9, table.unpack(costs)) / 100):log()
    local y, errors, spread = logs:totable(), {}, ((logs - logs:mean()) * (layers / (layers - 1))) ^ 2
    for l = 1, layers do
      local weights, fit = {}, stats.ridge(y, features, { penalty = 1e-9 }).residuals[l]
      for k = 1, layers do weights[k] = k == l and 1e-9 or 1 end
      local left_out = stats.ridge(y, features, { penalty = 1e-9, weights = weights }).residuals[l]
      rows[l] = { layer = l - 1, dnll = costs[l], fit = math.exp(y[l] - fit), left_out = math.exp(y[l] - left_out) }
      errors[l] = left_out ^ 2
    end
    x:plot(rows, { x = "layer", y = { "dnll", "fit", "left_out" }, caption = "dNLL of a layer [nats/token]" })
    -- The layers of the greatest cost, until at most half of all is left.
    local function dearest(column)
      local by_layer, kept, sum, left = {}, {}, 0, 0
      for l, row in ipairs(rows) do by_layer[l - 1], sum, left = row[column], sum + row[column], left + row[column] end
      for _, unit in ipairs(plan.rank(m, { per = "layer", by = by_layer })) do
        if left > sum / 2 then kept[#kept + 1], left = unit.layer, left - unit.score end
      end
      return kept
    end
    local sets, models, gap, gains = { {}, dearest("fit"), dearest("left_out") }, { m }, {}, {}
    for i = 1, p.sets do sets[3 + i] = table.move(stats.shuffled(features.depth, x.seed + i), 1, #sets[3], 1, {}) end
    for i, set in ipairs(sets) do models[i + 1] = m:quantized(protecting(set)) end
    local losses, draws = sweep { models = models, texts = held }, stats.draws(n, 1000, x.seed) -- of sentences
    local function drawn(values) return draws:matmul(tensor.from_table(values, "float64"):reshape(-1, n):t()) end
    for i in ipairs(sets) do
      local rise = (drawn(losses[i + 1].loss.nll) - drawn(losses[1].loss.nll)) / drawn(held:table().bytes)
      gap[i] = rise:max(2) - rise:min(2)
      gains[i - 2] = i > 2 and gap[i]:at(1) - gap[3]:at(1) or nil
    end
    local function share(i) return stats.from_draws(gap[i] / gap[1], { n = n }) end
    x:table({ { plan = "fit", protects = table.concat(sets[2], " "), gap_left = share(2) },
      { plan = "left out", protects = table.concat(sets[3], " "), gap_left = share(3) } })
    local no = layers < 8 and { refused = layers .. " layers are too few for five coefficients" }
      or losses[2].loss:mean() > math.log(m:architecture().vocab / 2) and { refused = "collapsed" } or nil
    local gapless = no or #held:languages() < 2 and { refused = "the texts have one language" }
    local lost = no or stats.ratio(errors, spread:totable(), { seed = x.seed })
    local q = stats.quantiles(gains, { 0.025, 0.5, 0.975 })
    x:verdict("stated", gapless or share(2))
    x:verdict("sane", gapless or share(3))
    x:verdict("formula", no or { estimate = 1 - lost.estimate, low = 1 - lost.high, high = 1 - lost.low, n = layers })
    x:verdict("rank", gapless or #sets[3] % layers == 0 and { refused = "the plan protects all layers, or none" }
      or { estimate = q[2], low = q[1], high = q[3], p = stats.ranks(gains)[1] / #gains, n = p.sets })
  end,
}
