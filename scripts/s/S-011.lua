-- ln D = ln a - b bits ln 2 + ln(1 - c share): b is 2 where the loss is quadratic in rounding noise, c is 1 where what
-- is protected is worth its share. A fit to one plan per cell is no bound: the best of all plans is held against it.
return experiment {
  id = "S-011", title = "Rate-distortion bound",
  asks = "How low can disparity go for given bits and protection?",
  params = { sentences = 6, choose = 1, to = 30, step = 15, groups = 4, rank_by = "variance" },
  quick = { sentences = 4, step = 30 }, full = { sentences = 64, choose = 32, step = 2.5, groups = 10 },
  predicts = {
    stated = { "naive: the ratio falls by b = 2 powers of two per bit", within = { 1.8, 2.2 } },
    bits = { "sane: the gap falls by b = 2 powers of two per bit", within = { 1.8, 2.2 } },
    share = { "sane: protecting a share takes c = 1 times that share off the gap", within = { 0.8, 1.2 } },
    bound = "sane: the best plans lie above the law (mean of ln D / law, at most 5)",
  },
  run = function(p, x)
    local m, widths, on = x.model, range(2, 8), x.texts:first(p.sentences)

    local function fitted(scheme, measure, caption)
      local rows = rate.grid { model = m, texts = on, order = plan.rank(m, { by = p.rank_by }), with = scheme,
        bits = widths, shares = range(0, p.to, p.step), seed = x.seed }
      x:table(rows, { caption = caption .. "; gap and deltas [nats/byte]",
        columns = { "bits", "share", "mean_delta", "gap", "reference_delta", "ratio" } })
      x:plot(rows, { kind = "points", x = "bits", y = measure, by = "share", log = "y", caption = caption })
      return rate.fit(rows, { measure = measure })
    end
    x:verdict("stated", fitted(quant.naive, "ratio", "Naive: disparity ratio by bits and share").params[2])
    local fit = fitted(quant.sane, "gap", "Sane: gap [nats/byte] by bits and share")
    x:verdict("bits", fit.params[2])
    x:verdict("share", fit.params[3])
    if fit.refused then
      return x:refuse(fit.refused)
    end
    local v = fit.covariance
    x:say(("ln a and c correlate by %.2f, b and c by %.2f: near 1 or -1 they are not told apart\n"):format(
      v[1][3] / math.sqrt(v[1][1] * v[3][3]), v[2][3] / math.sqrt(v[2][2] * v[3][3])))

    -- All sets of groups of neighbouring layers up to the greatest share: of each size the best, on other sentences.
    local count, units = x.texts:count() // #x.texts:languages(), search.neighbours(m, p.groups)
    if count <= p.sentences then return x:not_run("no sentences are left to choose plans by") end
    local plans, cells, above, of = {}, {}, {}, {}
    for _, bits in ipairs(widths) do
      local others = x.texts:slice(p.sentences + 1, math.min(p.sentences + p.choose, count))
      local sets = search.beam({ model = m, texts = others, units = units, with = quant.sane { bits = bits },
        measure = "gap" }, { width = 1000, size = p.to * #units // 100 })
      for i = 2, #sets do -- the first protects nothing
        plans[#plans + 1] = plan.make(quant.sane { bits = bits, protect = sets[i].protect })
        cells[#plans] = { bits = bits, share = (sets[i].share - sets[1].share) / (1 - sets[1].share) }
      end
    end
    local at = table_of(cells):column("bits")
    for i, row in ipairs(disparity.curve { model = m, plans = plans, texts = on, at = at, seed = x.seed }) do
      if not row.collapsed and row.gap.estimate > 0 then
        above[#above + 1] = math.min(math.log(row.gap.estimate) - fit.at(cells[i]), 5)
        of[#above] = row.at
      end
    end
    x:verdict("bound", #above < 6 and { refused = "too few plans" }
      or stats.mean(above, { clusters = of, seed = x.seed }))
  end,
}
