-- ln D = ln a - b bits ln 2 + ln(1 - c share): b is 2 where the loss is quadratic in rounding noise, c is 1 where what
-- is protected is worth its share. A fit to one plan per cell is no bound: the best of all plans is held against it.
return experiment {
  id = "S-011", title = "Rate-distortion bound",
  asks = "How low can disparity go for given bits and protection?",
  params = { sentences = 4, choose = 2, to = 30, step = 10, blocks = 7, rank_by = "variance" },
  quick = { blocks = 3 }, full = { sentences = 64, choose = 32, step = 2.5, blocks = 10 },
  predicts = {
    stated = { "naive: the ratio falls by b = 2 powers of two per bit", within = { 1.8, 2.2 } },
    bits = { "sane: the gap falls by b = 2 powers of two per bit", within = { 1.8, 2.2 } },
    share = { "sane: protecting a share takes c = 1 times that share off the gap", within = { 0.8, 1.2 } },
    bound = "sane: the best plans lie above the law (mean of ln D / law, at most 5)",
  },
  run = function(p, x)
    local m, order, widths = x.model, plan.rank(x.model, { by = p.rank_by }), range(2, 8)
    local on, all = x.texts:first(p.sentences), x.texts:first(p.sentences + p.choose)
    local count = all:count() // #all:languages()
    local function law(cell, q) -- cell: bits, and the share from 0 to 1 of what is quantized otherwise
      return q[1] - q[2] * cell[1] * math.log(2) + math.log(math.max(1 - q[3] * cell[2], 1e-9))
    end
    -- Cells of plans, the first of which protects nothing, in which a measure is above 0 and nothing collapsed.
    local function measured(plans, at, measure, caption)
      local cells, logs, rows = {}, {}, disparity.curve { model = m, plans = plans, texts = on, at = at, seed = x.seed }
      for i, row in ipairs(rows) do
        row.bits, row.share = at[i], (row.protected - rows[1].protected) / (100 - rows[1].protected)
        if (row[measure].estimate or 0) > 0 and not (row.ratio.refused or ""):find("^collapsed") then
          cells[#cells + 1] = { 1 + math.log(2 ^ (at[i] - 1) - 1, 2), row.share } -- a symmetric grid lacks one level
          logs[#logs + 1] = math.log(row[measure].estimate)
        end
      end
      x:table(rows, { caption = caption, columns = { "bits", "share", "mean_delta", "gap", "ratio" } })
      return cells, logs, rows
    end
    local function fitted(scheme, measure, caption)
      local plans, bits = {}, {}
      for _, width in ipairs(widths) do
        for _, share in ipairs(range(0, p.to, p.step)) do
          plans[#plans + 1], bits[#bits + 1] = order:protect_top(share / 100, scheme { bits = width }), width
        end
      end
      local cells, logs, rows = measured(plans, bits, measure, caption)
      local ok, fit = pcall(stats.curve_fit, law, cells, logs, { 0, 1, 0.5 })
      local refused = (not ok or fit.degrees < 3) and ("%d of %d cells are of use"):format(#cells, #rows)
      return refused and { params = { {}, { refused = refused }, { refused = refused } } } or fit, rows, refused
    end
    local naive = fitted(quant.naive, "ratio", "Naive: rise of the loss [nats/byte], worst - best, ratio")
    local fit, rows, why = fitted(quant.sane, "gap", "Sane: the same")
    x:verdict("stated", naive.params[2])
    x:verdict("bits", fit.params[2])
    x:verdict("share", fit.params[3])
    x:plot(rows, { kind = "points", x = "bits", y = "gap", by = "share", log = "y", caption = "Gap by share, sane" })
    local v = fit.covariance
    x:say(v and ("ln a and c correlate by %.2f, b and c by %.2f: near 1 or -1 they are not told apart\n"):format(
      v[1][3] / math.sqrt(v[1][1] * v[3][3]), v[2][3] / math.sqrt(v[2][2] * v[3][3])) or why)

    -- All sets of blocks of neighbouring layers within the share: of each size the best, on other sentences.
    local plans, bits, above, of, units, n = {}, {}, {}, {}, {}, math.min(m:layers(), p.blocks)
    for block = 1, n do
      units[block] = range((block - 1) * m:layers() // n, block * m:layers() // n - 1)
    end
    local limit = (rows[1].protected * (1 - p.to / 100) + p.to) / 100
    for _, width in ipairs(not why and count > p.sentences and widths or {}) do
      for _, set in ipairs(search.beam({ model = m, texts = all:slice(p.sentences + 1, count), units = units,
        with = quant.sane { bits = width }, measure = "gap" }, { width = 1000, share = limit })) do
        plans[#plans + 1], bits[#bits + 1] = plan.make(quant.sane { bits = width, protect = set.protect }), width
      end
    end
    local cells, logs = measured(plans, bits, "gap", "Sane: the best of all plans, on the first sentences")
    for i, cell in ipairs(cells) do
      above[i], of[i] = math.min(logs[i] - law(cell, table_of(fit.params):column("estimate")), 5), cell[1]
    end
    x:verdict("bound", #above < 6 and { refused = why or "too few plans" }
      or stats.mean(above, { clusters = of, seed = x.seed }))
  end,
}
