-- As stated: the excess kurtosis of all values of a site, as they stream by. But channels of unequal scale make tails
-- by themselves, the first tokens (attention sinks) rule a fourth moment, and languages differ in how many tokens they
-- take. As it should be: each channel standardised, over the same positions of the same sentences in every language.
return experiment {
  id = "Exp-083", title = "Per-language activation distribution",
  asks = "Do languages differ in effective kurtosis, and do low-resource languages have more?",
  params = { site = "L*.resid.post", bits = 4, sentences = 8, skip = 4, every = 8 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "all values: excess kurtosis is higher in low- than in high-resource languages",
    sane = "each channel standardised: ln(3 + kurtosis) is higher in low- than in high-resource languages",
    differ = "the same differs: odd and even sentences share a variance over languages",
  },
  run = function(p, x)
    local m, texts, info = x.model, x.texts:first(p.sentences):aligned(), x.texts:info()
    local codes, sites, sentences, shortest = texts:languages(), m:sites(p.site), texts:table().sentence, {}
    for i, length in ipairs(sweep.tokens(m, texts):lengths()) do
      shortest[sentences[i]] = math.min(shortest[sentences[i]] or length, length)
    end

    -- Every few tokens of every step-th sentence, as [tokens, channels], each channel standardised.
    local function standardised(by_sentence, first, step, every)
      local parts = {}
      for i = first, #by_sentence, step do
        local positions = range(p.skip + 1, shortest[sentences[i]], every)
        parts[#parts + 1] = #positions > 0 and by_sentence[i]:index(1, positions) or nil
      end
      local values = #parts > 0 and tensor.cat(parts, 1)
      return values and values:size(1) >= 4 and (values - values:mean(1, true)) / (values:std(1, true) + 1e-12)
    end

    local gauss, laplace = quant.aciq_optimum("gauss", p.bits), quant.aciq_optimum("laplace", p.bits)
    local rows, cells, streams, too_short = {}, {}, m:capture(texts, p.site, { reduce = "summary" }), nil
    for k, code in ipairs(codes) do
      local seen = m:capture(texts:select { code }, p.site)
      local row = { language = code, resource = info[code].resource or "unknown", kurtosis = 0, odd = 0, even = 0,
        clip_gauss = 0, clip_laplace = 0 }
      for _, site in ipairs(sites) do
        local moments, sketch = streams[site][code].moments, streams[site][code].sketch
        row.kurtosis = row.kurtosis + moments:kurtosis() / #sites
        row.clip_gauss = row.clip_gauss + gauss * moments:std() / #sites
        row.clip_laplace = row.clip_laplace + laplace * sketch:mean_deviation(moments:mean()) / #sites
        local odd, even = standardised(seen[site], 1, 2, 1), standardised(seen[site], 2, 2, 1)
        local thinned = standardised(seen[site], 1, 1, p.every)
        too_short = too_short or not (odd and even and thinned)
        if not too_short then
          local a, b = math.log(3 + stats.moments(odd):kurtosis()), math.log(3 + stats.moments(even):kurtosis())
          local law = stats.fits(thinned)[1].law
          row.odd, row.even, row[law] = row.odd + a / #sites, row.even + b / #sites, (row[law] or 0) + 1
        end
        cells[#cells + 1] = { site = site, language = code, kurtosis = moments:kurtosis() }
      end
      row.tails, rows[k] = (row.odd + row.even) / 2, row
    end
    x:table(rows, { caption = "Means over sites: excess kurtosis, ACIQ's clips; with standardised channels: ln(3 + "
      .. "kurtosis), how many sites each law fits best (BIC)", columns = { "language", "resource", "kurtosis",
      "clip_gauss", "clip_laplace", "tails", "gauss", "laplace", "logistic", "student", "generalised_gauss" } })
    x:plot(cells, { kind = "heat", x = "site", y = "language", value = "kurtosis",
      caption = "Excess kurtosis of all values by site and language" })

    local function low_against_high(column)
      return stats.contrast(rows, { value = column, by = "resource", of = "low", against = "high", seed = x.seed })
    end
    local short, t = too_short and { refused = "too few sentences, or all too short" }, table_of(rows)
    x:verdict("stated", low_against_high("kurtosis"))
    x:verdict("sane", short or low_against_high("tails"))
    local odd, even = tensor.from_table(t:column("odd")), tensor.from_table(t:column("even"))
    local shared = (odd - odd:mean()) * (even - even:mean()) -- noise of one half does not know that of the other
    x:verdict("differ", short or #codes < 5 and { refused = "fewer than 5 languages" }
      or stats.mean(shared:totable(), { seed = x.seed }))
  end,
}
