-- How far INT4 weights move the values that each layer gives on, by language: FP32 against INT4 over the same bins, of
-- the language's own scale. Critical layers are those of the record, and those that cost most when quantized alone, as
-- measured on the first half of the sentences; the second half is what languages are compared on.
return experiment {
  id = "S-006", title = "Distribution shift",
  asks = "Does INT4 shift activations more for some languages?",
  params = { site = "L*.resid.post", bits = 4, sentences = 8, bins = 32 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "naive; L0, L(75 %), last: ln KL is higher in low-resource languages than in the others",
    sane = "sane; the quarter of layers that costs most: the same",
    specific = "sane: by more than in the other layers",
    uneven_stated = "naive: both halves of the sentences share a variance of ln KL over languages",
    uneven = "sane: the same",
  },
  run = function(p, x)
    local m, texts, sites = x.model, x.texts:first(p.sentences):aligned(), x.model:sites(p.site)
    local codes, layers, known, held = texts:languages(), m:layers(), texts:halves()
    if #codes < 5 or texts:count() < 2 * #codes then return x:refuse("fewer than 5 languages or 2 sentences") end

    local function histogram(sketch, edges) -- the outer bins hold what lies beyond them
      local counts, below = {}, 0
      for b = 1, p.bins do
        local rank = b < p.bins and sketch:rank(edges[b + 1]) or sketch:count()
        counts[b], below = rank - below + 0.5, rank
      end
      return counts
    end
    local function study(caption, scheme, critical)
      local q, rows, cells, many = m:quantized(scheme { bits = p.bits }), {}, {}, 0
      for _ in pairs(critical) do many = many + 1 end
      for _, name in ipairs { "first", "second" } do -- what is not kept by half stays that of the second
        local half = name == "first" and known or held
        local before = m:capture(half, sites, { reduce = "summary" })
        local after = q:capture(half, sites, { reduce = "sketch" })
        for k, code in ipairs(codes) do
          local row = rows[k] or { language = code, resource = texts:info()[code].resource }
          rows[k], row[name], row.critical, row.others, row.wasserstein = row, 0, 0, 0, 0
          for i, site in ipairs(sites) do
            local sketch, edges = before[site][code].sketch, {}
            local low, high = sketch:quantile(0.005), sketch:quantile(0.995) + 1e-9
            for b = 0, p.bins do edges[b + 1] = low + (high - low) * b / p.bins end
            local a, b = histogram(sketch, edges), histogram(after[site][code], edges)
            local kl, place = math.log(stats.kl(a, b) + 1e-12), critical[i] and "critical" or "others"
            local distance = stats.wasserstein(a, b, { edges = edges }) / before[site][code].moments:std()
            row[name], row.wasserstein = row[name] + kl / #sites, row.wasserstein + distance / #sites
            row[place] = row[place] + kl / (critical[i] and many or #sites - many)
            cells[(i - 1) * #codes + k] = { layer = site, language = code, kl = kl }
          end
          row.excess = row.critical - row.others
        end
      end
      x:table(rows, { caption = caption .. ": ln KL, means over critical and other layers; Wasserstein distance [std]",
        columns = { "language", "resource", "critical", "others", "wasserstein" } })
      x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "kl", caption = caption .. ": ln KL" })
      local t = table_of(rows)
      local first, second = tensor.from_table(t:column("first")), tensor.from_table(t:column("second"))
      local shared = ((first - first:mean()) * (second - second:mean())):totable() -- the halves' noise is not
      return stats.contrast(rows, { value = "critical", by = "resource", of = "low", seed = x.seed }),
        stats.contrast(rows, { value = "excess", by = "resource", of = "low", seed = x.seed }),
        stats.mean(shared, { seed = x.seed })
    end

    local cost, costly = {}, {}
    for i, row in ipairs(search.sensitivity { model = m, texts = known, with = quant.sane { bits = p.bits } }) do
      cost[i] = -row.when_quantized.estimate
    end
    for i, rank in ipairs(stats.ranks(cost)) do costly[i] = rank <= math.ceil(layers / 4) or nil end
    local named = { [1] = true, [math.floor(0.75 * layers) + 1] = true, [layers] = true }
    local naive, _, uneven_stated = study("Naive", quant.naive, named)
    local sane, specific, uneven = study("Sane", quant.sane, costly)
    for name, effect in pairs { stated = naive, sane = sane, uneven_stated = uneven_stated, uneven = uneven,
      specific = layers > 3 and specific or { refused = "fewer than 4 layers" } } do x:verdict(name, effect) end
  end,
}
