-- A stream holds what earlier layers left there, and languages differ at every depth: both tie any two layers. So also
-- what each layer adds, within each language, less what the length of a sentence explains (the first token's share of a
-- mean). Two functions of a sentence always share something; a pair of its own, more than L0 and any between.
-- Effects: first two: above shuffled pairs, in brackets over shuffles; third: a jackknife's, less its bias.
return experiment {
  id = "S-005", title = "Cross-layer correlation",
  asks = "Is the first layer tied to the last one?",
  params = { sentences = 32, shuffles = 199 },
  quick = { sentences = 16 }, full = { sentences = 104, shuffles = 999 },
  predicts = {
    stated = "stream, all texts together: CKA(L0, last) is above that of shuffled texts",
    sane = "updates within languages: CKA(L0, last) is above that of shuffled sentences",
    tied = "updates within languages: CKA(L0, last) is above CKA(L0, any layer between)",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local last, languages = m:layers() - 1, #texts:languages()
    local count = texts:count() // languages
    if last < 3 or count < 8 then
      return x:not_run(("%d layers, %d sentences; 4 and 8 are needed"):format(last + 1, count))
    end
    local means = m:capture(texts, { "L*.resid.pre", "L*.resid.post" }, { reduce = "mean" })
    local stream, updates = {}, {} -- by layer; updates [languages, sentences, width]
    for layer = 0, last do
      stream[layer] = means[("L%d.resid.post"):format(layer)]
      updates[layer] = capture.without_length(m, texts, stream[layer] - means[("L%d.resid.pre"):format(layer)])
    end

    -- Mean over languages of the CKA of two layers' updates, in some sentences and those paired with them.
    local function cka(a, b, sentences, partners)
      local one, other, sum = updates[a]:index(2, sentences), updates[b]:index(2, partners or sentences), 0
      for i = 1, languages do
        sum = sum + stats.linear_cka(one:select(1, i), other:select(1, i))
      end
      return sum / languages
    end
    local rows, cells, every = {}, {}, range(1, count)
    for a = 0, last do
      for b = 0, last do
        cells[#cells + 1] = { layer = a, other = b, cka = cka(a, b, every) }
      end
      rows[a + 1] = { layer = a, cka = cells[a + 1].cka, stream = stats.linear_cka(stream[0], stream[a]),
        cosine = stats.mean_cosine(updates[0]:reshape(texts:count(), -1), updates[a]:reshape(texts:count(), -1)) }
    end
    x:table(rows, { caption = "L0 and others: CKA and mean cosine of updates within languages; CKA of the stream",
      columns = { "layer", "cka", "cosine", "stream" } })
    x:plot(cells, { kind = "heat", x = "layer", y = "other", value = "cka", caption = "CKA of updates" })
    local opts = { shuffles = p.shuffles, seed = x.seed }
    x:verdict("stated", stats.against_shuffled(texts:count(), function(order)
      return stats.linear_cka(stream[0], stream[last]:index(1, order))
    end, opts))
    x:verdict("sane", stats.against_shuffled(count, function(order) return cka(0, last, every, order) end, opts))
    x:verdict("tied", stats.jackknife(count, function(left)
      local greatest = -1
      for layer = 1, last - 1 do
        greatest = math.max(greatest, cka(0, layer, left))
      end
      return cka(0, last, left) - greatest
    end, { seed = x.seed }))
  end,
}
