-- All sets of protected layers; where there are more than `units`, neighbours between the ends go together. The best of
-- many sets looks better than it is: the rival of the first and last layer is chosen on other sentences.
return experiment {
  id = "synergy", title = "Synergy of protected layers",
  asks = "Does protecting the first and the last layer together do more than the sum of each alone?",
  params = { bits = 4, sentences = 12, units = 7 },
  quick = { sentences = 6, units = 6 },
  full = { sentences = 96, units = 12 },
  predicts = {
    stated = { "naive: L0 and last together lower dNLL by more than the sum of each alone", below = 0 },
    sane = { "sane: over all sets, L0 and last together do more than the sum of each alone (Shapley)", below = 0 },
    unlike = { "sane: the interaction of L0 and last is further below 0 than those of other pairs", below = 0 },
    best = { "sane: no two layers but L0 and last, chosen on other sentences, lower dNLL as much", below = 0 },
  },
  run = function(p, x)
    local m, last = x.model, x.model:layers() - 1
    if last == 0 then
      return x:not_run("the first layer is the last")
    end
    local known, held = x.texts:first(p.sentences):halves()
    local function problem(scheme, units, on)
      return search.problem { model = m, texts = on, with = scheme { bits = p.bits }, units = units, seed = x.seed }
    end
    local function ends(row)
      return row.units[1] == 0 and row.units[2] == last
    end

    local sane = problem(quant.sane, search.neighbours(m, p.units, { ends = true }), held)
    local naive = problem(quant.naive, { 0, last }, held)
    local sets, pair_rows = search.sets(sane), search.interactions(sane, { exact = true })
    x:table(search.pareto(sets), { caption = "Best set for each budget of mean bits, on the texts that chose it",
      columns = { "set", "bits", "share", "dnll", "gap" } })
    x:table(pair_rows, { columns = { "pair", "interaction" }, caption = pair_rows.caption })
    x:plot(pair_rows, { kind = "bars", x = "pair", y = "interaction", caption = "Shapley interactions [nats/token]" })
    x:table(search.additive(sane, { sets = sets }), { caption = "Sum of single effects against truth, all sets",
      columns = { "direction", "r2", "rank_correlation", "rmse", "worst", "worst_truth", "worst_predicted" } })

    x:verdict("stated", naive:disparity({}).collapsed and { refused = "collapsed without protection" }
      or search.pairs(naive)[1].interaction)
    if sane:disparity({}).collapsed then
      return x:refuse("collapsed without protection")
    end
    local own, strengths, is_own, rival = nil, {}, {}, nil
    for i, row in ipairs(pair_rows) do
      own = ends(row) and row.interaction or own
      strengths[i], is_own[i] = row.interaction.estimate, ends(row) and 1 or 0
    end
    for _, row in ipairs(search.pairs(problem(quant.sane, "layer", known))) do
      rival = not ends(row) and (not rival or row.both.estimate < rival.both.estimate) and row or rival
    end
    x:verdict("sane", own)
    x:verdict("unlike", #strengths < 6 and { not_run = "fewer than 5 other pairs" }
      or stats.ols(strengths, { own = is_own }).by_name.own)
    x:verdict("best", not rival and { not_run = "there is no other pair" }
      or problem(quant.sane, "layer", held):effect({ 0, last }, rival.units))
  end,
}
