-- Small models of this family are trained in pairs that differ in one language's share of the updates alone: the same
-- start, the same draws. Each pair has another such language; pairs are the units. What it loses, and its activation in
-- the layer with the most outlying weights, is that above the mean of the other languages of the same model.
return experiment {
  id = "language_exposure", title = "Language exposure",
  asks = "Does under-representation make a language fragile, and does it avoid the outlier layers?",
  params = { bits = 3, languages = 4, rare = 0.02, pairs = 8, steps = 120, batch = 4, rate = 1e-2, layers = 3,
    width = 32, sentences = 64 }, -- at 4 bits so small a model loses next to nothing
  quick = { pairs = 3, steps = 20 }, full = { languages = 8, pairs = 24, steps = 2000, batch = 16, width = 96 },
  predicts = {
    learnt = "a rare language has a greater loss (if not, nothing was varied)",
    stated = "naive: its dNLL is greater when it is rare",
    sane = "sane: so is its dNLL above the others'",
    avoids = { "its share of activation in the outlier layer, above the others', is smaller", below = 0 },
  },
  run = function(p, x)
    local codes = { table.unpack(x.texts:languages(), 1, math.min(p.languages, #x.texts:languages())) }
    local n, w, lines = #codes, p.width, {}
    local known, held = x.texts:select(codes):aligned():first(p.sentences):halves()
    for i = 1, known:count() do lines[i] = known:text(i) end
    local tok = tokenizer.parse(tokenizer.train(lines, { vocab = 384 }))
    local tokens, count = tok:encode_corpus(known), known:count() // n
    local config = { model_type = x.model:architecture().family, vocab_size = tok:vocab_size(), n_layer = p.layers,
      num_hidden_layers = p.layers, num_layers = p.layers, n_embd = w, n_embed = w, hidden_size = w, d_model = w,
      n_head = 2, num_attention_heads = 2, attention_heads = 2, num_key_value_heads = 2, head_dim = w // 2,
      intermediate_size = 4 * w, ffn_dim = 4 * w, n_positions = 4096, max_position_embeddings = 4096 }

    -- Trains on texts of the target with probability `share`, else of another language. Returns its loss [nats/byte],
    -- dNLL under naive; above the others' mean, dNLL under sane and |activation| in the layer of the highest kurtosis.
    local function measured(target, share, seed)
      local draws, values, inside, total = tensor.rand(seed, { p.steps * p.batch, 3 }):totable(), {}, 0, 0
      local m = train.run { model = model.new { config = config, seed = seed, tokenizer = tok }, steps = p.steps,
        rate = p.rate, batches = function(step)
          local ids = {}
          for i = 1, p.batch do
            local own, other, place = table.unpack(draws[(step - 1) * p.batch + i])
            local language = own < share and target - 1 or (target + math.floor(other * (n - 1))) % n -- from 0
            ids[i] = tokens:ids(language * count + 1 + math.floor(place * count))
          end
          return tokenizer.tokens(ids)
        end }
      local bytes, top = tensor.from_table(held:table().bytes), plan.rank(m, { by = "kurtosis" })[1].layer
      local models = { m, m:quantized(quant.naive { bits = p.bits }), m:quantized(quant.sane { bits = p.bits }) }
      for k, row in ipairs(sweep { models = models, texts = held }) do
        values[k] = tensor.from_table(row.loss.nll):reshape({ n, -1 }):sum(2) / bytes:reshape({ n, -1 }):sum(2)
      end
      for site, of in pairs(m:capture(held, { "L*.attn.out", "L*.mlp.out" }, { reduce = "summary" })) do
        local sizes = {}
        for i, code in ipairs(codes) do
          sizes[i] = of[code].sketch:mean_deviation(0)
        end
        sizes = tensor.from_table(sizes)
        inside, total = inside + sizes * (tonumber(site:match("%d+")) == top and 1 or 0), total + sizes
      end
      local function above(list) return (list:at(target) - list:mean()) * n / (n - 1) end
      return { learnt = values[1]:at(target), stated = (values[2] - values[1]):at(target),
        sane = above(values[3] - values[1]), avoids = above(inside / total) }
    end
    local rows, changes = {}, { learnt = {}, stated = {}, sane = {}, avoids = {} }
    for i = 1, n > 1 and p.pairs or 0 do
      local target, seed = (i - 1) % n + 1, 1000 * x.seed + i
      local even, rare = measured(target, 1 / n, seed), measured(target, p.rare, seed)
      rows[i] = { target = codes[target] }
      for name, list in pairs(changes) do
        list[i], rows[i][name], rows[i][name .. "_rare"] = rare[name] - even[name], even[name], rare[name]
      end
    end
    x:table(rows, { caption = "Values by prediction with an even share of the updates, and with a rare one" })
    x:plot(rows, { kind = "points", x = "sane", y = "sane_rare", by = "target", caption = "dNLL above the others'" })
    for name, list in pairs(changes) do
      x:verdict(name, n < 2 and { refused = "one language" } or stats.mean(list, { seed = x.seed }))
    end
  end,
}
