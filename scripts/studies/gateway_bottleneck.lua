-- The record: protecting a layer leaves a disparity of exp(-a variance - b boundary - c bottleneck), where the boundary
-- is the first and last layer, the bottleneck that at 75 % depth. A term of one layer fits it whatever it is; so terms
-- that fade with distance predict layers left out, and those of a second model.
return experiment {
  id = "gateway_bottleneck", title = "Gateways and bottleneck",
  asks = "Do variance, boundary and bottleneck say which layer's protection lowers disparity?",
  params = { bits = 4, sentences = 4 }, quick = { sentences = 3 }, full = { sentences = 96 },
  predicts = {
    stated_boundary = "naive, ln ratio: b is above 0",
    stated_bottleneck = "naive, ln ratio: c is above 0",
    boundary = "sane, ln gap: b is above 0",
    bottleneck = "sane, ln gap: c is above 0",
    left_out = "sane, terms that fade: each layer is predicted from the others better than by their mean: Q2 above 0",
    transfer = "sane, terms that fade: a second model is predicted from the first: Q2 above 0",
  },
  run = function(p, x)
    -- A row per layer: y is ln of the disparity when it alone is protected, less its mean; variance is in ln.
    local function profile(m, scheme, what)
      local models, layers = { m }, m:layers()
      local rows = { refused = layers < 7 and layers .. " layers; 7 are needed" or nil }
      for _, unit in ipairs(plan.rank(m, { per = "layer", by = "variance" })) do
        local l = unit.layer
        rows[l + 1] = { layer = l, variance = math.log(unit.score), boundary = (l == 0 or l == layers - 1) and 1 or 0,
          bottleneck = l == math.floor(0.75 * layers) and 1 or 0, near_end = math.exp(-math.min(l, layers - 1 - l)),
          near_75 = math.exp(-((l / layers - 0.75) / 0.1) ^ 2 / 2) }
        models[l + 2] = m:quantized(quant[scheme] { bits = p.bits, protect = { l } })
      end
      local losses = sweep { models = models, texts = x.texts:first(p.sentences) }
      for l, row in ipairs(rows) do
        local d = disparity.of(losses[1].loss, losses[l + 1].loss, m:architecture().vocab, { seed = x.seed })
        row.disparity, row.y = d[what], math.log(math.max(d[what].estimate or 0, 1e-300))
        rows.refused = rows.refused or d[what].refused or row.y < -600 and "no disparity" or d.collapsed and "collapsed"
      end
      local mean = tensor.from_table(table_of(rows):column("y"), "float64"):mean()
      for _, row in ipairs(rows) do row.y = row.y - mean end
      return rows
    end
    local function columns(rows, names)
      local by_name = {}
      for _, name in ipairs(names) do by_name[name] = table_of(rows):column(name) end
      return table_of(rows):column("y"), by_name
    end
    -- How much a term lowers y: less its coefficient by least squares.
    local function lowers(rows, term)
      if rows.refused then return { refused = rows.refused } end
      local e = stats.ols(columns(rows, { "variance", "boundary", "bottleneck" })).by_name[term]
      return { estimate = -e.estimate, low = -e.high, high = -e.low, p = e.p, n = #rows }
    end
    -- Q2 of a second model; without one of each row, fitted to the others.
    local function q2(rows, second)
      local errors, spread, refused = {}, {}, rows.refused or second and second.refused
      if refused then return { refused = refused } end
      for i, row in ipairs(second or rows) do
        local rest, mean = table.move(rows, 1, #rows, 1, {}), 0
        if not second then mean = (mean - table.remove(rest, i).y) / #rest end
        local y, features = columns(rest, { "variance", "near_end", "near_75" })
        local fit = stats.ridge(y, features, { penalty = 1e-6 })
        row.predicted = fit.intercept
        for name, coefficient in pairs(fit.by_name) do row.predicted = row.predicted + coefficient * row[name] end
        errors[i], spread[i] = (row.y - row.predicted) ^ 2, (row.y - mean) ^ 2
      end
      local lost = stats.ratio(errors, spread, { seed = x.seed })
      return { estimate = 1 - lost.estimate, low = 1 - lost.high, high = 1 - lost.low, n = #errors }
    end
    local naive, sane = profile(x.model, "naive", "ratio"), profile(x.model, "sane", "gap")
    for _, term in ipairs { "boundary", "bottleneck" } do x:verdict("stated_" .. term, lowers(naive, term)) end
    for _, term in ipairs { "boundary", "bottleneck" } do x:verdict(term, lowers(sane, term)) end
    x:verdict("left_out", q2(sane))
    x:verdict("transfer", x.model2 and q2(sane, profile(x.model2, "sane", "gap"))
      or { not_run = "needs a second model: --model2" })
    x:table(naive, { caption = "Naive: disparity ratio", columns = { "layer", "variance", "disparity" } })
    x:table(sane, { caption = "Sane: gap", columns = { "layer", "variance", "disparity", "y", "predicted" } })
    x:plot(sane, { x = "layer", y = "disparity", caption = "Gap when one layer is protected [nats/byte]" })
  end,
}
