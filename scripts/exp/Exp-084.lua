-- INT4 activations with static clips from the first half of the sentences: common to all languages, each language's
-- own, or the mean of these (LA-ACIQ). Beside them clips per token, and mixed bits: more for the sites that err most.
return experiment {
  id = "Exp-084", title = "Language-aware clipping", asks = "Do clips per language make INT4 activations fairer?",
  params = { at = "L*.*.in", bits = 4, weights = 0, sentences = 12 }, -- weights: their bits; 0 leaves them as they are
  quick = { sentences = 6 }, full = { sentences = 32 },
  predicts = {
    stated = { "ACIQ (Laplace): own clips change the gap of the common one by -30 to -50 %", within = { -50, -30 } },
    weighted = { "ACIQ (Laplace): the language-weighted clip changes the gap by -30 to -50 %", within = { -50, -30 } },
    own = { "MSE search: own clips lower the gap of the common one", below = 0 },
    adaptive = { "clips per token lower the gap of the common clip by MSE search", below = 0 },
    mixed = { "mixed precision lowers the gap of the common clip by MSE search", below = 0 },
  },
  run = function(p, x)
    local m = p.weights > 0 and x.model:quantized(quant.sane { bits = p.weights }) or x.model
    local texts = x.texts:first(p.sentences):aligned()
    local codes, sites, known, held = texts:languages(), m:sites(p.at), texts:halves()
    if held:count() < 3 * #codes or #codes < 3 then return x:not_run("fewer than 5 sentences or 3 languages") end

    local models, rows, found = {}, {}, {}
    local function add(rule, scope, way)
      rows[#rows + 1], models[#models + 1] = { rule = rule, scope = scope }, way
    end
    for _, rule in ipairs { "aciq_gauss", "aciq_laplace", "kurtosis_rule", "mse" } do
      local clips, own = quant.clips_by_language(m, known, p.at, { rule = rule, bits = p.bits }), {}
      for _, code in ipairs(codes) do own[code] = m:clipped(clips[code], p.bits) end
      add(rule, "common", m:clipped(clips.common, p.bits))
      add(rule, "own", own)
      add(rule, "weighted", m:clipped(clips.weighted, p.bits))
    end
    add("absmax", "token", m:quantized_activations { at = p.at, with = quant.int { bits = p.bits, per = "token" } })

    local seen, sqnr, bits, clips = m:capture(known, sites), {}, {}, {}
    for i, site in ipairs(sites) do
      seen[site] = tensor.cat(seen[site], 1)
      sqnr[i] = quant.int { bits = p.bits, per = "tensor", clip = "mse" }:error(seen[site]).sqnr
    end
    local middle = stats.quantiles(sqnr, { 0.5 })[1]
    for i, site in ipairs(sites) do
      bits[site] = p.bits + (sqnr[i] < middle and 1 or sqnr[i] > middle and -1 or 0)
      clips[site] = quant.clip_value(seen[site], { rule = "mse", bits = bits[site] })
    end
    add("mse", "mixed", m:clipped(clips, bits))
    local losses, base = sweep.by_language(models, held), x.model:loss(held)
    for j, row in ipairs(rows) do
      local d = disparity.of(base, losses[j], m:architecture().vocab, { seed = x.seed })
      row.mean_delta, row.reference, row.gap, row.ratio = d.mean_delta, d:row(d.reference).delta_byte, d.gap, d.ratio
      found[row.rule .. " " .. row.scope], row.low_over_high = d, d.low_over_high
    end
    x:table(rows, { columns = { "rule", "scope", "mean_delta", "reference", "gap", "ratio", "low_over_high" },
      caption = "Rise of the loss [nats/byte]: mean, that of the reference language, gap (worst - best); ratios" })
    x:plot(rows, { kind = "points", x = "rule", y = "gap", by = "scope", caption = "Gap of languages [nats/byte]" })
    for name, pair in pairs { stated = { "aciq_laplace own", "aciq_laplace common" }, own = { "mse own", "mse common" },
      weighted = { "aciq_laplace weighted", "aciq_laplace common" }, adaptive = { "absmax token", "mse common" },
      mixed = { "mse mixed", "mse common" } } do
      x:verdict(name, disparity.difference(found[pair[1]], found[pair[2]], { relative = true }))
    end
  end,
}
