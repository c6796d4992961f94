-- Mean field takes weights and inputs as independent: a matrix of n inputs with mean square x2 gives n E[w^2] x2, and
-- n MSE x2 of noise. The relative noise of a branch's first matrices (the greatest) passes on to its last one, and what
-- that adds to the residual stream arrives at its end unchanged: so predicted, and measured there.
return experiment {
  id = "Exp-081", title = "Mean field of gateway layers",
  asks = "Do L0 and the last layer have the lowest signal-to-noise ratio under quantization?",
  params = { bits = 4, sentences = 8 },
  quick = { sentences = 3 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive: the weights of L0 and the last layer have the lowest SNR [dB less]", below = 0 },
    output = { "sane: quantizing L0 or the last layer leaves the lowest SQNR of the output [dB less]", below = 0 },
    mean_field = "sane: the predicted SQNR of the output ranks the layers as the measured one does",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    if layers < 5 then return x:not_run("fewer than 5 layers") end
    local input_of, last = { out = "L%d.attn.mixed", down = "L%d.mlp.hidden" }, ("L%d.resid.post"):format(layers - 1)
    local seen = m:capture(texts, { "L*.attn.mixed", "L*.mlp.hidden", last }, { reduce = "moments" })
    local function mean_square(site)
      local sum = 0
      for _, code in ipairs(texts:languages()) do
        sum = sum + seen[site][code]:variance() + seen[site][code]:mean() ^ 2
      end
      return sum / #texts:languages()
    end
    local function measured(scheme, per)
      local with, models, rows = quant.int { bits = p.bits, per = per }, {}, {}
      for i = 1, layers + 1 do -- after each layer alone: all together
        local params = i <= layers and { i - 1 } or range(0, layers - 1)
        models[i] = m:quantized { with = with, params = params, protect = scheme == "sane" and "*norm*" or nil }
        rows[i] = { scheme = scheme, layer = i <= layers and "L" .. i - 1 or "all", noise = 0, first = 0, snr = {} }
      end
      for _, matrix in ipairs(quant.errors(m, with)) do
        local input = input_of[matrix.matrix:match("%a+$")]
        for _, row in ipairs { rows[matrix.layer + 1], rows[layers + 1] } do
          table.insert(row.snr, matrix.snr)
          row.first = math.max(row.first, 10 ^ (-matrix.snr / 10))
          if input then
            local signal = matrix.inputs * mean_square(input:format(matrix.layer))
            row.noise = row.noise + signal * (matrix.error + matrix.power * row.first)
            row.first = 0
          end
        end
      end
      local errors = capture.compare(models, { against = m, at = last, texts = texts, reduce = "relative_error" })
      for i, row in ipairs(rows) do
        local sqnr = tensor.from_table(errors[i][last]):clamp(1e-15, 1e15):log() * (-20 / math.log(10))
        row.sqnr = sqnr:reshape({ #texts:languages(), -1 }):mean(1):totable() -- of sentences, over languages
        row.output, row.weights = stats.mean(row.sqnr, { seed = x.seed }), stats.mean(row.snr).estimate
        row.measured = row.output.estimate
        row.predicted = 10 * math.log((mean_square(last) + 1e-30) / (row.noise + 1e-30), 10)
      end
      x:table(rows, { columns = { "layer", "weights", "predicted", "output" },
        caption = scheme .. ": SNR of weights, SQNR of the last layer's output when one layer is quantized [dB]" })
      x:plot(rows, { kind = "points", x = "predicted", y = "output", caption = scheme .. ": SQNR of the output [dB]" })
      rows[layers + 1] = nil
      return table_of(rows)
    end
    -- How far the better of L0 and the last lies below the lowest of the others, over sentences or kinds of matrix.
    local function margin(lists)
      local n = #lists[1]
      local means = stats.draws(n, 1000, x.seed):matmul(tensor.from_table(lists, "float64"):t()) / n
      local ends, others = means:index(2, { 1, layers }):max(2), means:narrow(2, 2, layers - 2):min(2)
      return stats.from_draws(ends - others, { n = n, extreme = true })
    end
    local naive, sane, levels = measured("naive", "tensor"), measured("sane", "channel"), (1 << p.bits) - 1
    x:say(("Mean field: activations of %d levels carry a signal through about %.0f layers; there are %d here.\n")
      :format(levels, stats.mean_field(levels).xi, layers))
    x:verdict("stated", margin(naive:column("snr")))
    x:verdict("output", margin(sane:column("sqnr")))
    x:verdict("mean_field", stats.correlation(sane:column("predicted"), sane:column("measured"), { seed = x.seed }))
  end,
}
