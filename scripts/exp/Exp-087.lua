-- The record fits seven numbers to the disparity of 12 layers and calls r > 0.9 a law. What counts is how well layers
-- are predicted that the fit has not seen: Q2 = 1 - squared error / that of the mean, which r = 0.9 puts at 0.81.
return experiment {
  id = "Exp-087", title = "Closed-form predictor",
  asks = "Can statistics of a layer's weights predict disparity?",
  params = { bits = 4, sentences = 6 }, quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive, one layer protected: r of ln ratio and its fit is above 0.9", above = 0.9 },
    in_sample = { "sane, one layer quantized: r of ln gap and its fit is above 0.9", above = 0.9 },
    layers = { "sane, one layer quantized, each predicted from the others: Q2 of ln gap is above 0.81", above = 0.81 },
    matrices = { "single matrices, each predicted from those of other layers: Q2 is above 0.81", above = 0.81 },
    pooled = { "layers of two models, one formula: Q2 is above 0.81", above = 0.81 },
  },
  run = function(p, x)
    local names = { "crest", "kurtosis", "outliers", "sparsity", "variance", "depth" }
    local function alone(params) return { with = quant.int { bits = p.bits }, params = params } end
    local function kept(params) return quant.naive { bits = p.bits, protect = params } end
    -- A row per layer or matrix: features of the weights (ln of the variance), and y: ln of the disparity when nothing
    -- else is quantized, or when this alone is protected; all standardized within the model.
    local function measured(m, per, what, scheme)
      local rows, plans = plan.features(m, { per = per }), {}
      for i, row in ipairs(rows) do
        row.unit, row.group = per == "layer" and "L" .. row.layer or row.names[1], m:digest() .. row.layer
        row.variance = math.log(math.max(row.variance, 1e-30))
        plans[i] = plan.make(scheme(row.names))
      end
      local curve = disparity.curve { model = m, plans = plans, texts = x.texts:first(p.sentences), seed = x.seed,
        at = range(1, #plans) }
      for i, d in ipairs(curve) do
        local row = rows[i]
        row.disparity, row.reference_delta = d[what], d.reference_delta
        row.y = math.log(math.max(d[what].estimate or 0, 1e-300))
        rows.refused = rows.refused or d[what].refused or d.collapsed and d.disparity.refused
          or row.y < -600 and "no disparity"
      end
      for _, name in ipairs { "y", table.unpack(names) } do
        for i, value in ipairs(stats.standardized(rows:column(name))) do rows[i][name] = value end
      end
      return rows
    end
    -- r of y and its fit; Q2 of rows predicted from those of other layers.
    local function fits(caption, rows)
      x:table(rows, { caption = caption, columns = { "unit", "reference_delta", "disparity", "y" } })
      if rows.refused then return { refused = rows.refused }, { refused = rows.refused } end
      local y = rows:column("y")
      local features = rows:lists(names)
      for name, values in pairs(features) do
        features[name] = math.max(table.unpack(values)) > 0 and values or nil -- 0: constant
      end
      local ok, linear = pcall(stats.ols, y, features) -- an error where rows are few or features determine each other
      if ok then
        x:table(linear.coefficients, { columns = { "name", "coefficient", "p" },
          caption = ("%s, standardized: R2 %.3f, adjusted %.3f"):format(caption, linear.r2, linear.adjusted_r2) })
      else
        x:say(tostring(linear) .. "\n")
      end
      local fit = stats.held_out(y, rows:lists(names), { groups = rows:column("group"), penalty = 1e-6, seed = x.seed })
      for i, row in ipairs(rows) do row.fitted, row.predicted = fit.fitted[i], fit.predicted[i] end
      x:plot(rows, { kind = "points", x = "y", y = { "fitted", "predicted" }, caption = caption .. ", standardized",
        x_label = "measured" })
      local r = stats.correlation(fit.fitted, y, { kind = "pearson", seed = x.seed })
      return fit.q2.refused and fit.q2 or r, fit.q2
    end
    if x.model:layers() < 2 then return x:not_run("one layer") end
    local layers = measured(x.model, "layer", "gap", alone)
    local r, q2 = fits("Sane, one layer quantized: ln gap", layers)
    x:verdict("in_sample", r)
    x:verdict("layers", q2)
    x:verdict("stated", (fits("Naive, one layer protected: ln ratio", measured(x.model, "layer", "ratio", kept))))
    x:verdict("matrices", select(2, fits("Sane, one matrix quantized", measured(x.model, "param", "gap", alone))))
    if not x.model2 then return x:verdict("pooled", { not_run = "needs a second model: --model2" }) end
    local both = measured(x.model2, "layer", "gap", alone)
    x:verdict("pooled", select(2, fits("Both models", table.move(layers, 1, #layers, #both + 1, both))))
  end,
}
