-- INT4 activations with static clips from the first half of the sentences: common to all languages, each language's
-- own, or the mean of these (LA-ACIQ). Beside them clips per token, and mixed bits: more for the sites that err most.
local loss = require("residua.loss")
return experiment {
  id = "Exp-084", title = "Language-aware clipping", asks = "Do clips per language make INT4 activations fairer?",
  params = { at = "L*.*.in", bits = 4, sentences = 10 }, quick = { sentences = 6 }, full = { sentences = 32 },
  predicts = {
    stated = { "ACIQ (Laplace): own clips lower the gap of the common one by 30 to 50 %", within = { 30, 50 } },
    weighted = { "ACIQ (Laplace): so does the language-weighted clip", within = { 30, 50 } },
    own = "MSE search: own clips lower the gap of the common one",
    adaptive = "clips per token lower the gap of the common clip by MSE search",
    mixed = "mixed precision lowers the gap of the common clip by MSE search",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, sites, known, held = texts:languages(), m:sites(p.at), texts:halves()
    local c, n, sqnr, clips, ways = known:count() // #codes, held:count() // #codes, {}, {}, {}
    if n < 3 or #codes < 3 then return x:refuse("fewer than 5 sentences or 3 languages") end
    local seen, static, nll = m:capture(known, sites), {}, {}
    local function clip_of(parts, rule, bits) -- the greatest magnitude that a rule leaves
      return quant.int { bits = bits, per = "tensor", clip = rule }:apply(tensor.cat(parts, 1)):abs():max()
    end
    for i, site in ipairs(sites) do
      for _, rule in ipairs { "aciq_gauss", "aciq_laplace", "kurtosis_rule", "mse" } do
        local own = {}
        for k = 1, #codes do own[k] = clip_of({ table.unpack(seen[site], (k - 1) * c + 1, k * c) }, rule, p.bits) end
        own.weighted, own.common = tensor.from_table(own):mean(), clip_of(seen[site], rule, p.bits)
        clips[rule .. site] = own
      end
      sqnr[i] = quant.int { bits = p.bits, per = "tensor", clip = "mse" }:error(tensor.cat(seen[site], 1)).sqnr
    end
    local middle = stats.quantiles(sqnr, { 0.5 })[1]
    local function model_of(rule, scope, q)
      for i, site in ipairs(sites) do
        local bits = p.bits + (scope ~= "mixed" and 0 or sqnr[i] < middle and 1 or sqnr[i] > middle and -1 or 0)
        local clip = scope == "mixed" and clip_of(seen[site], rule, bits) or (clips[rule .. site] or {})[scope]
        q = q:quantized_activations { at = site, with = clip and quant.int { bits = bits, per = "tensor",
          clip = "fixed", clip_value = clip } or quant.int { bits = bits, per = "token" } }
      end
      return q
    end
    for _, rule in ipairs { "aciq_gauss", "aciq_laplace", "kurtosis_rule", "mse", "absmax" } do
      local scopes = ({ mse = "common own weighted mixed", absmax = "token" })[rule] or "common own weighted"
      for scope in scopes:gmatch("%a+") do ways[#ways + 1] = { rule = rule, scope = scope } end
    end
    for j, way in ipairs(ways) do nll[j], static[j] = {}, way.scope ~= "own" and model_of(way.rule, way.scope, m) end
    for k, code in ipairs(codes) do
      local models = {}
      for j, way in ipairs(ways) do models[j] = static[j] or model_of(way.rule, k, m) end
      for j, found in ipairs(sweep { models = models, texts = held:select { code } }) do
        table.move(found.loss.nll, 1, n, (k - 1) * n + 1, nll[j])
      end
    end
    local gaps, refused, base = {}, {}, m:loss(held)
    local function sums(list) -- by resample of the sentences (the first: themselves) and language
      return stats.draws(n, 1000, x.seed):matmul(tensor.from_table(list, "float64"):reshape(#codes, n):t())
    end
    for j, way in ipairs(ways) do
      local d = disparity.of(base, loss.of(held, nll[j], base.tokens), m:architecture().vocab, { seed = x.seed })
      local rise, name = (sums(nll[j]) - sums(base.nll)) / sums(held:table().bytes), way.rule .. " " .. way.scope
      gaps[name], refused[name] = rise:max(2) - rise:min(2), d.collapsed and { refused = d.refused }
      way.mean_delta, way.reference, way.gap = d.mean_delta, d:row(d.reference).delta_byte, d.gap
      way.low_over_high, way.ratio = d.low_over_high, d.ratio
    end
    x:table(ways, { caption = "Rise of the loss [nats/byte]: mean, that of the reference language, gap (worst - best)",
      columns = { "rule", "scope", "mean_delta", "reference", "gap", "low_over_high", "ratio" } })
    x:plot(ways, { kind = "points", x = "rule", y = "gap", by = "scope", caption = "Gap of languages [nats/byte]" })
    for name, way in pairs { stated = "aciq_laplace own", weighted = "aciq_laplace weighted", own = "mse own",
      adaptive = "absmax token", mixed = "mse mixed" } do
      local common = way:find("laplace") and "aciq_laplace common" or "mse common"
      x:verdict(name, refused[common] or refused[way]
        or stats.from_draws((gaps[way] / gaps[common] - 1) * -100, { n = n }))
    end
  end,
}
