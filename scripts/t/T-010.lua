-- An exponential law foresees bit widths that it has not seen (each is held out in turn, widths are the units), and has
-- one exponent: 2 where the loss is quadratic in rounding noise, 1 where it is linear, as with little noise.
return experiment {
  id = "T-010", title = "Rate-distortion",
  asks = "Do bits and protection trade off against disparity by an exponential law?",
  params = { sentences = 6, to = 30, step = 10, rank_by = "variance" },
  quick = { sentences = 4, step = 15 }, full = { sentences = 64, step = 2.5 },
  predicts = {
    stated = "naive: an exponential law foresees held-out widths of the ratio better than a power law",
    sane = "sane: an exponential law foresees held-out widths of the gap better than a power law",
    exponent = { "sane: the gap falls by 2 powers of two per bit", within = { 1.8, 2.2 } },
    one_exponent = { "sane: the exponent is the same to 4 bits and beyond", within = { -0.25, 0.25 } },
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)

    local function grid(scheme, measure, caption)
      local rows = rate.grid { model = m, texts = texts, order = plan.rank(m, { by = p.rank_by }), with = scheme,
        bits = range(2, 8), shares = range(0, p.to, p.step), seed = x.seed }
      x:table(rows, { caption = caption .. "; gap and deltas [nats/byte]",
        columns = { "bits", "share", "mean_delta", "gap", "reference_delta", "ratio" } })
      x:plot(rows, { kind = "points", x = "bits", y = measure, by = "share", log = "y", caption = caption })
      return rows
    end

    -- By how much |error of ln D| in held-out widths is greater under the power law than under the exponential one.
    local function advantage(rows, measure)
      local cells, errors = rate.fit(rows, { measure = measure }).cells, { power = {}, exponential = {} }
      for i, held in ipairs(cells) do
        local seen = {}
        for _, cell in ipairs(cells) do
          seen[#seen + 1] = cell.bits ~= held.bits and cell or nil
        end
        for _, law in ipairs { "power", "exponential" } do
          local fit = rate.fit(seen, { measure = measure, law = rate[law] })
          if fit.refused then
            return { refused = "without one width " .. fit.refused }
          end
          errors[law][i] = math.abs(held.log - fit.at(held))
        end
      end
      return #cells == 0 and { refused = "no cells are of use" }
        or stats.paired_difference(errors.power, errors.exponential, { clusters = cells:column("bits"), seed = x.seed })
    end

    x:verdict("stated", advantage(grid(quant.naive, "ratio", "Naive: disparity ratio by bits and share"), "ratio"))
    local rows = grid(quant.sane, "gap", "Sane: gap [nats/byte] by bits and share")
    x:verdict("sane", advantage(rows, "gap"))
    local fit, bent = rate.fit(rows), rate.fit(rows, { start = { 0, 1, 0.5, 0 } })
    local params = {}
    for i, name in ipairs { "ln a", "exponent", "c", "exponent beyond 4 bits, less that to 4" } do
      params[i] = { param = name, one_exponent = fit.params[i], two_exponents = bent.params[i] }
    end
    x:table(params, { caption = "Sane: the law of one exponent, and of two; widths are the units (of c: cells)",
      columns = { "param", "one_exponent", "two_exponents" } })
    x:verdict("exponent", fit.params[2])
    x:verdict("one_exponent", bent.params[4])
  end,
}
