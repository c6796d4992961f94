-- What is lost when a layer adds nothing to the residual stream (zero ablation), or only its mean (mean ablation).
-- Means and the cost of INT4 come from other sentences than those tested. Layers are the units of inference.
local divergence = require("residua.divergence")

return experiment {
  id = "S-004", title = "Residual stream contribution",
  asks = "Do critical layers contribute most to the output, and unevenly by language?",
  params = { bits = 4, sentences = 8 },
  quick = { sentences = 4 },
  full = { sentences = 96 },
  predicts = {
    stated = "zero ablation: L0, L(75 %) and the last layer rank above the others in dNLL",
    needed = "mean ablation: the more INT4 in a layer costs, the greater the KL without it",
    uneven_stated = "mean ablation: the more INT4 costs, the wider the spread of KL over languages",
    uneven = "the same for the spread relative to the layer's own KL, and less sampling noise",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, layers, count = texts:languages(), m:layers(), texts:count() // #texts:languages()
    local few = count < 4 and "fewer than 4 sentences" or layers < 5 and "fewer than 5 layers"
    local known, held = texts:slice(1, (count + 1) // 2), texts:slice(math.min(count, (count + 3) // 2), count)
    local means = m:capture(known, { "L*.attn.out", "L*.mlp.out" }, { reduce = "mean" })
    local weights = tensor.from_table({ sweep.tokens(m, known):lengths() }):to("float64")
    local cost = search.sensitivity { model = m, texts = known, with = quant.sane { bits = p.bits } }

    local models, mean = { m }, {}
    for layer = 1, layers do
      mean[layer], models[layer + 1] = m, m
      for _, site in ipairs { ("L%d.attn.out"):format(layer - 1), ("L%d.mlp.out"):format(layer - 1) } do
        local value = (weights:matmul(means[site]) / weights:sum()):reshape({ -1 }):to("float32")
        mean[layer] = mean[layer]:ablated { at = site, value = value }
        models[layer + 1] = models[layer + 1]:ablated { at = site }
      end
    end
    local zero, rows, cells, standing, ends, others = sweep { models = models, texts = held }, {}, {}, {}, {}, {}
    for layer = 1, layers do
      local kl, sums = divergence.compare(m, mean[layer], held, { seed = x.seed, resamples = 200 }), {}
      for i = 1, held:count() do
        sums[i] = tensor.from_table(kl:of_text(i).kld, "float64"):sum()
      end
      -- KL by language from every other sentence and from the rest, which share no noise: what varies in both alike.
      local by_sentence = tensor.from_table(sums):reshape({ #codes, -1 })
      local a = by_sentence:index(2, range(1, by_sentence:size(2), 2)):sum(2)
      local b = by_sentence:sum(2) - a
      rows[layer] = { layer = "L" .. layer - 1, int4 = cost[layer].when_quantized.estimate, mean = kl.all.ln_ppl_ratio,
        kl = kl.all.mean_kld, zero = zero[layer + 1].loss:mean() - zero[1].loss:mean(),
        total = kl.all.mean_kld.estimate, spread = by_sentence:mean(2):std(),
        relative = ((a / a:mean() - 1) * (b / b:mean() - 1)):sum() / (#codes - 1),
        collapsed = kl.all.ppl.estimate > m:architecture().vocab / 2 }
      standing[#standing + 1] = not rows[layer].collapsed and rows[layer].total > 0 and rows[layer] or nil
      for i, code in ipairs(codes) do
        cells[#cells + 1] = { layer = "L" .. layer - 1, language = code, kl = kl.rows[i].mean_kld.estimate }
      end
    end
    x:table(rows, { caption = "A layer under INT4, zero and mean ablation: dNLL, KL [nats/token]; spread by language",
      columns = { "layer", "int4", "zero", "mean", "kl", "spread", "relative", "collapsed" } })
    x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "kl",
      caption = "KL of the output under mean ablation of a layer [nats/token]" })
    for i, rank in ipairs(stats.ranks(table_of(rows):column("zero"))) do
      table.insert((i == 1 or i == layers or i - 1 == math.floor(0.75 * layers)) and ends or others, rank)
    end
    local function with_cost(column, list, why)
      local t = table_of(list)
      return why and { refused = why } or stats.correlation(t:column("int4"), t:column(column), { seed = x.seed })
    end
    local why = few or #codes < 3 and "fewer than 3 languages" or #standing < 5 and "fewer than 5 layers stand it"
    x:verdict("stated", few and { refused = few } or stats.difference(ends, others, { seed = x.seed }))
    x:verdict("needed", with_cost("total", rows, few))
    x:verdict("uneven_stated", with_cost("spread", standing, why))
    x:verdict("uneven", with_cost("relative", standing, why))
  end,
}
