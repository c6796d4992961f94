-- Small models of this family are trained in pairs that differ in one language's share of the updates alone: the same
-- start, the same draws. Each pair has another such language; pairs are the units. What it loses, and its activation in
-- the layer with the most outlying weights, is that above the mean of the other languages of the same model.
return experiment {
  id = "language_exposure", title = "Language exposure",
  asks = "Does under-representation make a language fragile, and does it avoid the outlier layers?",
  params = { bits = 3, languages = 4, rare = 0.02, pairs = 8, steps = 90, batch = 4, rate = 1e-2, layers = 3,
    width = 32, sentences = 64 }, -- at 4 bits so small a model loses next to nothing
  quick = { pairs = 3, steps = 20 }, full = { languages = 8, pairs = 24, steps = 2000, batch = 16, width = 96 },
  predicts = {
    learnt = "a rare language has a greater loss (if not, nothing was varied)",
    stated = "naive: a language's dNLL is greater when it is rare",
    sane = "sane: a language's dNLL above the others' is greater when it is rare",
    avoids = { "a rare language's share of activation in the outlier layer, above the others', is smaller", below = 0 },
  },
  run = function(p, x)
    local codes = table.move(x.texts:languages(), 1, p.languages, 1, {})
    local n = #codes
    if n < 2 then return x:not_run("one language") end
    local known, held = x.texts:select(codes):aligned():first(p.sentences):halves()
    local start = model.like(x.model, { layers = p.layers, width = p.width, heads = 2, texts = known })
    local tokens, near = start:tokenizer():encode_corpus(known), 0

    -- Trains on texts of the target with probability `share`, else of the others. Returns the target's loss [nats/byte]
    -- and dNLL under naive; above the others' mean, dNLL under sane and |activation| in the layer of highest kurtosis.
    local function measured(target, share, seed)
      local weights, losses = {}, {}
      for i, code in ipairs(known:table().language) do
        weights[i] = code == codes[target] and share or (1 - share) / (n - 1)
      end
      local m = train.run { model = model.like(start, { seed = seed }), steps = p.steps, rate = p.rate,
        batches = train.batches(tokens, { size = p.batch, weights = weights, seed = seed }) }
      local models = { m, m:quantized(quant.naive { bits = p.bits }), m:quantized(quant.sane { bits = p.bits }) }
      local found = sweep { models = models, texts = held }
      for k, row in ipairs(found) do losses[k] = row.loss:per_byte() end
      near = near + (disparity.of(found[1].loss, found[2].loss, m:architecture().vocab).collapsed and 1 or 0)
      local above = (tensor.eye(n):row(target) * n - 1) / (n - 1) -- weights: 1, less a mean of the others
      local outlying = capture.shares(m, held):row(plan.rank(m, { by = "kurtosis" })[1].layer + 1)
      return { learnt = losses[1]:at(target), stated = (losses[2] - losses[1]):at(target),
        sane = ((losses[3] - losses[1]) * above):sum(), avoids = (outlying * above):sum() }
    end

    local rows, changes = {}, { learnt = {}, stated = {}, sane = {}, avoids = {} }
    for i = 1, p.pairs do
      local target, seed = (i - 1) % n + 1, 1000 * x.seed + i
      local even, rare = measured(target, 1 / n, seed), measured(target, p.rare, seed)
      rows[i] = { target = codes[target] }
      for name, list in pairs(changes) do
        list[i], rows[i][name], rows[i][name .. "_rare"] = rare[name] - even[name], even[name], rare[name]
      end
    end
    x:table(rows, { caption = "Values by prediction with an even share of the updates, and with a rare one", columns = {
      "target", "learnt", "learnt_rare", "stated", "stated_rare", "sane", "sane_rare", "avoids", "avoids_rare" } })
    if near > 0 then x:warn(near .. " models under naive have a loss near ln V, with less to lose") end
    x:plot(rows, { kind = "points", x = "sane", y = "sane_rare", by = "target", caption = "dNLL above the others'" })
    for name, list in pairs(changes) do x:verdict(name, stats.mean(list, { seed = x.seed })) end
  end,
}
