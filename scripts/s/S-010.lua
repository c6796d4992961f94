-- A stream is a function of the one before: what is lost never returns, what is easy to read can. Measures: mutual
-- information with the embeddings, both on principal components (blind to the rest), entropy rank (counts noise), and
-- which of the frequent tokens a linear probe tells that was fitted to other sentences. First tokens are left out.
return experiment {
  id = "S-010", title = "Information bottleneck",
  asks = "Does the layer at 75 % depth compress?",
  params = { sentences = 12, components = 4, classes = 12, resamples = 1000 },
  quick = { sentences = 8 }, full = { sentences = 104, classes = 32 },
  predicts = {
    stated = { "mutual information with the embeddings is lowest at 2/3 to 5/6 of depth", within = { 2 / 3, 5 / 6 } },
    rank = { "the entropy rank is lowest at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    sane = { "tokens that a probe tells at 2/3 to 5/6 of depth: below 95 % of the least elsewhere", below = 0.95 },
  },
  run = function(p, x)
    local m, layers = x.model, x.model:layers()
    local known, held = x.texts:first(p.sentences):aligned():halves()
    local count, ids = held:count() // #held:languages(), capture.frequent(m, known, p.classes)
    if layers < 7 or count < 3 or #ids < p.classes then
      return x:not_run(("%d layers, %d sentences to test by, %d different tokens; 7, 3, %d are needed"):format(layers,
        count, #ids, p.classes))
    end
    local sites, probes = m:sites("L*.resid.post"), {}
    for layer, site in ipairs(sites) do
      local seen, labels = capture.labelled(m, known, site, { ids = ids })
      probes[layer] = stats.logistic(labels, seen[site], { penalty = 10, standardize = true })
    end
    local mi, rank, share = {}, {}, {} -- by held-out sentence and layer
    for s = 1, count do
      local sentence = held:slice(s, s)
      local seen = capture.labelled(m, sentence, { "embed", "L*.resid.post" })
      local frequent, labels = capture.labelled(m, sentence, sites, { ids = ids })
      if #labels < p.classes then
        return x:not_run(("a sentence has %d frequent tokens; %d are needed"):format(#labels, p.classes))
      end
      local embedded = stats.principal_components(seen.embed, p.components)
      mi[s], rank[s], share[s] = {}, {}, {}
      for layer, site in ipairs(sites) do
        mi[s][layer] = stats.mutual_information(stats.principal_components(seen[site], p.components), embedded)
        rank[s][layer] = math.exp(stats.entropy(stats.covariance(seen[site]):eigenvalues()))
        share[s][layer] = probes[layer]:accuracy(frequent[site], labels)
      end
    end

    local draws, profiles, rows = stats.draws(count, p.resamples, x.seed) / count, {}, {}
    for name, values in pairs { mi = mi, rank = rank, share = share } do
      profiles[name] = draws:matmul(tensor.from_table(values, "float64"))
      for layer = 1, layers do
        rows[layer] = rows[layer] or { layer = layer - 1 }
        rows[layer][name] = stats.from_draws(profiles[name]:column(layer), { n = count })
      end
    end
    x:table(rows, { columns = { "layer", "mi", "rank", "share" },
      caption = "Mutual information [nats], entropy rank (of variances), share of tokens that a probe tells" })
    x:plot(rows, { x = "layer", y = "share", caption = "Share of tokens that a probe tells", y_label = "share" })
    x:verdict("stated", stats.peak(profiles.mi, { n = count, least = true }))
    x:verdict("rank", stats.peak(profiles.rank, { n = count, least = true }))
    x:verdict("sane", stats.dip(profiles.share, { n = count, from = 2 / 3, to = 5 / 6 }))
  end,
}
