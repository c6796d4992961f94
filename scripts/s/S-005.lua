-- A stream holds what earlier layers left there, and languages differ at every depth: both tie any two layers. So also
-- what each layer adds, within each language, less what the length of a sentence explains (the first token's share of a
-- mean). Two functions of a sentence always share something; a pair of its own, more than L0 and any between.
return experiment {
  id = "S-005", title = "Cross-layer correlation", asks = "Is the first layer tied to the last one?",
  params = { sentences = 32, shuffles = 199 },
  quick = { sentences = 16 }, full = { sentences = 104, shuffles = 999 },
  predicts = {
    stated = "stream, all texts together: CKA(L0, last) is above that of shuffled texts",
    sane = "updates within languages: CKA(L0, last) is above that of shuffled sentences",
    tied = "updates within languages: CKA(L0, last) is above CKA(L0, any layer between)",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local last, count, stream, updates, residual = m:layers() - 1, texts:count() // #texts:languages(), {}, {}, {}
    local means = m:capture(texts, { "L*.resid.pre", "L*.resid.post" }, { reduce = "mean" })
    local shares = tensor.from_table(sweep.tokens(m, texts):lengths(), "float64"):reshape({ -1, count, 1 }) ^ -1
    for layer = 0, last do
      local before, after = means[("L%d.resid.pre"):format(layer)], means[("L%d.resid.post"):format(layer)]
      stream[layer], updates[layer] = { after }, {}
      for i = 1, #texts:languages() do
        local z = shares:select(1, i) - shares:select(1, i):mean()
        residual[i] = residual[i] or tensor.eye(count) - 1 / count - z:matmul(z:t()) / ((z ^ 2):sum() + 1e-30)
        updates[layer][i] = residual[i]:matmul((after - before):narrow(1, (i - 1) * count + 1, count))
      end
    end
    -- Mean over languages (of the stream: all at once); texts are paired as listed.
    local function cka(by_layer, a, b, of_a, of_b)
      local sum = 0
      for i, rows in ipairs(by_layer[a]) do
        sum = sum + stats.linear_cka(rows:index(1, of_a), by_layer[b][i]:index(1, of_b))
      end
      return sum / #by_layer[a]
    end
    local own, every, cells = range(1, count), range(1, texts:count()), {}
    for i = 0, count > 3 and (last + 1) * (last + 1) - 1 or -1 do
      local a, b = i // (last + 1), i % (last + 1)
      cells[i + 1] = { layer = a, other = b, cka = cka(updates, a, b, own, own),
        cosine = stats.mean_cosine(tensor.cat(updates[a], 1), tensor.cat(updates[b], 1)),
        stream = a == 0 and cka(stream, a, b, every, every) or nil }
    end
    x:table({ table.unpack(cells, 1, last + 1) }, { columns = { "other", "cka", "cosine", "stream" },
      caption = "L0 and others: CKA and mean cosine of updates within languages; CKA of the stream of all texts" })
    x:plot(cells, { kind = "heat", x = "layer", y = "other", value = "cka", caption = "CKA of updates" })

    -- CKA(L0, last) less that of shuffled texts; the interval is theirs.
    local function against_shuffled(by_layer, of)
      local found, gaps, reached = cka(by_layer, 0, last, of, of), {}, 1
      for i = 1, p.shuffles do
        gaps[i] = found - cka(by_layer, 0, last, of, stats.shuffled(of, x.seed + i))
        reached = reached + (gaps[i] <= 0 and 1 or 0)
      end
      local low, middle, high = table.unpack(stats.quantiles(gaps, { 0.025, 0.5, 0.975 }))
      return { estimate = middle, low = low, high = high, p = reached / (1 + p.shuffles), n = count }
    end
    -- The same less the greatest of the layers between; the interval is the jackknife's, leaving out a sentence.
    local function against_between()
      local whole, pseudo = nil, {}
      for out = count + 1, 1, -1 do -- first none
        local kept, greatest = range(1, count), -1
        table.remove(kept, out)
        for layer = 1, last - 1 do
          greatest = math.max(greatest, cka(updates, 0, layer, kept, kept))
        end
        local difference = cka(updates, 0, last, kept, kept) - greatest
        whole, pseudo[out] = whole or difference, out <= count and count * whole - (count - 1) * difference or nil
      end
      return stats.mean(pseudo, { seed = x.seed })
    end
    local few = (last < 3 or count < 8) and { refused = last + 1 .. " layers, " .. count .. " sentences; 4, 8 needed" }
    x:verdict("stated", few or against_shuffled(stream, every))
    x:verdict("sane", few or against_shuffled(updates, own))
    x:verdict("tied", few or against_between())
  end,
}
