-- All sets of protected layers; where there are more than `units`, neighbours between the ends go together. The best of
-- many sets looks better than it is: the rival of the first and last layer is chosen on other sentences.
return experiment {
  id = "synergy", title = "Synergy of protected layers",
  asks = "Does protecting the first and the last layer together do more than each alone?",
  params = { bits = 4, sentences = 6, units = 7 },
  quick = { units = 6 },
  full = { sentences = 96, units = 12 },
  predicts = {
    stated = { "naive: L0 and last together lower dNLL by more than each alone", below = 0 },
    sane = { "sane: the same over all sets of other units (Shapley interaction)", below = 0 },
    unlike = { "sane: their interaction is further below 0 than those of other pairs", below = 0 },
    best = { "sane: no other two layers, chosen on other sentences, lower dNLL as much", below = 0 },
  },
  run = function(p, x)
    local m, texts, last = x.model, x.texts:first(p.sentences), x.model:layers() - 1
    local count, n, units = texts:count() // #texts:languages(), math.min(last + 1, p.units), { 0 }
    local known, held = texts:slice(1, math.max(count // 3, 1)), texts:slice(math.min(count // 3 + 1, count), count)
    for layer = 1, last - 1 do
      local block = 2 + (layer - 1) * (n - 2) // (last - 1)
      units[block] = units[block] or {}
      table.insert(units[block], layer)
    end
    units[last > 0 and n or 1] = last

    local function problem(scheme, parts, on)
      return search.problem { model = m, texts = on, with = scheme { bits = p.bits }, units = parts, seed = x.seed }
    end
    local sane, naive = problem(quant.sane, units, held), problem(quant.naive, last > 0 and { 0, last } or { 0 }, held)
    local sets = search.sets(sane)
    x:table(search.pareto(sets), { caption = "Best set for each budget of mean bits, on the texts that chose it",
      columns = { "set", "bits", "share", "dnll", "gap" } })
    if last == 0 then
      for _, name in ipairs { "stated", "sane", "unlike", "best" } do
        x:verdict(name, { refused = "the first layer is the last" })
      end
      return
    end

    local pairs_of_units, rows = search.interactions(sane, { exact = true }), {}
    local own, strengths, is_own = nil, {}, {}
    for i, row in ipairs(pairs_of_units) do
      local gateway = row.units[1] == 0 and row.units[2] == last
      own, strengths[i], is_own[i] = gateway and row.interaction or own, row.interaction.estimate, gateway and 1 or 0
      local a, b = row.pair:match("(%S+) (%S+)")
      rows[2 * i - 1] = { a = a, b = b, strength = strengths[i] }
      rows[2 * i] = { a = b, b = a, strength = strengths[i] }
    end
    x:table(pairs_of_units, { columns = { "pair", "interaction" }, caption = pairs_of_units.caption })
    x:plot(rows, { kind = "heat", x = "a", y = "b", value = "strength", caption = "Shapley interactions [nats/token]" })
    x:table(search.additive(sane, { sets = sets }), { caption = "Sum of single effects against truth, all sets",
      columns = { "direction", "r2", "rank_correlation", "rmse", "worst", "worst_truth", "worst_predicted" } })

    -- The two layers that lower dNLL most, other than the first and the last.
    local candidates, best = {}, nil
    for a = 0, last do
      for b = a + 1, last do
        candidates[#candidates + 1] = (a > 0 or b < last) and { a, b } or nil
      end
    end
    for i, value in ipairs(problem(quant.sane, "layer", known):values(candidates)) do
      best = (not best or value < best.value) and { value = value, set = candidates[i] } or best
    end
    local function standing(of, effect)
      return of:disparity({}, { seed = x.seed }).collapsed and { refused = "collapsed without protection" } or effect
    end
    x:verdict("stated", standing(naive, search.pairs(naive)[1].interaction))
    x:verdict("sane", standing(sane, own))
    x:verdict("unlike", standing(sane, #strengths < 6 and { refused = "fewer than 5 other pairs" }
      or stats.ols(strengths, { own = is_own }).by_name.own))
    x:verdict("best", not best and { refused = "there is no other pair" }
      or standing(sane, problem(quant.sane, "layer", held):effect({ 0, last }, best.set)))
  end,
}
