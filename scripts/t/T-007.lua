-- Principal components of raw activations count loud channels, attention sinks and the difference between languages as
-- much as the use of dimensions. So beside the raw form: first tokens left out, each language about its own mean, each
-- channel standardised. Sentences are resampled, the same ones in all layers and languages.
return experiment {
  id = "T-007", title = "Dimensionality bottleneck",
  asks = "Is the dimensionality of the residual stream lowest at 75 % depth?",
  params = { sentences = 12, skip = 4, resamples = 100 },
  quick = { sentences = 8, resamples = 40 },
  full = { sentences = 104, resamples = 1000 },
  predicts = {
    stated = { "raw: components to 95 % of the variance are fewest at 2/3 to 5/6 of depth", within = { 2 / 3, 5 / 6 } },
    sane = { "standardised: the entropy rank is lowest at 2/3 to 5/6 of the depth", within = { 2 / 3, 5 / 6 } },
    dip = { "standardised: the entropy rank there is more than 5 % below the least elsewhere", below = math.log(0.95) },
  },
  run = function(p, x)
    local m, texts, tokens = x.model, x.texts:first(p.sentences):aligned(), 0
    local layers, width, count = m:layers(), m:architecture().width, texts:count() // #texts:languages()
    for _, length in ipairs(sweep.tokens(m, texts):lengths()) do
      tokens = tokens + math.max(0, length - p.skip)
    end
    local draws = tensor.cat({ tensor.ones(1, count):to("float64"), -- how often each sentence counts; first the data
      stats.resample_counts(count, p.resamples, x.seed) }, 1)

    -- A measure of the covariance of channels in each draw, over tokens less the mean of all, or of their language.
    local function in_draws(seen, standardise, measure)
      local rows, mean, sums, values, group = {}, nil, {}, {}, standardise and count or #seen
      for i, all in ipairs(seen) do
        rows[i] = standardise and all:slice(1, math.min(p.skip + 1, all:size(1)), -1) or all
      end
      for i = 1, #rows do
        mean = i % group == 1 % group and tensor.cat({ table.unpack(rows, i, i + group - 1) }, 1):mean(1, true) or mean
        local centred, sentence = (rows[i] - mean):to("float64"), (i - 1) % count + 1
        sums[sentence] = centred:t():matmul(centred) + (sums[sentence] or 0)
      end
      local by_sentence = tensor.stack(sums):reshape({ count, width * width })
      for i = 1, p.resamples + 1 do
        local covariance = draws:narrow(1, i, 1):matmul(by_sentence):reshape({ width, width })
        local power = (covariance * tensor.eye(width)):sum(1)
        local scale = (power + 1e-10 * power:mean()):sqrt() -- a dead channel stays one
        covariance = standardise and covariance / scale / scale:reshape({ width, 1 }) or covariance
        values[i] = measure(stats.covariance_eigenvalues(covariance))
      end
      return values
    end

    local rows, pca, entropy = {}, {}, {}
    for layer = 1, layers do
      local site = ("L%d.resid.post"):format(layer - 1)
      local seen = m:capture(texts, site)[site]
      pca[layer] = in_draws(seen, false, stats.pca_dimensions)
      entropy[layer] = in_draws(seen, true, stats.entropy)
      rows[layer] = { layer = layer - 1, raw_components = pca[layer][1], entropy_rank = math.exp(entropy[layer][1]) }
    end
    x:table(rows, { columns = { "layer", "raw_components", "entropy_rank" },
      caption = "Components to 95 % of the variance, raw; entropy rank, standardised" })
    x:plot(rows, { x = "layer", y = { "raw_components", "entropy_rank" }, caption = "Dimensions after each layer" })

    -- What the data say, with the interval of the resamples.
    local function effect(values)
      local bounds = stats.quantiles(values:totable(), { 0.025, 0.975 })
      return { estimate = values:at(1), low = bounds[1], high = bounds[2], n = count, level = 0.95 }
    end
    local ranks, from, to = tensor.from_table(entropy), math.ceil(2 * layers / 3) + 1, math.floor(5 * layers / 6) + 1
    local function dip()
      local elsewhere = tensor.cat({ ranks:slice(1, 1, from - 1), ranks:slice(1, to + 1, -1) }, 1)
      return effect(ranks:slice(1, from, to):min(1) - elsewhere:min(1))
    end
    local few = (layers < 7 or tokens < 10 * width) and { refused = ("%d layers, %d tokens for %d channels; 7 and 10 "
      .. "per channel are needed"):format(layers, tokens, width) }
    x:verdict("stated", few or effect((tensor.from_table(pca):argmin(1) - 1) / layers))
    x:verdict("sane", few or effect((ranks:argmin(1) - 1) / layers))
    x:verdict("dip", few or dip())
  end,
}
