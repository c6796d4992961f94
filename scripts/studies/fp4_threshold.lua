-- FP4 All the Way (arXiv 2505.19115): noise of std s in each of d components of a gradient g leaves 1 / (1 + x^2) of
-- what the best step gains on a quadratic, x = s sqrt(d) / |g|: 75 % where |g| is sqrt(3) s sqrt(d). Here the noise is
-- that of stochastic rounding. The run is gradient descent of a small model of this family.
return experiment {
  id = "fp4_threshold", title = "FP4 threshold",
  asks = "Does training stop where a gradient is below sqrt(3) times its rounding noise?",
  params = { size = 2048, draws = 12, repeats = 6, steps = 40, runs = 4, rate = 0.5, sentences = 4, width = 32 },
  quick = { steps = 8, runs = 3 }, full = { draws = 64, repeats = 24, steps = 400, runs = 8, sentences = 16 },
  predicts = {
    stated = { "at the threshold the best step gains less than half of what it does without noise", below = 0.5 },
    three_quarters = { "at the threshold it gains 75 % of it", within = { 0.72, 0.78 } },
    training_stops = { "descent below the threshold attains less than half of the fall of the loss", below = 0.5 },
    training_slows = { "it attains less than 75 % of it", below = 0.75 },
  },
  run = function(p, x)
    -- Rounds stochastically to multiples of `step` times the rms of g, none clipped; and the square of the change.
    local function rounded(g, step, seed)
      local clip = 127 * step * math.sqrt((g ^ 2):mean()) + 1e-30
      local r = quant.int({ bits = 8, per = "tensor", clip = "fixed", clip_value = clip, rounding = "stochastic",
        seed = seed }):apply(g)
      return r, ((r - g) ^ 2):sum()
    end
    -- On f(w) = w^2 / 2, where g = w, the best step along r gains (r g)^2 / (2 r^2).
    local rows = {}
    for k, step in ipairs { 0.5, 1, math.sqrt(2), 2, 4 } do -- noise of variance step^2 / 6: the third is the threshold
      local gains, ratios = {}, {}
      for i = 1, p.repeats do
        local g = tensor.ones(p.draws, 1):matmul(tensor.randn(1000 * x.seed + i, { 1, p.size }))
        local r, noise = rounded(g, step, 10 * i + k)
        gains[i] = (r * g):sum() ^ 2 / ((r ^ 2):sum() * (g ^ 2):sum() + 1e-30)
        ratios[i] = math.sqrt((g ^ 2):sum() / noise)
      end
      rows[k] = { step = step, ratio = stats.mean(ratios, { seed = x.seed }), gain = stats.mean(gains) }
      rows[k].formula = 1 / (1 + 1 / rows[k].ratio.estimate ^ 2)
    end
    x:table(rows, { caption = "Gain of the best step over that without noise; ratio: |g| over its noise" })
    x:plot(rows, { x = "ratio", y = { "gain", "formula" }, kind = "points", caption = "Gain by ratio" })

    -- Descent on all of a few sentences, so that rounding is the only noise: fall of the loss, and the highest ratio.
    local texts, w = x.texts:select({ x.texts:languages()[1] }):first(p.sentences), p.width
    local tok = tokenizer.parse(tokenizer.train({ texts:text(1) }, { vocab = 300 }))
    local config = { model_type = x.model:architecture().family, vocab_size = tok:vocab_size(), n_layer = 2, n_embd = w,
      num_hidden_layers = 2, num_layers = 2, n_embed = w, hidden_size = w, d_model = w, n_head = 2, head_dim = w // 2,
      num_attention_heads = 2, attention_heads = 2, num_key_value_heads = 2, intermediate_size = 4 * w, ffn_dim = 4 * w,
      n_positions = 4096, max_position_embeddings = 4096 }
    local function descent(seed, step)
      local m, first, last, highest = model.new { config = config, seed = seed, tokenizer = tok }, nil, nil, 0
      for now = 1, p.steps do
        local names = table_of(m:params()):column("name")
        local found, square, noise = train.gradients(m, texts, { params = names }), 0, 0
        for i, name in ipairs(names) do
          local g, change = found.params[name], 0
          square = square + (g ^ 2):sum()
          if step then g, change = rounded(g, step, 100000 * seed + 1000 * now + i) end
          m, noise = m:with_param(name, m:param(name) - g * p.rate), noise + change
        end
        first, last, highest = first or found.loss, found.loss, math.max(highest, math.sqrt(square / noise))
      end
      return first - last, highest
    end
    local runs, attained, refused = {}, {}, nil
    for i = 1, p.runs do
      local row = { run = i, exact = descent(x.seed + i) }
      row.rounded, row.ratio = descent(x.seed + i, 4)
      runs[i], attained[i] = row, row.rounded / row.exact
      refused = refused or row.exact <= 0 and "nothing was learnt" or row.ratio > 3 ^ 0.5 and "above the threshold"
    end
    x:table(runs, { caption = "Fall of the loss [nats/token] in gradient descent; ratio: the highest of any step" })
    local share = refused and { refused = refused } or stats.mean(attained, { seed = x.seed })
    x:verdict("stated", rows[3].gain)
    x:verdict("three_quarters", rows[3].gain)
    x:verdict("training_stops", share)
    x:verdict("training_slows", share)
  end,
}
