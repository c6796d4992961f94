-- Sentences that agree against the same with one wrong word, read out by final norm and head after each layer: those
-- above it add nothing. Pairs mirror each other in couples (see the assets), in which the frequency of a form cancels.
local assets = require("residua.assets")
local known_languages = require("residua.languages")

return experiment {
  id = "T-008", title = "Morphological probing",
  asks = "Does knowledge of agreement peak at 75 % depth?",
  params = { pairs = "agreement", resamples = 1000 },
  quick = { resamples = 200 },
  full = { resamples = 5000 },
  predicts = {
    prefers = "stated: of more than half of the pairs the correct sentence is likelier",
    knows = "sane: of more than half of the couples the correct sentences are likelier",
    peak_nats = { "stated: the mean difference of NLL peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    peak_share = { "sane: the share of couples peaks at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
  },
  run = function(p, x)
    local layers, rows, readers = x.model:layers(), {}, { x.model }
    local correct, wrong, language, sizes = {}, {}, {}, {}
    for i, code in ipairs(x.texts:languages()) do
      local path = ("%s/%s.tsv"):format(assets.path(p.pairs), known_languages.code(code))
      local file = system.exists(path) and corpus.load(path, { languages = { "correct", "wrong" } })
      for k = 1, file and file:count() // 2 or 0 do
        correct[#correct + 1], wrong[#wrong + 1] = file:text(k), file:text(file:count() // 2 + k)
        language[(#correct + 1) // 2] = code -- of the couple
      end
      sizes[#sizes + 1] = file and file:count() // 4 or nil
      rows[i] = { language = code, couples = file and sizes[#sizes] or "none" }
    end
    x:table(rows, { caption = "Couples of minimal pairs by language" })
    if #language < 6 then
      return x:refuse(("%d couples of minimal pairs in these languages"):format(#language))
    end

    for layer = layers - 1, 0, -1 do -- one more layer silent each time, from the whole model to the embedding
      local at = { ("L%d.attn.out"):format(layer), ("L%d.mlp.out"):format(layer) }
      readers[#readers + 1] = readers[#readers]:ablated { at = at }
    end
    local losses = sweep { models = readers, texts = corpus.of { correct = correct, wrong = wrong } }
    local function right(nats) -- less chance: -1/2 to 1/2, a tie (but for rounding) being 0
      return (nats:gt(1e-4):to("float64") - nats:lt(-1e-4):to("float64")) / 2
    end
    local clusters = #sizes >= 3 and language or nil -- fewer: what is found holds for these languages only
    local found, of_layers, profile = false, { pairs = {}, couples = {}, nats = {} }, {}
    for i = 0, layers do
      local nll = tensor.from_table(losses[layers + 1 - i].loss.nll, "float64"):reshape(2, #language, 2)
      local nats, row = nll:select(1, 2) - nll:select(1, 1), { layer = i == 0 and "embed" or "L" .. i - 1 }
      for name, v in pairs { pairs = right(nats):mean(2), couples = right(nats:sum(2)), nats = nats:mean(2) } do
        of_layers[name][i], row[name] = v, stats.mean(v:totable(), { clusters = clusters, seed = x.seed })
      end
      profile[i + 1], found = row, found or stats.mean(of_layers.couples[i]:totable(), { clusters = clusters,
        seed = x.seed, level = 1 - 0.05 / (layers + 1) }).low > 0
    end
    x:table(profile, { columns = { "layer", "pairs", "couples", "nats" },
      caption = "After each layer: shares right less 1/2; nats by which wrong is less likely" })
    x:plot(profile, { x = "layer", y = { "pairs", "couples" }, caption = "Agreement read out after each layer" })

    local drawn, weights = stats.draws(#sizes, p.resamples, x.seed), {} -- of languages, and of couples in them
    for l, size in ipairs(sizes) do
      weights[l] = stats.draws(size, p.resamples, x.seed + l) * drawn:narrow(2, l, 1)
    end
    local function peak(name) -- depth of the highest layer (layer / layers)
      local best = tensor.cat(weights, 2):matmul(tensor.stack(of_layers[name], 2)):argmax(2)
      return found and stats.from_draws((best:to("float64") - 1) / layers, { n = #language })
        or { refused = "after no layer are more than half of the couples right" }
    end
    x:verdict("prefers", profile[layers + 1].pairs)
    x:verdict("knows", profile[layers + 1].couples)
    x:verdict("peak_nats", peak("nats"))
    x:verdict("peak_share", peak("couples"))
  end,
}
