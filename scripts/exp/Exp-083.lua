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
    differ = "each channel standardised: halves of the sentences agree on which languages have more kurtosis",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, sites, info = texts:languages(), m:sites(p.site), texts:info()
    local function standardised(part, every)
      return capture.tokens(m, part, p.site, { skip = p.skip, every = every, aligned = true, standardize = true })
    end
    local known, held = texts:halves()
    local first, fewest = standardised(known, 1)
    local second = standardised(held, 1)
    local thinned, fewest_thinned = standardised(texts, p.every)
    if #codes < 5 or texts:count() < 2 * #codes or math.min(fewest, fewest_thinned) < 4 then
      return x:not_run("fewer than 5 languages, 2 sentences or 4 tokens of them")
    end

    local streams, rows, cells = m:capture(texts, p.site, { reduce = "summary" }), {}, {}
    for k, code in ipairs(codes) do
      local row = { language = code, resource = info[code].resource }
      local function add(column, value)
        row[column] = (row[column] or 0) + value
      end
      for _, site in ipairs(sites) do
        local moments, sketch = streams[site][code].moments, streams[site][code].sketch
        add("kurtosis", moments:kurtosis() / #sites)
        add("clip_gauss", quant.aciq_optimum("gauss", p.bits) * moments:std() / #sites)
        add("clip_laplace", quant.aciq_optimum("laplace", p.bits) * sketch:mean_deviation(moments:mean()) / #sites)
        add("first", math.log(3 + stats.moments(first[site][code]):kurtosis()) / #sites)
        add("second", math.log(3 + stats.moments(second[site][code]):kurtosis()) / #sites)
        add(stats.fits(thinned[site][code])[1].law, 1)
        cells[#cells + 1] = { site = site, language = code, kurtosis = moments:kurtosis() }
      end
      row.tails = (row.first + row.second) / 2
      rows[k] = row
    end
    x:table(rows, { caption = "Means over sites: excess kurtosis, ACIQ's clips; with standardised channels: ln(3 + "
      .. "kurtosis), how many sites each law fits best (BIC)", columns = { "language", "resource", "kurtosis",
      "clip_gauss", "clip_laplace", "tails", "gauss", "laplace", "logistic", "student", "generalised_gauss" } })
    x:plot(cells, { kind = "heat", x = "site", y = "language", value = "kurtosis",
      caption = "Excess kurtosis of all values by site and language" })
    for name, column in pairs { stated = "kurtosis", sane = "tails" } do
      x:verdict(name, stats.contrast(rows, { value = column, by = "resource", of = "low", against = "high",
        seed = x.seed }))
    end
    local t = table_of(rows)
    x:verdict("differ", stats.shared_variance(t:column("first"), t:column("second"), { seed = x.seed }))
  end,
}
