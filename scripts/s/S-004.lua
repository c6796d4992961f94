-- What is lost when a layer adds nothing to the residual stream (zero ablation), or only its mean (mean ablation).
-- Means and the cost of INT4 come from other sentences than those tested. Layers are the units of inference.
local divergence = require("residua.divergence")

return experiment {
  id = "S-004", title = "Residual stream contribution",
  asks = "Do critical layers contribute most to the output, and unevenly by language?",
  params = { bits = 4, sentences = 8 },
  quick = { sentences = 6 }, full = { sentences = 96 },
  predicts = {
    stated = "zero ablation: L0, L(75 %) and the last layer rank above the others in dNLL",
    needed = "mean ablation: the more INT4 in a layer costs, the greater the KL without it",
    uneven_stated = "mean ablation: the more INT4 costs, the wider the spread of KL over languages",
    uneven = "mean ablation: the more INT4 costs, the wider the spread over the layer's KL, less sampling noise",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local codes, known, held = texts:languages(), texts:halves()
    if layers < 5 then return x:not_run("fewer than 5 layers") end
    if held:count() < 2 * #codes then return x:not_run("fewer than 3 sentences") end
    local cost = search.sensitivity({ model = m, texts = known, with = quant.sane { bits = p.bits } },
      { direction = "quantize" }).scores
    local means = m:capture(known, { "L*.attn.out", "L*.mlp.out" }, { reduce = "mean" })
    local zero, mean = { m }, {}
    for i = 1, layers do
      local attn, mlp = ("L%d.attn.out"):format(i - 1), ("L%d.mlp.out"):format(i - 1)
      zero[i + 1] = m:ablated { at = { attn, mlp } }
      mean[i] = m:ablated { at = attn, value = means[attn]:mean(1) }:ablated { at = mlp, value = means[mlp]:mean(1) }
    end
    local losses, rows, cells, standing = sweep { models = zero, texts = held }, {}, {}, {}
    for i, changed in ipairs(mean) do
      local kl = divergence.compare(m, changed, held, { seed = x.seed, resamples = 200 })
      local by_sentence = tensor.from_table(kl:by_text(), "float64"):reshape({ #codes, -1 })
      -- What varies over languages in odd and in even sentences alike is no noise of theirs.
      local odd = by_sentence:index(2, range(1, by_sentence:size(2), 2)):sum(2)
      local even = by_sentence:sum(2) - odd
      local shared = stats.shared_variance(odd:totable(), even:totable()).estimate
      rows[i] = { layer = "L" .. i - 1, int4 = cost[i - 1], named = i == 1 or i == layers or i - 1 == layers * 3 // 4,
        zero = losses[i + 1].loss:mean() - losses[1].loss:mean(), mean = kl.all.ln_ppl_ratio, kl = kl.all.mean_kld,
        total = kl.all.mean_kld.estimate, spread = by_sentence:mean(2):std(),
        relative = shared / (odd:mean() * even:mean() + 1e-12),
        collapsed = kl.all.ppl.estimate > m:architecture().vocab / 2 }
      standing[#standing + 1] = not rows[i].collapsed and rows[i].total > 0 and rows[i] or nil
      for _, row in ipairs(kl.rows) do
        cells[#cells + 1] = { layer = rows[i].layer, language = row.language,
          dnll = not rows[i].collapsed and row.ln_ppl_ratio.estimate or nil,
          kl = math.log(math.max(row.mean_kld.estimate, 1e-12)) }
      end
    end
    for i, rank in ipairs(stats.ranks(table_of(rows):column("zero"))) do
      rows[i].rank = rank
    end
    x:table(rows, { caption = "A layer under INT4, zero and mean ablation: dNLL, KL of the latter [nats/token]; its "
      .. "spread over languages [nats/sentence], and shared by odd and even sentences, over KL, squared",
      columns = { "layer", "int4", "zero", "mean", "kl", "spread", "relative", "collapsed" } })
    local caption = " under mean ablation of a layer [nats/token]"
    x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "kl",
      caption = "ln KL of the output" .. caption })
    if #standing > 0 then -- collapsed layers are left out
      x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "dnll", caption = "dNLL" .. caption })
    end
    local function with_cost(column, of)
      return stats.correlation(table_of(of):column("int4"), table_of(of):column(column), { seed = x.seed })
    end
    x:verdict("stated", stats.contrast(rows, { value = "rank", by = "named", of = true, seed = x.seed }))
    x:verdict("needed", with_cost("total", rows))
    if #codes < 3 then return x:not_run("fewer than 3 languages") end
    if #standing < 5 then return x:refuse("fewer than 5 layers stand it") end
    x:verdict("uneven_stated", with_cost("spread", standing))
    x:verdict("uneven", with_cost("relative", standing))
  end,
}
