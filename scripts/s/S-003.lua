-- The record protects floor(layers x percent / 100) whole layers (with their norms), which has few distinct points;
-- single matrices give more. Where the ratio starts below 1, there is nothing to cross.
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

    local layers, whole = plan.rank(m, { by = p.rank_by, per = "layer" }), {}
    for i, share in ipairs(shares) do
      local kept = {}
      for k = 1, math.floor(#layers * share / 100) do
        kept[k] = layers[k].layer
      end
      whole[i] = plan.make(quant.naive { bits = p.bits, protect = kept })
    end

    local function curve(caption, plans)
      local rows = disparity.curve { model = m, plans = plans, texts = texts, at = shares, seed = x.seed }
      x:table(rows, { caption = caption .. ": at, protected [%]; deltas, gap [nats/byte]",
        columns = { "at", "protected", "mean_bits", "mean_delta", "gap", "reference_delta", "ratio", "low_over_high" },
      })
      for _, measure in ipairs { "gap", "ratio" } do
        x:plot(rows, { x = "at", y = measure, x_label = "protected share [%]",
          y_label = measure == "gap" and "gap [nats/byte]" or "disparity ratio", caption = caption })
      end
      x:say(("%d shares, %d distinct plans\n"):format(#shares, rows.distinct))
      if rows.refused then
        x:warn(caption .. ": " .. rows.refused)
      end
      return disparity.crossing(rows, 1)
    end

    x:verdict("stated", curve("Naive INT4 (every weight, one scale per tensor), layers protected by variance",
      whole))
    x:verdict("sane", curve("Sane INT4 (layer matrices, one scale per channel), matrices protected by variance",
      plan.rank(m, { by = p.rank_by }):plans(shares, quant.sane { bits = p.bits })))
  end,
}
