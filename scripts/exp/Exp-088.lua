-- The gap falls in any order, and the points of nested sets are not independent: bends and steps often fit better than
-- a line by BIC. So random orders are the null. Sensitivity is ranked on other sentences than those of the curves.
return experiment {
  id = "Exp-088", title = "Phase transition",
  asks = "Is there a protected share at which disparity suddenly drops?",
  params = { bits = 4, sentences = 3, to = 50, step = 7, orders = 20 },
  quick = { sentences = 2 },
  full = { sentences = 96, step = 0.5, orders = 100 },
  predicts = {
    stated = { "naive, by variance: the ratio bends or drops at 8 to 14 %", within = { 8, 14 } },
    place = { "sane, by variance: the gap bends or drops at 8 to 14 %", within = { 8, 14 } },
    sudden = "sane, by variance: bends and steps explain more beyond a line than in random orders",
  },
  run = function(p, x)
    local m, texts, shares = x.model, x.texts:first(p.sentences), range(0, p.to, p.step)
    local count, scheme = texts:count() // #texts:languages(), quant.sane { bits = p.bits }
    local known, held = texts:slice(1, math.max(count // 2, 1)), texts:slice(math.min(count // 2 + 1, count), count)
    local tested = search.problem { model = m, texts = held, with = scheme, units = "param", measure = "gap" }
    local sensitivity = search.sensitivity { model = m, texts = known, with = scheme, units = "param" }
    local refused = #texts:languages() == 1 and "the texts have one language"
      or tested:disparity({}, { seed = x.seed }).collapsed and "collapsed without protection" or nil
    -- What an order protects of all that it ranks [%] at each share, as sets of params, and as plans of a scheme.
    local function steps_of(order, with)
      local protected, sets, plans, size = {}, {}, {}, tensor.from_table(table_of(order):column("size")):sum()
      for i, share in ipairs(shares) do
        local names, units = order:top(share / 100)
        sets[i], protected[i], plans[i] = names, 0, with and order:protect_top(share / 100, with)
        for k = 1, units do
          protected[i] = protected[i] + 100 * order[k].size / size
        end
      end
      return protected, sets, plans
    end

    -- Where a curve changes, if it does, and how much a bend or step explains beyond a line [RMS, nats/byte].
    local function change(protected, values, why)
      local ok, fits = pcall(stats.change_point, protected, values, { seed = x.seed })
      if why or not ok then
        return { place = { refused = why or tostring(fits) } }
      end
      local best, squares = fits[fits.best], math.min(fits.two_segment.squares, fits.logistic.squares)
      local place = best.location and best.p <= 0.05 and best.location or { refused = "no change beyond a line" }
      place.n = fits.n
      return { best = fits.best, place = place, gain = math.sqrt(math.max(fits.line.squares - squares, 0) / fits.n) }
    end

    local rows, points, gains, own, names = {}, {}, {}, {}, { "variance", "kurtosis", "outliers", "sensitivity" }
    for k = 1, 4 + p.orders do
      local by = k == 4 and sensitivity.scores or names[k] or "random"
      local protected, sets = steps_of(plan.rank(m, { by = by, seed = x.seed * 1000 + k }))
      local gaps = tested:values(sets)
      rows[k] = change(protected, gaps, refused)
      rows[k].order = names[k] or "random " .. k - 4
      for i, gap in ipairs(gaps) do
        points[#points + 1] = { order = names[k] or "random", protected = protected[i], gap = gap }
      end
      if rows[k].gain and (k == 1 or k > 4) then
        gains[#gains + 1], own[#own + 1] = rows[k].gain, k == 1 and 1 or 0
      end
    end
    x:plot(points, { kind = "points", x = "protected", y = "gap", by = "order", caption = "Gap as more is protected",
      x_label = "protected share of the layers' matrices [%]", y_label = "gap [nats/byte]" })
    x:table(rows, { columns = { "order", "best", "place", "gain" },
      caption = "Best model by BIC, where the curve changes [%], gain of a bend or step over a line [RMS, nats/byte]" })

    local at, _, plans = steps_of(plan.rank(m), quant.naive { bits = p.bits })
    local naive = disparity.curve { model = m, plans = plans, texts = texts, at = at, seed = x.seed }
    local ratios = table_of(table_of(naive):column("ratio")):column("estimate")
    x:table(naive, { caption = "Naive, by variance", columns = { "at", "reference_delta", "gap", "ratio" } })
    x:verdict("stated", change(at, ratios, naive.refused).place)
    x:verdict("place", rows[1].place)
    x:verdict("sudden", own[1] == 1 and #own > 5 and stats.ols(gains, { variance = own }).by_name.variance
      or { refused = rows[1].place.refused or "too few random orders" })
  end,
}
