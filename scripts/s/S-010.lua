-- A stream is a function of the one before: what is lost never returns, what is easy to read can. Measures: mutual
-- information with the embeddings in a few random directions (blind to others), entropy rank (counts noise), and which
-- tokens a linear probe tells: fitted to every second sentence, measured in the others. First tokens are left out.
return experiment {
  id = "S-010", title = "Information bottleneck", asks = "Does the layer at 75 % depth compress?",
  params = { sentences = 12, directions = 4, classes = 12, resamples = 1000 },
  quick = { sentences = 8 }, full = { sentences = 104, classes = 32 },
  predicts = {
    stated = { "mutual information with the embeddings is lowest at 2/3 to 5/6 of depth", within = { 2 / 3, 5 / 6 } },
    rank = { "the entropy rank is lowest at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    sane = { "the share of tokens that a probe tells there is below 95 % of the least elsewhere", below = 0.95 },
  },
  run = function(p, x)
    local m, texts, counts, ids, place = x.model, x.texts:first(p.sentences):aligned(), {}, {}, 0
    local layers, tokens, count = m:layers(), sweep.tokens(m, texts), texts:count() // #texts:languages()
    local odd, even, fewest = { all = {}, ids = {}, known = {}, labels = {} }, {}, math.huge -- parts of the sentences
    for i = 1, texts:count() do
      local s = (i - 1) % count + 1
      even[s // 2] = even[s // 2] or { all = {}, ids = {}, known = {}, labels = {} }
      for position, id in ipairs(tokens:ids(i)) do
        local part = s % 2 == 1 and odd or even[s // 2] -- without first tokens
        place, ids[#ids + 1], counts[id] = place + 1, not counts[id] and id or nil, (counts[id] or 0) + 1
        part.all[#part.all + 1], part.ids[#part.ids + 1] = position > 1 and place or nil, position > 1 and id or nil
      end
    end
    table.sort(ids, function(a, b) return counts[a] > counts[b] end)
    even[0] = odd
    for i, part in pairs(even) do -- the most frequent ids: places and labels
      for k, id in ipairs(part.ids) do
        local known = counts[id] >= (counts[ids[p.classes]] or math.huge)
        part.known[#part.known + 1], part.labels[#part.labels + 1] = known and part.all[k] or nil, known and id or nil
      end
      fewest = i > 0 and math.min(fewest, #part.known) or fewest
    end
    local few = layers < 7 and "fewer than 7 layers" or #even < 3 and "fewer than 6 sentences"
      or fewest < p.classes and ("a sentence with %d frequent tokens; %d are needed"):format(fewest, p.classes)
    for name in pairs(few and x.experiment.predicts or {}) do x:verdict(name, { refused = few }) end
    if few then return end
    local function activations(site) return tensor.cat(m:capture(texts, site)[site], 1):to("float64") end
    local directions = tensor.randn(x.seed, m:architecture().width, p.directions):to("float64")
    local embedded, mi, rank, share, rows = activations("embed"):matmul(directions), {}, {}, {}, {}
    for layer = 1, layers do
      local here = activations(("L%d.resid.post"):format(layer - 1))
      local probe = stats.logistic(odd.labels, here:index(1, odd.known), { penalty = 10, standardize = true })
      mi[layer], rank[layer], share[layer] = {}, {}, {}
      for i, part in ipairs(even) do
        local all, logits = here:index(1, part.all), here:index(1, part.known):matmul(probe.coefficients:t())
        local told = tensor.from_table(probe.classes):index(1, (logits + probe.intercepts):argmax(2))
        share[layer][i] = told:eq(tensor.from_table(part.labels)):to("float64"):mean()
        rank[layer][i] = math.exp(stats.entropy(stats.covariance(all):eigenvalues()))
        mi[layer][i] = stats.mutual_information(all:matmul(directions), embedded:index(1, part.all))
      end
      rows[layer] = { layer = layer - 1, mi = stats.mean(mi[layer]), rank = stats.mean(rank[layer]),
        share = stats.mean(share[layer]) }
    end
    x:table(rows, { columns = { "layer", "mi", "rank", "share" },
      caption = "Mutual information [nats], entropy rank, share of frequent tokens told; over sentences" })
    x:plot(rows, { x = "layer", y = { "mi", "share" }, caption = "Information after each layer" })

    -- What a statistic of [draws, layers] says: of the data, and of resamples of the sentences.
    local draws = tensor.cat { tensor.ones(1, #even):to("float64"), stats.resample_counts(#even, p.resamples, x.seed) }
    local function effect(by_layer, statistic)
      local values = statistic(draws:matmul(tensor.from_table(by_layer, "float64"):t())):totable()
      local bounds = stats.quantiles(values, { 0.025, 0.975 })
      return { estimate = values[1], low = bounds[1], high = bounds[2], n = #even, level = 0.95 }
    end
    x:verdict("stated", effect(mi, function(values) return (values:argmin(2) - 1) / layers end))
    x:verdict("rank", effect(rank, function(values) return (values:argmin(2) - 1) / layers end))
    x:verdict("sane", effect(share, function(values)
      local from, to = math.ceil(2 * layers / 3) + 1, math.floor(5 * layers / 6) + 1
      local elsewhere = tensor.cat({ values:slice(2, 1, from - 1), values:slice(2, to + 1, -1) }, 2)
      return values:slice(2, from, to):min(2) / elsewhere:min(2)
    end))
  end,
}
