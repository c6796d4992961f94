-- The gap falls in any order, and the points of nested sets are not independent: bends and steps often fit better than
-- a line by BIC. So random orders are the null. Sensitivity is ranked on other sentences than those of the curves.
return experiment {
  id = "Exp-088", title = "Phase transition",
  asks = "Is there a protected share at which disparity suddenly drops?",
  params = { bits = 4, sentences = 3, to = 50, step = 10, orders = 8 },
  quick = { orders = 5 },
  full = { sentences = 96, step = 0.5, orders = 100 },
  predicts = {
    stated = { "naive, by variance: the ratio bends or drops at 8 to 14 %", within = { 8, 14 } },
    place = { "sane, by variance: the gap bends or drops at 8 to 14 %", within = { 8, 14 } },
    sudden = "sane, by variance: bends and steps explain more beyond a line than in random orders",
  },
  run = function(p, x)
    local m, texts, sane = x.model, x.texts:first(p.sentences), quant.sane { bits = p.bits }
    local known, held = texts:halves()

    -- Where a curve changes, if it does [%], and how much a bend or step explains beyond a line [RMS].
    local function follow(order, scheme, on, measure)
      local plans, at = order:plans(range(0, p.to, p.step), scheme)
      local curve = disparity.curve { model = m, plans = plans, texts = on, at = at, seed = x.seed }
      local values = table_of(table_of(curve):column(measure)):column("estimate")
      local ok, fits = pcall(stats.change_point, at, values, { seed = x.seed })
      if not ok or curve[1].collapsed or #on:languages() == 1 then
        return { curve = curve, place = { refused = curve.refused or tostring(fits) } }
      end
      local best, squares = fits[fits.best], math.min(fits.two_segment.squares, fits.logistic.squares)
      local place = best.location and best.p <= 0.05 and best.location or { refused = "no change beyond a line" }
      local gain = math.sqrt(math.max(fits.line.squares - squares, 0) / fits.n)
      return { curve = curve, best = fits.best, place = place, gain = gain }
    end

    local sensitivity = search.sensitivity({ model = m, texts = known, with = sane, units = "param" },
      { direction = "quantize" })
    local names, rows, points, gains, own = { "variance", "kurtosis", "outliers" }, {}, {}, {}, {}
    for k = 1, 4 + p.orders do
      local by = k == 4 and sensitivity.scores or names[k] or "random"
      local row = follow(plan.rank(m, { by = by, seed = x.seed * 1000 + k }), sane, held, "gap")
      row.order = k == 4 and "sensitivity" or by
      rows[k] = row
      for _, point in ipairs(row.curve) do
        point.order = row.order
        points[#points + 1] = point
      end
      if row.gain and (k == 1 or k > 4) then
        gains[#gains + 1] = row.gain
        own[#gains] = k == 1 and 1 or 0
      end
    end
    x:plot(points, { kind = "points", x = "at", y = "gap", by = "order", caption = "Gap as more is protected",
      x_label = "protected share of the layers' matrices [%]", y_label = "gap [nats/byte]" })
    x:table(rows, { columns = { "order", "best", "place", "gain" },
      caption = "Best model by BIC, where the curve changes [%], gain of a bend or step over a line [RMS, nats/byte]" })
    x:verdict("stated", follow(plan.rank(m), quant.naive { bits = p.bits }, texts, "ratio").place)
    x:verdict("place", rows[1].place)
    x:verdict("sudden", own[1] == 1 and #own > 5 and stats.ols(gains, { variance = own }).by_name.variance
      or { refused = rows[1].place.refused or "too few random orders" })
  end,
}
