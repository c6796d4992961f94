-- The record fits seven numbers to the disparity of 12 layers and calls r > 0.9 a law. What counts is how well layers
-- are predicted that the fit has not seen: Q2 = 1 - squared error / that of the mean, which r = 0.9 puts at 0.81.
return experiment {
  id = "Exp-087", title = "Closed-form predictor",
  asks = "Can statistics of a layer's weights predict disparity?",
  params = { bits = 4, sentences = 4 }, quick = { sentences = 3 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive, one layer protected: r of ln ratio and its fit is above 0.9", above = 0.9 },
    in_sample = { "sane, one layer quantized: r of ln gap and its fit is above 0.9", above = 0.9 },
    layers = { "the same, each layer predicted from the others: Q2 is above 0.81", above = 0.81 },
    matrices = { "single matrices, each predicted from those of other layers: Q2 is above 0.81", above = 0.81 },
    pooled = { "layers of two models, one formula: Q2 is above 0.81", above = 0.81 },
  },
  run = function(p, x)
    local names = { "crest", "kurtosis", "outliers", "sparsity", "variance", "depth" }
    -- A row per layer or matrix: features of the weights (ln of the variance), and y: ln of the disparity when nothing
    -- else is quantized, or when this alone is protected; all standardised within the model.
    local function measured(m, per, what, scheme)
      local rows, row_of, models = {}, {}, { m }
      for _, name in ipairs(names) do
        for i, unit in ipairs(plan.rank(m, { per = per, by = name ~= "depth" and name or nil })) do
          local row = row_of[unit.names[1]] or { place = i, layer = m:digest() .. unit.layer,
            unit = per == "layer" and "L" .. unit.layer or unit.names[1], depth = unit.layer }
          models[row.place + 1] = models[row.place + 1] or m:quantized(scheme(unit.names))
          row_of[unit.names[1]], rows[row.place] = row, row
          row[name] = row[name] or math.max(name == "variance" and math.log(unit.score) or unit.score, -99)
        end
      end
      local losses = sweep { models = models, texts = x.texts:first(p.sentences) }
      for i, row in ipairs(rows) do
        local d = disparity.of(losses[1].loss, losses[i + 1].loss, m:architecture().vocab, { seed = x.seed })
        row.disparity, row.y = d[what], math.log(math.max(d[what].estimate or 0, 1e-300))
        rows.refused = rows.refused or d[what].refused or d.collapsed and "a loss near that of chance"
          or row.y < -600 and "no disparity" or #rows < 10 and #rows .. " units; seven coefficients need 10" or nil
      end
      for _, name in ipairs { "y", table.unpack(names) } do
        local values = tensor.from_table(table_of(rows):column(name), "float64")
        rows.refused = rows.refused or name == "y" and values:std() < 1e-6 and "all units are alike" or nil
        for i, row in ipairs(rows) do row[name] = (values:at(i) - values:mean()) / math.max(values:std(), 1e-9) end
      end
      return rows
    end

    -- r of y and its fit; Q2 of rows fitted without their layer's (weight 1e-9). The penalty: for constant features.
    local function fits(caption, rows)
      local y, features, place, above, below = table_of(rows):column("y"), {}, {}, {}, {}
      for _, name in ipairs(names) do features[name] = table_of(rows):column(name) end
      for i, row in ipairs(rows.refused and {} or rows) do
        local weights, k = {}, place[row.layer] or #above + 1
        for j, other in ipairs(rows) do weights[j] = other.layer == row.layer and 1e-9 or 1 end
        row.fitted = y[i] - stats.ridge(y, features, { penalty = 1e-6 }).residuals[i]
        row.predicted = y[i] - stats.ridge(y, features, { penalty = 1e-6, weights = weights }).residuals[i]
        place[row.layer], above[k] = k, (above[k] or 0) + (y[i] - row.predicted) ^ 2
        below[k] = (below[k] or 0) + y[i] ^ 2
      end
      x:table(rows, { caption = caption, columns = { "unit", "disparity", "y", "fitted", "predicted" } })
      local lost = rows.refused and { refused = rows.refused } or stats.ratio(above, below, { seed = x.seed })
      if rows.refused then return lost, lost end
      x:plot(rows, { kind = "points", x = "y", y = { "fitted", "predicted" }, caption = caption })
      return stats.correlation(table_of(rows):column("fitted"), y, { kind = "pearson", seed = x.seed }),
        { estimate = 1 - lost.estimate, low = 1 - lost.high, high = 1 - lost.low, n = #above }
    end
    local function alone(matrices) return { with = quant.int { bits = p.bits }, params = matrices } end
    local function kept(matrices) return quant.naive { bits = p.bits, protect = matrices } end
    local layers = measured(x.model, "layer", "gap", alone)
    local r, q2 = fits("Sane, one layer quantized: ln gap", layers)
    x:verdict("stated", (fits("Naive, one layer protected: ln ratio", measured(x.model, "layer", "ratio", kept))))
    x:verdict("in_sample", r)
    x:verdict("layers", q2)
    x:verdict("matrices", select(2, fits("Sane, one matrix quantized", measured(x.model, "param", "gap", alone))))
    local both = x.model2 and measured(x.model2, "layer", "gap", alone)
    x:verdict("pooled", both and select(2, fits("Both models", table.move(layers, 1, #layers, #both + 1, both)))
      or { not_run = "needs a second model: --model2" })
  end,
}
