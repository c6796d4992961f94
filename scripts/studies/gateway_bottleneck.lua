-- The record: protecting a layer leaves a disparity of exp(-a variance - b boundary - c bottleneck), where the boundary
-- is the first and last layer, the bottleneck that at 75 % depth. A term of one layer fits it whatever it is; so terms
-- that fade with distance predict layers left out, and those of a second model.
return experiment {
  id = "gateway_bottleneck", title = "Gateways and bottleneck",
  asks = "Do variance, boundary and bottleneck say which layer's protection lowers disparity?",
  params = { bits = 4, sentences = 4 }, quick = { sentences = 3 }, full = { sentences = 96 },
  predicts = {
    stated_boundary = { "naive: the boundary term lowers ln ratio (b is above 0)", below = 0 },
    stated_bottleneck = { "naive: the bottleneck term lowers ln ratio (c is above 0)", below = 0 },
    boundary = { "sane: the boundary term lowers ln gap (b is above 0)", below = 0 },
    bottleneck = { "sane: the bottleneck term lowers ln gap (c is above 0)", below = 0 },
    left_out = "sane, terms that fade: each layer is predicted from the others better than by their mean: Q2 above 0",
    transfer = "sane, terms that fade: a second model is predicted from the first: Q2 above 0",
  },
  run = function(p, x)
    if x.model:layers() < 7 then return x:not_run(x.model:layers() .. " layers; 7 are needed") end
    -- A row per layer: its terms, and y: ln of the disparity when it alone is protected, standardized.
    local function profile(caption, m, scheme, what)
      local rows, layers, plans = plan.features(m), m:layers(), {}
      for i, row in ipairs(rows) do
        local from_end = math.min(row.layer, layers - 1 - row.layer)
        row.variance = math.log(math.max(row.variance, 1e-30))
        row.boundary = from_end == 0 and 1 or 0
        row.bottleneck = row.layer == math.floor(0.75 * layers) and 1 or 0
        row.near_end = math.exp(-from_end)
        row.near_75 = math.exp(-((row.layer / layers - 0.75) / 0.1) ^ 2 / 2)
        plans[i] = plan.make(scheme { bits = p.bits, protect = { row.layer } })
      end
      local curve = disparity.curve { model = m, plans = plans, texts = x.texts:first(p.sentences), seed = x.seed,
        at = rows:column("layer") }
      for i, d in ipairs(curve) do
        local row = rows[i]
        row[what], row.reference_delta, row.ln = d[what], d.reference_delta,
          math.log(math.max(d[what].estimate or 0, 1e-300))
        rows.refused = rows.refused or d[what].refused or d.collapsed and d.disparity.refused
          or row.ln < -600 and "no disparity" or nil
      end
      x:table(rows, { columns = { "layer", "variance", "reference_delta", what }, caption = caption
        .. ", one layer protected: ln variance, rise of the reference language [nats/byte], " .. what })
      return rows, stats.standardized(rows:column("ln"))
    end
    local function told(prefix, rows, y)
      local ok, fit = pcall(stats.ols, y, rows:lists { "variance", "boundary", "bottleneck" }) -- constant terms raise
      local why = rows.refused or not ok and fit
      if not why then
        x:table(fit.coefficients, { columns = { "name", "coefficient", "p" },
          caption = ("Terms of ln %s, standardized: R2 %.3f, adjusted %.3f"):format(prefix == "" and "gap" or "ratio",
          fit.r2, fit.adjusted_r2) })
      end
      for _, term in ipairs { "boundary", "bottleneck" } do
        x:verdict(prefix .. term, why and { refused = why } or fit.by_name[term])
      end
    end
    told("stated_", profile("Naive", x.model, quant.naive, "ratio"))
    local rows, y = profile("Sane", x.model, quant.sane, "gap")
    told("", rows, y)
    x:plot(rows, { x = "layer", y = "gap", caption = "Gap when one layer is protected [nats/byte]" })

    local names, ridge = { "variance", "near_end", "near_75" }, { penalty = 1e-6, seed = x.seed }
    x:verdict("left_out", rows.refused and { refused = rows.refused } or stats.held_out(y, rows:lists(names), ridge).q2)
    if not x.model2 then return x:verdict("transfer", { not_run = "needs a second model: --model2" }) end
    local others, truth = profile("Sane, second model", x.model2, quant.sane, "gap")
    local predicted = stats.ridge(y, rows:lists(names), { penalty = 1e-6 }):predict(others:lists(names))
    local refused = rows.refused or others.refused
    x:verdict("transfer", refused and { refused = refused } or stats.q2(truth, predicted, { seed = x.seed }))
  end,
}
