-- Which law do activations follow, per layer and language? Values of all channels together are a mixture of scales,
-- heavy-tailed whatever its parts; so each channel is also standardised within its language. Every language gives the
-- same positions of the same sentences: neither their number nor the first tokens (attention sinks) differ.
return experiment {
  id = "S-001",
  title = "Activation distributions",
  asks = "Which law fits the activations of each layer, and do low-resource languages differ?",
  params = { site = "L*.resid.post", sentences = 8, skip = 4, every = 8 },
  quick = { sentences = 4 },
  full = { sentences = 96 },
  predicts = {
    stated = { "all channels together: low-resource languages have heavier tails (a lower shape)", below = 0 },
    sane = { "each channel standardised: low-resource languages have heavier tails", below = 0 },
    within_script = { "standardised: low-resource languages have heavier tails, permuted within script", below = 0 },
  },
  run = function(p, x)
    local texts = x.texts:first(p.sentences):aligned()
    local codes, sites, info = texts:languages(), x.model:sites(p.site), texts:info()

    -- Shape: ln of the generalised Gauss law's; 0.69 for Gauss, 0 for Laplace, lower for heavier tails.
    local function study(caption, standardize)
      local seen, fewest = capture.tokens(x.model, texts, p.site,
        { skip = p.skip, every = p.every, aligned = true, standardize = standardize })
      local layers, languages, cells = {}, {}, {}
      for k, code in ipairs(fewest >= 4 and codes or {}) do
        local row = { language = code, resource = info[code].resource, script = info[code].script, shape = 0 }
        for i, site in ipairs(sites) do
          local fits = stats.fits(seen[site][code]:reshape(-1))
          local shape, df = math.log(fits:column("shape")[1]), fits:column("df")[1] -- no other laws have them
          local best, layer = fits[1], layers[i] or { site = site, ks = 0, shape = 0, inverse_df = 0 }
          layer[best.law] = (layer[best.law] or 0) + 1
          layer.ks, layer.shape = layer.ks + best.ks / #codes, layer.shape + shape / #codes
          layer.inverse_df = layer.inverse_df + 1 / df / #codes
          row.shape = row.shape + shape / #sites
          layers[i] = layer
          cells[#cells + 1] = { site = site, language = code, shape = shape }
        end
        languages[k] = row
      end
      x:table(layers, { caption = caption .. ": languages that each law fits best (BIC), its KS distance; "
        .. "means of ln shape (generalised Gauss) and of 1 / df (Student)", columns = { "site", "gauss", "laplace",
        "logistic", "student", "lognormal", "generalised_gauss", "ks", "shape", "inverse_df" } })
      x:plot(cells, { kind = "heat", x = "site", y = "language", value = "shape", caption = caption .. ": ln shape" })
      x:table(languages, { caption = caption .. ": ln shape, mean over sites" })
      return languages
    end

    local function low_against_others(languages, within)
      return stats.contrast(languages, { value = "shape", by = "resource", of = "low", within = within, seed = x.seed })
    end
    local apart = study("Each channel standardised", true)
    x:verdict("stated", low_against_others(study("All channels together", false)))
    x:verdict("sane", low_against_others(apart))
    x:verdict("within_script", low_against_others(apart, "script"))
  end,
}
