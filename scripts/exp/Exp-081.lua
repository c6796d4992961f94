-- Mean field takes weights and inputs as independent: a matrix of n inputs with mean square x2 gives n E[w^2] x2, and
-- n MSE x2 of noise. The relative noise of a branch's first matrices (the greatest) passes on to its last one, and what
-- that adds to the residual stream arrives at its end unchanged: so predicted, and measured there.
return experiment {
  id = "Exp-081", title = "Mean field of gateway layers",
  asks = "Do L0 and the last layer have the lowest signal-to-noise ratio under quantization?",
  params = { bits = 4, sentences = 4 },
  quick = { sentences = 3 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive: the weights of L0 and the last layer have the lowest SNR [dB less]", below = 0 },
    output = { "sane: quantizing one of these two leaves the lowest SQNR of the output [dB less]", below = 0 },
    mean_field = "sane: the predicted SQNR of the output ranks the layers as the measured one does",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local input_of, last = { out = "L%d.attn.mixed", down = "L%d.mlp.hidden" }, ("L%d.resid.post"):format(layers - 1)
    local seen = m:capture(texts, { "L*.attn.mixed", "L*.mlp.hidden", last }, { reduce = "moments" })
    local function mean_square(site)
      local sum = 0
      for _, code in ipairs(texts:languages()) do
        sum = sum + seen[site][code]:variance() + seen[site][code]:mean() ^ 2
      end
      return sum / #texts:languages()
    end
    local function decibel(signal, noise) return 10 * math.log((signal + 1e-30) / (noise + 1e-30), 10) end
    local rows, by_scheme = {}, {}
    for _, scheme in ipairs { "naive", "sane" } do
      local quantizer = quant.int { bits = p.bits, per = scheme == "naive" and "tensor" or "channel" }
      local own, models = {}, {}
      for layer = 0, layers do
        local name, only = layer < layers and "L" .. layer or "all", layer < layers and "L" .. layer or "L*"
        own[layer + 1] = { scheme = scheme, layer = name, noise = 0, first = 0, snr = {} }
        models[layer + 1] = m:quantized { with = quantizer, params = only .. ".*", protect = "*norm*" }
      end
      for _, param in ipairs(m:params()) do
        local input = input_of[param.name:match("%a+$")]
        for _, row in ipairs(param.layer and #param.shape == 2 and { own[param.layer + 1], own[layers + 1] } or {}) do
          local w = m:param(param.name)
          local signal, mse = (w ^ 2):mean(), ((quantizer:apply(w) - w) ^ 2):mean()
          row.snr[#row.snr + 1], row.first = decibel(signal, mse), math.max(row.first, mse / (signal + 1e-30))
          if input then
            local power = param.shape[2] * mean_square(input:format(param.layer))
            row.noise, row.first = row.noise + power * (mse + signal * row.first), 0
          end
        end
      end
      local errors = capture.compare(models, { against = m, at = last, texts = texts, reduce = "relative_error" })
      for i, row in ipairs(own) do
        local by_text = tensor.from_table(errors[i][last]):clamp(1e-15, 1e15):log() * (-20 / math.log(10))
        row.sqnr = by_text:reshape({ #texts:languages(), -1 }):mean(1):totable() -- of sentences, over languages
        row.output, row.predicted = stats.mean(row.sqnr, { seed = x.seed }), decibel(mean_square(last), row.noise)
        rows[#rows + 1], row.measured, row.weights = row, row.output.estimate, stats.mean(row.snr).estimate
      end
      by_scheme[scheme] = table_of({ table.unpack(own, 1, layers) })
    end
    x:table(rows, { caption = "SNR of weights, SQNR of the last layer's output when one layer is quantized [dB]",
      columns = { "scheme", "layer", "weights", "predicted", "output" } })
    x:plot(rows, { kind = "points", x = "predicted", y = "output", by = "scheme", x_label = "predicted SQNR [dB]",
      y_label = "measured SQNR [dB]", caption = "Output SQNR when one layer is quantized, or all" })
    x:say(("Mean field: activations of %d levels carry a signal through about %.0f layers; there are %d here.\n")
      :format((1 << p.bits) - 1, stats.mean_field((1 << p.bits) - 1).xi, layers))
    -- How far the better of L0 and the last lies below the lowest of the others, over sentences or kinds of matrix.
    local function margin(column)
      local values = tensor.from_table(by_scheme[column[1]]:column(column[2]))
      return layers < 3 and { refused = "no layers between" } or stats.bootstrap(values:size(2), function(drawn)
        local mean = values:index(2, drawn):mean(2):totable()
        return math.max(mean[1], mean[layers]) - math.min(table.unpack(mean, 2, layers - 1))
      end, { seed = x.seed })
    end
    x:verdict("stated", margin { "naive", "snr" })
    x:verdict("output", margin { "sane", "sqnr" })
    x:verdict("mean_field", layers < 5 and { refused = "fewer than 5 layers" } or stats.correlation(
      by_scheme.sane:column("predicted"), by_scheme.sane:column("measured"), { seed = x.seed }))
  end,
}
