-- Where in depth do languages represent the same sentence most alike? Every measure beside the same on shuffled pairs.
return experiment {
  id = "T-009", title = "Representation convergence",
  asks = "Are languages most similar at 75 % depth?",
  params = { sentences = 48, resamples = 1000 },
  full = { sentences = 104 },
  predicts = {
    peak_cosine = { "centred cosine peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    peak_retrieval = { "retrieval of the parallel sentence peaks at 2/3 to 5/6", within = { 2 / 3, 5 / 6 } },
    above_null = "at 75 % depth parallel sentences are closer than shuffled ones",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local languages, layers = #texts:languages(), m:layers()
    local count = texts:count() // languages
    local means = m:capture(texts, "L*.resid.post", { reduce = "mean" })
    local draws = stats.draws(count, p.resamples, x.seed) / count
    local shuffled = stats.shuffled(range(1, count), x.seed)

    -- Rows less their mean, of length 1: then a product of two is their centred cosine.
    local function unit_rows(rows)
      local centred = rows - rows:mean(1):reshape({ 1, -1 })
      return centred / (centred ^ 2):sum(2):sqrt():reshape({ -1, 1 })
    end

    -- Per sentence, averaged over all pairs of languages: cosine, the same for shuffled pairs, and retrieval hits.
    local function similarity(layer)
      local site, rows, raw = means[("L%d.resid.post"):format(layer)], {}, {}
      for i = 1, languages do
        raw[i] = site:narrow(1, (i - 1) * count + 1, count)
        rows[i] = unit_rows(raw[i])
      end
      local cosine, null, hits, cka, pairs_seen = 0, 0, 0, 0, 0
      for i = 1, languages do
        for j = i + 1, languages do
          local products = rows[i]:matmul(rows[j]:t())
          local own = (rows[i] * rows[j]):sum(2)
          cosine = own + cosine
          null = (rows[i] * rows[j]:index(1, shuffled)):sum(2) + null
          hits = own:ge(products:max(2)):to("float64") + hits
          cka = cka + stats.linear_cka(raw[i], raw[j])
          pairs_seen = pairs_seen + 1
        end
      end
      return { cosine = cosine / pairs_seen, null = null / pairs_seen, hits = hits / pairs_seen,
        cka = cka / pairs_seen, cka_null = stats.linear_cka(raw[1], raw[2]:index(1, shuffled)) }
    end

    local rows, profiles = {}, { cosine = {}, hits = {} }
    local at_75, deepest = nil, math.floor(0.75 * layers)
    for layer = 0, layers - 1 do
      local s = similarity(layer)
      profiles.cosine[layer + 1], profiles.hits[layer + 1] = s.cosine, s.hits
      at_75 = layer == deepest and s or at_75
      rows[layer + 1] = { layer = "L" .. layer, cosine = s.cosine:mean(), cosine_shuffled = s.null:mean(),
        retrieval = s.hits:mean(), retrieval_chance = 1 / count, cka = s.cka, cka_shuffled = s.cka_null }
    end
    x:table(rows, { caption = ("Similarity of %d languages over %d parallel sentences"):format(languages, count),
      columns = { "layer", "cosine", "cosine_shuffled", "retrieval", "retrieval_chance", "cka", "cka_shuffled" } })

    x:plot(rows, { x = "layer", y = { "cosine", "cosine_shuffled", "retrieval" }, y_label = "similarity, share of hits",
      caption = "Similarity of parallel and of shuffled sentences over depth" })

    -- Depth of the highest layer (layer / layers), in the data and in resamples of the sentences.
    local function peak(profile)
      local place = draws:matmul(tensor.stack(profile, 2)):argmax(2):to("float64")
      return stats.from_draws((place - 1) / layers, { n = count })
    end
    x:verdict("peak_cosine", peak(profiles.cosine))
    x:verdict("peak_retrieval", peak(profiles.hits))
    x:verdict("above_null", stats.paired_difference(at_75.cosine:totable(), at_75.null:totable(), { seed = x.seed }))
  end,
}
