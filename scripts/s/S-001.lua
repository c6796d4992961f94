-- Which law do activations follow, per layer and language? Values of all channels together are a mixture of scales,
-- heavy-tailed whatever its parts; so each channel is also standardised within its language. Every language gives the
-- same positions of the same sentences: neither their number nor the first tokens (attention sinks) differ.
return experiment {
  id = "S-001", title = "Activation distributions",
  asks = "Which law fits the activations of each layer, and do low-resource languages differ?",
  params = { site = "L*.resid.post", sentences = 8, skip = 4, every = 8 },
  quick = { sentences = 4 },
  full = { sentences = 96 },
  predicts = {
    stated = { "all channels together: low-resource languages have heavier tails (a lower shape)", below = 0 },
    sane = { "each channel standardised: low-resource languages have heavier tails", below = 0 },
    within_script = "each channel standardised: shape rises with resource, permuted within script",
  },
  run = function(p, x)
    local m, texts, rank = x.model, x.texts:first(p.sentences):aligned(), { low = 1, mid = 2, high = 3 }
    local codes, sites, sentences, shortest = texts:languages(), m:sites(p.site), texts:table().sentence, {}
    for i, length in ipairs(sweep.tokens(m, texts):lengths()) do
      shortest[sentences[i]] = math.min(shortest[sentences[i]] or length, length)
    end

    -- Every few tokens of each sentence, as [tokens, channels]: neighbours are not independent.
    local function thinned(by_sentence)
      local parts = {}
      for i, values in ipairs(by_sentence) do
        local positions = range(p.skip + 1, shortest[sentences[i]], p.every)
        parts[#parts + 1] = #positions > 0 and values:index(1, positions) or nil
      end
      return #parts > 0 and tensor.cat(parts, 1)
    end

    -- Shape: ln of the generalised Gauss law's; 0.69 for Gauss, 0 for Laplace, lower for heavier tails.
    local function study(caption, prepare)
      local layers, cells, languages = {}, {}, {}
      for _, code in ipairs(codes) do
        local seen, known, mean = m:capture(texts:select { code }, p.site), texts:info()[code], 0
        for j, site in ipairs(sites) do
          local tokens = thinned(seen[site])
          if not tokens or tokens:size(1) < 4 then return { refused = "fewer than 4 tokens per language" } end
          local fits, layer = stats.fits(prepare(tokens):reshape(-1)), layers[j] or { site = site, ks = 0, shape = 0 }
          local shape = math.log(fits:column("shape")[1]) -- no other law has one
          layer[fits[1].law], layer.ks = (layer[fits[1].law] or 0) + 1, layer.ks + fits[1].ks / #codes
          layers[j], layer.shape, mean = layer, layer.shape + shape / #codes, mean + shape / #sites
          cells[#cells + 1] = { site = site, language = code, shape = shape }
        end
        languages[#languages + 1] = rank[known.resource] and { language = code, resource = known.resource,
          rank = rank[known.resource], script = known.script or "?", shape = mean }
      end
      x:table(layers, { caption = caption .. ": languages each law fits best (BIC), its KS distance, shape", columns = {
        "site", "gauss", "laplace", "logistic", "student", "lognormal", "generalised_gauss", "ks", "shape" } })
      x:plot(cells, { kind = "heat", x = "site", y = "language", value = "shape", caption = caption .. ": ln shape" })
      local t = table_of(languages, { columns = { "language", "resource", "script", "shape" } })
      x:table(languages, { caption = caption .. ": shape, mean over sites", columns = t.columns })
      local low = stats.contrast(languages, { value = "shape", by = "resource", of = "low", seed = x.seed })
      return low, low.refused and low
        or stats.correlation(t:column("rank"), t:column("shape"), { groups = t:column("script"), seed = x.seed })
    end
    x:verdict("stated", (study("All channels together", function(values) return values end)))
    local apart, within = study("Each channel standardised", function(values)
      return (values - values:mean(1, true)) / (values:std(1, true) + 1e-12)
    end)
    x:verdict("sane", apart)
    x:verdict("within_script", within or apart)
  end,
}
