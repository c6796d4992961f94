-- FP4 All the Way (arXiv 2505.19115): noise of std s in each of d components of a gradient g leaves 1 / (1 + x^2) of
-- what the best step gains on a quadratic, x = s sqrt(d) / |g|: 75 % where |g| is sqrt(3) s sqrt(d). Here the noise is
-- that of stochastic rounding. The run is gradient descent of a small model of this family.
return experiment {
  id = "fp4_threshold", title = "FP4 threshold",
  asks = "Does training stop where a gradient is below sqrt(3) times its rounding noise?",
  params = { size = 32768, repeats = 6, steps = 40, runs = 6, rate = 0.5, sentences = 4, width = 32 },
  quick = { steps = 8 }, full = { repeats = 24, steps = 400, runs = 8, sentences = 16 },
  predicts = {
    stated = { "at the threshold the best step gains less than half of what it does without noise", below = 0.5 },
    three_quarters = { "at the threshold the best step gains 75 % of that without noise", within = { 0.72, 0.78 } },
    training_stops = { "descent below the threshold attains less than half of the fall of the loss", below = 0.5 },
  },
  run = function(p, x)
    -- Rounds stochastically to multiples of `step` times the rms of g, none clipped: noise of variance step^2 / 6.
    local function rounded(g, step, seed)
      local clip = 127 * step * math.sqrt((g ^ 2):mean()) + 1e-30
      return quant.int({ bits = 8, per = "tensor", clip = "fixed", clip_value = clip, rounding = "stochastic",
        seed = seed }):apply(g)
    end
    -- On f(w) = w^2 / 2, where g = w, the best step along r gains (r g)^2 / (2 r^2).
    local rows = {}
    for k, step in ipairs { 0.5, 1, math.sqrt(2), 2, 4 } do -- the third is the threshold
      local gains, ratios = {}, {}
      for i = 1, p.repeats do
        local g = tensor.randn(1000 * x.seed + i, { p.size })
        local r = rounded(g, step, 10 * i + k)
        gains[i] = (r * g):sum() ^ 2 / ((r ^ 2):sum() * (g ^ 2):sum() + 1e-30)
        ratios[i] = g:norm() / (r - g):norm()
      end
      rows[k] = { ratio = stats.mean(ratios, { seed = x.seed }), gain = stats.mean(gains, { seed = x.seed }) }
      rows[k].formula = 1 / (1 + 1 / rows[k].ratio.estimate ^ 2)
    end
    x:table(rows, { columns = { "ratio", "gain", "formula" },
      caption = "Gain of the best step over that without noise; ratio: |g| over its noise" })
    x:plot(rows, { x = "ratio", y = { "gain", "formula" }, kind = "points", caption = "Gain by ratio" })
    x:verdict("stated", rows[3].gain)
    x:verdict("three_quarters", rows[3].gain)

    -- Descent on all of a few sentences, so that rounding is the only noise: fall of the loss, and the highest ratio.
    local texts = x.texts:select({ x.texts:languages()[1] }):first(p.sentences)
    local start = model.like(x.model, { layers = 2, width = p.width, heads = 2, texts = texts, vocab = 300 })
    local names = table_of(start:params()):column("name")
    local function descent(seed, step)
      local m, losses, highest = model.like(start, { seed = seed }), {}, 0
      for now = 1, p.steps do
        local found, squares, noise = train.gradients(m, texts, { params = names }), 0, 0
        losses[now] = found.loss
        for i, name in ipairs(names) do
          local g = found.params[name]
          local r = step and rounded(g, step, 100000 * seed + 1000 * now + i) or g
          squares, noise = squares + (g ^ 2):sum(), noise + ((r - g) ^ 2):sum()
          m = m:with_param(name, m:param(name) - r * p.rate)
        end
        highest = math.max(highest, math.sqrt(squares / noise))
      end
      return losses[1] - losses[p.steps], highest
    end
    local runs, attained = {}, {}
    for i = 1, p.runs do
      local exact, fall, ratio = descent(x.seed + i), descent(x.seed + i, 4)
      if exact <= 0 then return x:refuse("nothing was learnt") end
      if ratio > math.sqrt(3) then return x:refuse("a step above the threshold") end
      runs[i], attained[i] = { run = i, exact = exact, rounded = fall, ratio = ratio }, fall / exact
    end
    x:table(runs, { columns = { "run", "exact", "rounded", "ratio" },
      caption = "Fall of the loss [nats/token] in gradient descent; ratio: the highest of any step" })
    x:verdict("training_stops", stats.mean(attained, { seed = x.seed }))
  end,
}
