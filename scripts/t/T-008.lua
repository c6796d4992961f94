-- Sentences that agree against the same with one wrong word, read out by final norm and head after each layer: those
-- above it add nothing. Pairs mirror each other in couples (see the assets), in which the frequency of a form cancels.
return experiment {
  id = "T-008", title = "Morphological probing",
  asks = "Does knowledge of agreement peak at 75 % depth?",
  params = { pairs = "agreement", resamples = 1000 },
  quick = { resamples = 200 }, full = { resamples = 5000 },
  predicts = {
    prefers = "stated: of more than half of the pairs the correct sentence is likelier",
    knows = "sane: of more than half of the couples the correct sentences are likelier",
    peak_nats = { "stated: the mean difference of NLL peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    peak_share = { "sane: the share of couples peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
  },
  run = function(p, x)
    local texts, languages = corpus.minimal_pairs(p.pairs, x.texts:languages())
    local clusters, different, layers, models = {}, {}, x.model:layers(), {}
    for couple = 1, #languages // 2 do
      local code = languages[2 * couple]
      different[#different + 1] = code ~= clusters[couple - 1] and { language = code, pairs = 0 } or nil
      different[#different].pairs = different[#different].pairs + 2
      clusters[couple] = code
    end
    x:table(different, { caption = "Minimal pairs, two to a couple" })
    if #clusters < 6 then return x:not_run(("%d couples of minimal pairs in these languages"):format(#clusters)) end

    for layer = -1, layers - 1 do
      models[layer + 2] = x.model:up_to(layer)
    end
    local units = #different >= 3 and clusters or nil -- fewer: what is found holds for these languages only
    local function effect(values, level)
      return stats.mean(values:totable(), { clusters = units, seed = x.seed, level = level })
    end
    local function right(nats) -- less chance: -1/2 to 1/2, a tie (but for rounding) being 0
      return (nats:gt(1e-4):to("float64") - nats:lt(-1e-4):to("float64")) / 2
    end
    local profile, share, nats, found = {}, {}, {}, false
    for i, row in ipairs(sweep { models = models, texts = texts }) do
      local nll = tensor.from_table(row.loss.nll, "float64"):reshape(2, #clusters, 2)
      local worse = nll:select(1, 2) - nll:select(1, 1) -- [couples, pairs]: by how much wrong is less likely
      share[i], nats[i] = right(worse:sum(2)), worse:mean(2)
      profile[i] = { layer = i == 1 and "embed" or "L" .. i - 2, pairs = effect(right(worse):mean(2)),
        couples = effect(share[i]), nats = effect(nats[i]) }
      found = found or effect(share[i], 1 - 0.05 / (layers + 1)).low > 0 -- after any layer
    end
    x:table(profile, { columns = { "layer", "pairs", "couples", "nats" },
      caption = "After each layer: shares right less 1/2; nats by which wrong is less likely" })
    x:plot(profile, { x = "layer", y = { "pairs", "couples" }, caption = "Agreement read out after each layer" })

    local function peak(by_layer) -- depth of the highest layer (layer / layers; the embeddings are -1)
      local best = stats.draws(#clusters, p.resamples, x.seed, units):matmul(tensor.stack(by_layer, 2)):argmax(2)
      return found and stats.from_draws((best:to("float64") - 2) / layers, { n = units and #different or #clusters })
        or { refused = "after no layer are more than half of the couples right" }
    end
    x:verdict("prefers", profile[layers + 1].pairs)
    x:verdict("knows", profile[layers + 1].couples)
    x:verdict("peak_nats", peak(nats))
    x:verdict("peak_share", peak(share))
  end,
}
