-- Where in depth do languages represent the same sentence most alike? Every measure beside the same on shuffled pairs.
-- Long sentences are long in all languages: what length explains of a mean over tokens is no likeness of meaning.
return experiment {
  id = "T-009", title = "Representation convergence",
  asks = "Are languages most similar at 75 % depth?",
  params = { sentences = 48, resamples = 1000 },
  quick = { sentences = 24 }, full = { sentences = 104 },
  predicts = {
    peak_cosine = { "centred cosine peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    peak_retrieval = { "retrieval of the parallel sentence peaks at 2/3 to 5/6", within = { 2 / 3, 5 / 6 } },
    above_null = "at 75 % depth parallel sentences are closer than shuffled ones",
  },
  run = function(p, x)
    local texts, layers = x.texts:first(p.sentences):aligned(), x.model:layers()
    local languages = #texts:languages()
    local count = texts:count() // languages
    if layers < 4 or languages < 2 or count < 4 then
      return x:not_run(("%d layers, %d languages, %d sentences; 4, 2, 4 are needed"):format(layers, languages, count))
    end
    local means = x.model:capture(texts, "L*.resid.post", { reduce = "mean" })

    -- By sentence its cosine and whether it is the nearest one; and CKA.
    local function similarity(a, b)
      local cosines = (a / (a:norm(2, true) + 1e-30)):matmul((b / (b:norm(2, true) + 1e-30)):t())
      local own = (cosines * tensor.eye(count)):sum(2)
      return { cosine = own, retrieval = own:ge(cosines:max(2)):to("float64"), cka = stats.linear_cka(a, b) }
    end
    local function mean_over_pairs(all, order)
      local means_of = {}
      for i = 1, languages do
        for j = i + 1, languages do
          for name, value in pairs(similarity(all:select(1, i), all:select(1, j):index(1, order))) do
            means_of[name] = value * 2 / (languages * (languages - 1)) + (means_of[name] or 0)
          end
        end
      end
      return means_of
    end

    local rows, cosine, retrieval, above = {}, {}, {}, {}
    local parallel, shuffled = range(1, count), stats.shuffled(range(1, count), x.seed)
    for layer = 1, layers do
      local all = capture.without_length(x.model, texts, means[("L%d.resid.post"):format(layer - 1)])
      local own, null = mean_over_pairs(all, parallel), mean_over_pairs(all, shuffled)
      cosine[layer], retrieval[layer], above[layer] = own.cosine, own.retrieval, own.cosine - null.cosine
      rows[layer] = { layer = layer - 1, cosine = own.cosine:mean(), cosine_shuffled = null.cosine:mean(),
        retrieval = own.retrieval:mean(), retrieval_shuffled = null.retrieval:mean(), cka = own.cka,
        cka_shuffled = null.cka }
    end
    x:table(rows, { caption = ("Similarity of %d languages over %d sentences"):format(languages, count),
      columns = { "layer", "cosine", "cosine_shuffled", "retrieval", "retrieval_shuffled", "cka", "cka_shuffled" } })
    x:plot(rows, { x = "layer", y = { "cosine", "retrieval", "cka" }, caption = "Similarity of parallel sentences" })
    local draws = stats.draws(count, p.resamples, x.seed)
    x:verdict("peak_cosine", stats.peak(draws:matmul(tensor.stack(cosine, 2)), { n = count }))
    x:verdict("peak_retrieval", stats.peak(draws:matmul(tensor.stack(retrieval, 2)), { n = count }))
    x:verdict("above_null", stats.mean(above[3 * layers // 4 + 1]:totable(), { seed = x.seed }))
  end,
}
