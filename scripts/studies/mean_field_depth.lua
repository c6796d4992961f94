-- How deep a signal gets through layers whose activations have N levels (arXiv 1906.00771): the correlation of inputs
-- decays by chi per layer, over xi = -1 / ln chi layers at the best spacing, to which the depth that can be trained is
-- said to be proportional. The layers are plain and random: a residual stream carries a signal past them.
return experiment {
  id = "mean_field_depth", title = "Mean-field depth",
  asks = "Does the depth that a signal travels grow as N^1.82 with the levels N of quantized activations?",
  params = { most = 4096, width = 256, depth = 8, pairs = 256, repeats = 8 },
  quick = { width = 128, pairs = 128, repeats = 6 }, full = { most = 65536, width = 512, pairs = 1024, repeats = 32 },
  predicts = {
    stated = { "from 4 to 512 levels xi rises as (N + 1)^1.82, within 0.05", within = { 1.77, 1.87 } },
    range = "from 16 levels on the exponent between N and 2 N rises with N, as that of a range",
    quantizer = { "1 - chi over the error of the best quantizer of a Gauss law is 1", within = { 0.999, 1.001 } },
    measured = { "the rate at which random layers forget is 1 / xi: measured over predicted", within = { 0.9, 1.1 } },
  },
  run = function(p, x)
    local rows, log_levels, log_xi, exponents, ratios, rates = {}, {}, {}, {}, {}, {}
    for bits = 2, math.floor(math.log(p.most, 2)) do
      local field = stats.mean_field(1 << bits)
      local row = { levels = field.levels, spacing = field.spacing, loss = 1 - field.chi, xi = field.xi }
      rows[#rows + 1], log_levels[#rows + 1], log_xi[#rows + 1] = row, math.log(field.levels + 1), math.log(field.xi)
      row.exponent = #rows > 1 and math.log(field.xi / rows[#rows - 1].xi) / math.log(2) or nil
      row.fitted = #rows > 2 and stats.ols(log_xi, { levels = log_levels }).by_name.levels or nil
      exponents[#exponents + 1] = bits > 4 and row.exponent or nil
      if bits <= 8 then -- as many levels, about 0, as a symmetric quantizer has
        local _, loss = quant.int { bits = bits, per = "tensor" }:optimum("gauss")
        row.quantizer = (1 - stats.mean_field((1 << bits) - 1).chi) / loss
        ratios[#ratios + 1] = row.quantizer
      end
    end
    x:table(rows, { columns = { "levels", "spacing", "loss", "quantizer", "xi", "exponent", "fitted" },
      caption = "1 - chi at the best spacing, over a quantizer's; exponents: from N / 2 to N, fitted of N + 1 from 4" })
    x:plot(rows, { x = "levels", y = "xi", log = "xy", caption = "Depth scale by levels", y_label = "xi [layers]" })
    -- Rate at which random layers forget that two inputs were correlated, over the rate that the field predicts.
    local function rate(field, seed)
      local one, first, last = tensor.randn(seed, { p.width, p.pairs }), nil, nil
      local values = tensor.cat({ one, one * 0.4 + tensor.randn(seed + 1, { p.width, p.pairs }) * 0.84 ^ 0.5 }, 2)
      for depth = 0, p.depth do
        if depth > 0 then
          local h = tensor.randn(seed + 1 + depth, { p.width, p.width }):matmul(values)
          h = h / (math.sqrt((h ^ 2):mean()) * field.spacing) -- of unit variance, in steps
          values = ((h - 0.5):round() + 0.5):clamp((1 - field.levels) / 2, (field.levels - 1) / 2)
        end
        local a, b = values:narrow(2, 1, p.pairs), values:narrow(2, p.pairs + 1, p.pairs)
        last = ((a * b):sum(1) / ((a ^ 2):sum(1) * (b ^ 2):sum(1)):sqrt()):mean()
        first = first or last
      end
      return math.log(math.max(last, 1e-6) / first) / (p.depth * math.log(field.chi))
    end
    for i = 1, p.repeats do
      rates[#rates + 1] = rate(stats.mean_field(4), 1000 * x.seed + 100 * #rates + i)
      rates[#rates + 1] = rate(stats.mean_field(8), 1000 * x.seed + 100 * #rates + i) -- more forget too little to tell
    end
    x:verdict("stated", (rows[8] or rows[#rows] or {}).fitted or { not_run = "most is below 16 levels" })
    x:verdict("range", #exponents < 5 and { not_run = "most is below 512 levels" }
      or stats.correlation(range(1, #exponents), exponents, { seed = x.seed }))
    x:verdict("quantizer", stats.mean(ratios, { seed = x.seed }))
    x:verdict("measured", stats.mean(rates, { seed = x.seed }))
  end,
}
