-- Principal components of raw activations count loud channels, attention sinks and the difference between languages as
-- much as the use of dimensions. So beside the raw form: first tokens left out, each channel standardised in each
-- language. Sentences are resampled, the same ones in all layers and languages.
return experiment {
  id = "T-007", title = "Dimensionality bottleneck",
  asks = "Is the dimensionality of the residual stream lowest at 75 % depth?",
  params = { sentences = 12, skip = 4, resamples = 60 },
  quick = { sentences = 8, resamples = 30 },
  full = { sentences = 104, resamples = 1000 },
  predicts = {
    stated = { "raw: components to 95 % of the variance are fewest at 2/3 to 5/6 of depth", within = { 2 / 3, 5 / 6 } },
    sane = { "standardised: the entropy rank is lowest at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    dip = { "standardised: entropy rank at 2/3 to 5/6 of depth is below 95 % of the least elsewhere", below = 0.95 },
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local layers, width, codes = m:layers(), m:architecture().width, texts:languages()
    local count, lengths = texts:count() // #codes, sweep.tokens(m, texts):lengths()
    local tokens = tensor.from_table(lengths):sum() - p.skip * #lengths
    if layers < 7 or tokens < 10 * width then
      return x:not_run(("%d layers, %.0f tokens for %d channels; 7 and 10 per channel are needed"):format(layers,
        tokens, width))
    end

    -- A measure of the covariance of channels over tokens: [draws, layers].
    local draws = stats.draws(count, p.resamples, x.seed)
    local function profile(measure, skip, standardize)
      local sentences, by_layer = {}, {}
      for i, length in ipairs(lengths) do
        for _ = skip + 1, length do
          sentences[#sentences + 1] = (i - 1) % count + 1
        end
      end
      for layer = 1, layers do
        local site, by_language = ("L%d.resid.post"):format(layer - 1), {}
        local seen = capture.tokens(m, texts, site, { skip = skip, standardize = standardize })[site]
        for _, code in ipairs(codes) do
          by_language[#by_language + 1] = seen[code]
        end
        by_layer[layer] = stats.spectrum_draws(tensor.cat(by_language, 1), sentences, draws, measure)
      end
      return tensor.from_table(by_layer, "float64"):t()
    end
    local components = profile(stats.pca_dimensions, 0, false)
    local rank = profile(stats.entropy, p.skip, true):exp()

    local rows = {}
    for layer = 1, layers do
      local opts = { n = count, extreme = true, least = 1 }
      rows[layer] = { layer = layer - 1, raw_components = stats.from_draws(components:column(layer), opts),
        entropy_rank = stats.from_draws(rank:column(layer), opts) }
    end
    x:table(rows, { columns = { "layer", "raw_components", "entropy_rank" },
      caption = "Components to 95 % of the variance, raw; entropy rank (of variances), standardised" })
    x:plot(rows, { x = "layer", y = { "raw_components", "entropy_rank" }, caption = "Dimensions after each layer" })
    x:verdict("stated", stats.peak(components, { n = count, least = true }))
    x:verdict("sane", stats.peak(rank, { n = count, least = true }))
    x:verdict("dip", stats.dip(rank, { n = count, from = 2 / 3, to = 5 / 6 }))
  end,
}
