-- Pairs of small models of this family, from one start on the same batches; in one of each, weights over `clip` std of
-- their matrix are pulled back every few steps: a proximal step of a penalty on outliers. Pairs are the units.
return experiment {
  id = "training_intervention", title = "Training intervention",
  asks = "Does a penalty on outlier weights in training make quantization fairer to languages?",
  params = { bits = 3, languages = 4, clip = 2, every = 10, pairs = 10, steps = 120, batch = 4, rate = 1e-2, layers = 2,
    width = 32, sentences = 64 }, -- at 4 bits so small a model loses next to nothing
  quick = { pairs = 3, steps = 20 }, full = { languages = 8, pairs = 24, steps = 2000, batch = 16, width = 96 },
  predicts = {
    kurtosis = { "the penalty lowers the kurtosis of matrices (if not, nothing was varied)", below = 0 },
    price = { "it raises the loss by less than 0.02 nats/byte", below = 0.02 },
    stated = { "naive: it narrows the gap between languages", below = 0 },
    sane = { "sane: it narrows the gap", below = 0 },
    spared = { "sane: it lowers dNLL", below = 0 },
    smooth = { "hidden activations of SwiGLU quantized per token lose less with a scale per channel", below = 0 },
  },
  run = function(p, x)
    local codes = { table.unpack(x.texts:languages(), 1, math.min(p.languages, #x.texts:languages())) }
    local known, held = x.texts:select(codes):aligned():first(p.sentences):halves()
    local n, w, lines, ones, int = #codes, p.width, {}, {}, quant.int { bits = p.bits, per = "token" }
    for i = 1, known:count() do lines[i], ones[i] = known:text(i), 1 end
    local tok = tokenizer.parse(tokenizer.train(lines, { vocab = 384 }))
    local tokens, bytes = tok:encode_corpus(known), tensor.from_table(held:table().bytes):reshape({ n, -1 }):sum(2)
    local config = { model_type = x.model:architecture().family, vocab_size = tok:vocab_size(), n_layer = p.layers,
      num_hidden_layers = p.layers, num_layers = p.layers, n_embd = w, n_embed = w, hidden_size = w, d_model = w,
      n_head = 2, num_attention_heads = 2, attention_heads = 2, num_key_value_heads = 2, head_dim = w // 2,
      intermediate_size = 4 * w, ffn_dim = 4 * w, n_positions = 4096, max_position_embeddings = 4096 }
    local function measured(seed, penalty)
      local m, values = model.new { config = config, seed = seed, tokenizer = tok }, {}
      local draws = tensor.rand(seed, { p.steps, p.batch }):totable()
      for first = 0, p.steps - 1, p.every do
        m = train.run { model = m, steps = math.min(p.every, p.steps - first), warmup = 1, final = 1,
          rate = p.rate * (1 - first / p.steps), batches = function(step)
            local ids = {}
            for i, place in ipairs(draws[first + step]) do ids[i] = tokens:ids(1 + math.floor(place * #lines)) end
            return tokenizer.tokens(ids)
          end }
        for _, matrix in ipairs(penalty and plan.rank(m) or {}) do
          local name, limit = matrix.names[1], p.clip * m:param(matrix.names[1]):std()
          m = m:with_param(name, m:param(name):clamp(-limit, limit))
        end
      end
      local smooth, models = m, { m, m:quantized(quant.naive { bits = p.bits }),
        m:quantized(quant.sane { bits = p.bits }) }
      if m:has("L0.mlp.gate") then
        for _, site in ipairs(m:sites("L*.mlp.hidden")) do
          smooth = smooth:quantize_site(site, int, quant.inputs(m, tokens, { site }, ones)[1]:max_abs() + 1e-9)
        end
        models[4], models[5] = m:quantized_activations { with = int, at = "L*.mlp.hidden" }, smooth
      end
      for k, row in ipairs(sweep { models = models, texts = held }) do
        values[k] = tensor.from_table(row.loss.nll):reshape({ n, -1 }):sum(2) / bytes - (values[1] or 0)
      end
      local scores = table_of(plan.rank(m, { by = "kurtosis" })):column("score")
      return { kurtosis = stats.quantiles(scores, { 0.5 })[1], price = values[1]:mean(),
        stated = values[2]:max() - values[2]:min(), sane = values[3]:max() - values[3]:min(),
        spared = values[3]:mean(), smooth = values[5] and (values[5] - values[4]):mean() }
    end
    local rows, smooth, changes = {}, {}, { kurtosis = {}, price = {}, stated = {}, sane = {}, spared = {} }
    for i = 1, n > 1 and p.pairs or 0 do
      local without, with = measured(1000 * x.seed + i, false), measured(1000 * x.seed + i, true)
      rows[i], smooth[i] = { pair = i, smooth = without.smooth }, without.smooth
      for name, list in pairs(changes) do
        list[i], rows[i][name], rows[i][name .. "_penalty"] = with[name] - without[name], without[name], with[name]
      end
    end
    x:table(rows, { caption = "Values by prediction, without and with the penalty; losses [nats/byte]" })
    x:plot(rows, { kind = "points", x = "sane", y = "sane_penalty", caption = "Gap without and with the penalty" })
    for name, list in pairs(changes) do
      x:verdict(name, n < 2 and { refused = "one language" } or stats.mean(list, { seed = x.seed }))
    end
    x:verdict("smooth", #smooth > 0 and stats.mean(smooth, { seed = x.seed })
      or { not_run = n < 2 and "one language" or "needs a family whose MLP is gated, such as llama" })
  end,
}
