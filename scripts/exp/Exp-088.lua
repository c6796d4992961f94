-- The gap falls in any order, and the points of nested sets are not independent: bends and steps often fit better than
-- a line by BIC. So random orders are the null. Sensitivity is ranked on other sentences than those of the curves.
return experiment {
  id = "Exp-088", title = "Phase transition",
  asks = "Is there a protected share at which disparity suddenly drops?",
  params = { bits = 4, sentences = 6, to = 50, step = 10, orders = 8, per = "param" }, -- or per "row"
  quick = { sentences = 4, orders = 5 },
  full = { sentences = 96, step = 0.5, orders = 100 },
  predicts = {
    stated = { "naive, by variance: the ratio bends or drops at 8 to 14 %", within = { 8, 14 } },
    place = { "sane, by variance: the gap bends or drops at 8 to 14 %", within = { 8, 14 } },
    sudden = "sane, by variance: bends and steps explain more beyond a line than in random orders",
  },
  run = function(p, x)
    local m, texts, sane = x.model, x.texts:first(p.sentences), quant.sane { bits = p.bits }
    local known, held = texts:halves()

    local function falls(fit) -- a step down, or a bend of which one side goes down
      local step, bend = fit.after and fit.after - fit.before, fit.slope_after
      return math.min(step or 0, bend or 0, fit.slope_before or 0) < 0
    end
    -- Where a curve drops, if it does [%], and how much such a bend or step explains beyond a line [RMS].
    local function follow(order, scheme, on, measure)
      local plans, at = order:plans(range(0, p.to, p.step), scheme)
      local curve = disparity.curve { model = m, plans = plans, texts = on, at = at, seed = x.seed }
      local values = table_of(table_of(curve):column(measure)):column("estimate")
      local ok, fits = pcall(stats.change_point, at, values, { seed = x.seed })
      if not ok or curve[1].collapsed or #on:languages() == 1 then
        return { curve = curve, place = { refused = curve.refused or tostring(fits) } }
      end
      local best, gain = fits[fits.best], 0
      for _, fit in ipairs { fits.two_segment, fits.logistic } do
        gain = math.max(gain, falls(fit) and fits.line.squares - fit.squares or 0)
      end
      local place = falls(best) and best.p <= 0.05 and best.location or { refused = "no drop beyond a line" }
      return { curve = curve, best = fits.best, place = place, gain = math.sqrt(gain / fits.n) }
    end

    local sensitivity = search.sensitivity({ model = m, texts = known, with = sane, units = "param" },
      { direction = "quantize" })
    local names, rows, points, gains, own = { "variance", "kurtosis", "outliers" }, {}, {}, {}, {}
    for k = 1, 4 + p.orders do
      local by = k == 4 and sensitivity.scores or names[k] or "random"
      local per = k == 4 and "param" or p.per -- sensitivity is of params
      local row = follow(plan.rank(m, { by = by, per = per, seed = x.seed * 1000 + k }), sane, held, "gap")
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
      caption = "Best model by BIC, where the curve drops [%], gain of that over a line [RMS, nats/byte]" })
    local stated = follow(plan.rank(m, { per = p.per }), quant.naive { bits = p.bits }, texts, "ratio")
    x:table(stated.curve, { caption = "Naive, by variance: rise of the reference language, gap [nats/byte]; ratio",
      columns = { "at", "reference_delta", "gap", "ratio" } })
    x:verdict("stated", stated.place)
    x:verdict("place", rows[1].place)
    x:verdict("sudden", own[1] == 1 and #own > 5 and stats.ols(gains, { variance = own }).by_name.variance
      or { refused = rows[1].place.refused or "too few random orders" })
  end,
}
