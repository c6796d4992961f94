-- An exponential law foresees bit widths that it has not seen (each is held out in turn, widths are the units), and has
-- one exponent: 2 where the loss is quadratic in rounding noise, 1 where it is linear, as with little noise.
return experiment {
  id = "T-010", title = "Rate-distortion",
  asks = "Do bits and protection trade off against disparity by an exponential law?",
  params = { sentences = 4, to = 30, step = 10, rank_by = "variance" },
  quick = { step = 15 }, full = { sentences = 64, step = 2.5 },
  predicts = {
    stated = "naive: an exponential law foresees held-out widths of the ratio better than a power law",
    sane = "sane: it foresees held-out widths of the gap better than a power law",
    exponent = { "sane: the gap falls by 2 powers of two per bit", within = { 1.8, 2.2 } },
    one_exponent = { "sane: the exponent is the same to 4 bits and beyond", within = { -0.25, 0.25 } },
  },
  run = function(p, x)
    local m, texts, order = x.model, x.texts:first(p.sentences), plan.rank(x.model, { by = p.rank_by })
    -- ln D of a cell, its bits and share: params are ln a, exponent, c, and what the exponent gains beyond 4 bits.
    local function exponential(cell, q)
      local halvings = q[2] * cell[1] + (q[4] or 0) * math.max(cell[1] - 4, 0)
      return q[1] - halvings * math.log(2) + math.log(math.max(1 - q[3] * cell[2], 1e-9))
    end
    local function power(cell, q)
      return exponential({ math.log(cell[1]), cell[2] }, q)
    end
    -- Cells in which the measure is above 0 and nothing collapsed. Shares are of what the scheme quantizes.
    local function measured(scheme, measure, caption)
      local plans, at, cells, logs = {}, {}, {}, {}
      for bits = 2, 8 do
        for _, share in ipairs(range(0, p.to, p.step)) do
          plans[#plans + 1], at[#at + 1] = order:protect_top(share / 100, scheme { bits = bits }), bits
        end
      end
      local rows = disparity.curve { model = m, plans = plans, texts = texts, at = at, seed = x.seed }
      for i, row in ipairs(rows) do
        row.bits, row.share = at[i], (row.protected - rows[1].protected) / (100 - rows[1].protected)
        if (row[measure].estimate or 0) > 0 and not (row.ratio.refused or ""):find("^collapsed") then
          cells[#cells + 1] = { 1 + math.log(2 ^ (at[i] - 1) - 1, 2), row.share } -- a symmetric grid lacks one level
          logs[#logs + 1] = math.log(row[measure].estimate)
        end
      end
      x:table(rows, { caption = caption, columns = { "bits", "share", "mean_delta", "gap", "ratio" } })
      x:plot(rows, { kind = "points", x = "bits", y = measure, by = "share", log = "y", caption = caption })
      return cells, logs
    end
    -- How much smaller |log error| is in held-out widths than that of the power law.
    local function advantage(cells, logs)
      local errors = { {}, {} }
      for i, held in ipairs(cells) do
        local seen, values = {}, {}
        for k, cell in ipairs(cells) do
          local into = cell[1] ~= held[1] and #seen + 1 or 0
          seen[into], values[into] = cell, logs[k]
        end
        for k, law in ipairs { power, exponential } do
          local fit = stats.curve_fit(law, seen, values, { 0, 1, 0.5 })
          errors[k][i] = math.abs(logs[i] - law(held, table_of(fit.params):column("estimate")))
        end
      end
      return stats.paired_difference(errors[1], errors[2], { clusters = table_of(cells):column(1), seed = x.seed })
    end
    local function judged(name, effect_of, cells, logs)
      local ok, effect = pcall(effect_of, cells, logs)
      x:verdict(name, ok and effect or { refused = ("%d cells of use do not determine the laws"):format(#cells) })
    end
    judged("stated", advantage, measured(quant.naive, "ratio", "Naive: disparity ratio by bits and share"))
    local cells, logs = measured(quant.sane, "gap", "Sane: gap [nats/byte] by bits and share")
    judged("sane", advantage, cells, logs)
    for _, start in ipairs { { 0, 1, 0.5 }, { 0, 1, 0.5, 0 } } do
      judged(#start == 3 and "exponent" or "one_exponent", function()
        local fit = stats.curve_fit(exponential, cells, logs, start)
        x:table(fit.params, { caption = "Sane: ln a, exponent, c, and with 4 what the exponent gains beyond 4 bits" })
        return fit.params[#start == 3 and 2 or 4]
      end, cells)
    end
  end,
}
