-- A stream's entropy grows with its scale, and it holds what all layers before left. So beside it: what each layer
-- adds, by an entropy that scale does not change (of the correlations of channels), and beside depth, with which both
-- weights and activations change. The decoder is fitted to every second sentence and scored in the others.
return experiment {
  id = "T-001", title = "Information content", asks = "Do layers of high weight variance carry more information?",
  params = { sentences = 8, classes = 12, bins = 1000 },
  quick = { sentences = 4 }, full = { sentences = 104, classes = 32 },
  predicts = {
    entropy = "stream: the binned entropy of activations rises with weight variance",
    loss = { "stream: the held-out loss of a token decoder falls with weight variance", below = 0 },
    own_entropy = "update, beside depth: the entropy of correlations rises with weight variance",
    own_loss = { "update, beside depth: the decoder's loss falls with weight variance", below = 0 },
  },
  run = function(p, x)
    local m, texts, counts, ids, place = x.model, x.texts:first(p.sentences), {}, {}, 0
    local tokens, sentences, variance = sweep.tokens(m, texts), texts:table().sentence, {}
    for _, unit in ipairs(plan.rank(m, { by = "variance", per = "layer" })) do
      variance[unit.layer] = unit.score
    end
    for i = 1, texts:count() do
      for _, id in ipairs(tokens:ids(i)) do
        ids[#ids + 1], counts[id] = not counts[id] and id or nil, (counts[id] or 0) + 1
      end
    end
    table.sort(ids, function(a, b) return counts[a] > counts[b] end)

    -- The most frequent tokens after the first ones: where they are, and which.
    local fit, held = { places = {}, ids = {} }, { places = {}, ids = {} }
    for i = 1, texts:count() do
      local part = sentences[i] % 2 == 1 and fit or held
      for position, id in ipairs(tokens:ids(i)) do
        local known = position > 1 and counts[id] >= (counts[ids[p.classes]] or math.huge)
        place, part.places[#part.places + 1] = place + 1, known and place + 1 or nil
        part.ids[#part.ids + 1] = known and id or nil
      end
    end
    local few = (m:layers() < 6 or math.min(#fit.ids, #held.ids) < 5 * p.classes) and { refused = ("%d layers, %d "
      .. "tokens to decode; 6 and %d are needed"):format(m:layers(), #held.ids, 5 * p.classes) }

    local function decoder_loss(rows)
      local probe = stats.logistic(fit.ids, rows:index(1, fit.places), { penalty = 10, standardize = true })
      local logits, column, sum = rows:index(1, held.places):matmul(probe.coefficients:t()) + probe.intercepts, {}, 0
      for c, id in ipairs(probe.classes) do
        column[id] = c
      end
      for i, row in ipairs(logits:log_softmax(2):totable()) do
        sum = sum - (row[column[held.ids[i]]] or 0)
      end
      return sum / #held.ids
    end

    local rows = {}
    for layer = 0, few and -1 or m:layers() - 1 do
      local before, after = ("L%d.resid.pre"):format(layer), ("L%d.resid.post"):format(layer)
      local seen = m:capture(texts, { before, after })
      local stream = tensor.cat(seen[after], 1):to("float64")
      local update = stream - tensor.cat(seen[before], 1)
      local low, high, width = stream:min(), stream:max(), stream:size(2)
      local unit = (update - update:mean(1, true)) / (update:std(1, true) + 1e-30)
      rows[layer + 1] = { layer = layer, variance = variance[layer], loss = decoder_loss(stream),
        entropy = stats.entropy(stats.histogram(stream, { low = low, high = high, bins = p.bins }):counts())
          + math.log((high - low) / p.bins), own_loss = decoder_loss(update),
        own_entropy = stats.gaussian_entropy(unit:t():matmul(unit) / unit:size(1) + tensor.eye(width) * 1e-6) / width }
    end
    local t = table_of(rows, { columns = { "layer", "variance", "entropy", "loss", "own_entropy", "own_loss" },
      caption = "Entropies [nats per channel] and held-out decoder loss [nats/token] of stream and update" })
    x:table(t, t)
    x:plot(rows, { kind = "points", x = "variance", y = { "loss", "own_loss" }, caption = "Decoder loss [nats/token]" })
    for name in pairs(x.experiment.predicts) do
      x:verdict(name, few or (name:find("own") and stats.partial_correlation(t:column("variance"), t:column(name),
        { depth = t:column("layer") }, { permutations = 2000, seed = x.seed })) or stats.correlation(
          t:column("variance"), t:column(name), { seed = x.seed }))
    end
  end,
}
