-- The record protects floor(layers x percent / 100) layers, which has few distinct points; single matrices give more.
return experiment {
  id = "S-003", title = "Fine protection sweep",
  asks = "At which protected share does the disparity ratio cross 1?",
  params = { bits = 4, sentences = 8, from = 0, to = 30, step = 1, rank_by = "variance" },
  quick = { sentences = 4, step = 5 },
  full = { sentences = 96 },
  predicts = {
    stated = { "naive, whole layers: the ratio crosses 1 between 5 and 15 %", within = { 5, 15 } },
    sane = { "sane, single matrices: the ratio crosses 1 between 5 and 15 %", within = { 5, 15 } },
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)
    local shares = range(p.from, p.to, p.step)

    local function curve(caption, scheme, per)
      local plans = plan.rank(m, { by = p.rank_by, per = per }):plans(shares, scheme { bits = p.bits })
      local rows = disparity.curve { model = m, plans = plans, texts = texts, at = shares, seed = x.seed }
      x:table(rows, { caption = caption .. ": at, protected [%]; deltas, gap [nats/byte]",
        columns = { "at", "protected", "mean_bits", "mean_delta", "reference_delta", "gap", "ratio" } })
      x:plot(rows, { x = "at", y = "gap", x_label = "protected share [%]", y_label = "gap [nats/byte]",
        caption = caption })
      x:say(("%d shares, %d distinct plans\n"):format(#shares, rows.distinct))
      if rows.refused then
        x:warn(caption .. ": " .. rows.refused)
      end
      return disparity.crossing(rows, 1)
    end

    x:verdict("stated", curve("Naive INT4 (every weight, one scale per tensor), layers protected by variance",
      quant.naive, "layer"))
    x:verdict("sane", curve("Sane INT4 (layer matrices, one scale per channel), matrices protected by variance",
      quant.sane, "param"))
  end,
}
