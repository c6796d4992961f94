-- The record says that INT4 hurts high-variance layers less, in proportion to their power. Scale cancels in that ratio
-- (absmax and std grow together), so what can matter is the shape of the distribution: the crest factor absmax / std.
return experiment {
  id = "T-002", title = "Relative error",
  asks = "Is INT4 error relative to power lower in high-variance layers?",
  params = { bits = 4, sentences = 4 },
  quick = { sentences = 2 }, full = { sentences = 64 },
  predicts = {
    stated = { "per tensor: relative error falls as variance rises", below = 0 },
    sane = { "per channel: relative error falls as variance rises", below = 0 },
    crest = "per tensor: relative error rises with absmax / std",
    sensitivity = "per tensor: more relative error, more loss when quantized alone",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)
    local per_tensor = quant.int { bits = p.bits, per = "tensor" }
    local per_channel = quant.int { bits = p.bits, per = "channel" }
    local per_group = quant.int { bits = p.bits, per = "group", group = 32 }

    local function relative_error(w, quantizer)
      return ((quantizer:apply(w) - w) ^ 2):mean() / (w ^ 2):mean()
    end

    local rows, models = {}, { m }
    for _, param in ipairs(m:params()) do
      if param.layer and #param.shape == 2 then
        local w = m:param(param.name)
        local moments = stats.moments(w)
        rows[#rows + 1] = {
          param = param.name, variance = moments:variance(),
          crest = math.max(moments:max(), -moments:min()) / moments:std(),
          per_tensor = relative_error(w, per_tensor), per_channel = relative_error(w, per_channel),
          per_group = relative_error(w, per_group), scaled_by_8 = relative_error(w * 8, per_tensor),
        }
        models[#models + 1] = m:quantized { with = per_tensor, params = param.name }
      end
    end

    local losses = sweep { models = models, texts = texts, measure = "loss" }
    for i, row in ipairs(rows) do
      row.dnll = losses[i + 1].loss:mean() - losses[1].loss:mean()
    end
    local t = table_of(rows)
    x:table(rows, { caption = "Squared error over power by matrix; dnll [nats/token] when it alone is quantized",
      columns = { "param", "variance", "crest", "per_tensor", "per_channel", "per_group", "scaled_by_8", "dnll" } })
    x:plot(rows, { kind = "points", x = "crest", y = { "per_tensor", "per_channel" }, log = "y",
      x_label = "absmax / std", y_label = "squared error / power", caption = "Relative error and crest factor" })
    x:say("Scaling a matrix by 8 changes nothing but the last bits: compare per_tensor with scaled_by_8.\n")

    -- Spearman correlations over matrices.
    local function spearman(a, b)
      return stats.correlation(t:column(a), t:column(b), { seed = x.seed })
    end
    x:verdict("stated", spearman("variance", "per_tensor"))
    x:verdict("sane", spearman("variance", "per_channel"))
    x:verdict("crest", spearman("crest", "per_tensor"))
    x:verdict("sensitivity", spearman("per_tensor", "dnll"))
  end,
}
