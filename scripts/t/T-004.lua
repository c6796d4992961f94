-- Does protecting the first layer as well as the last keep the last layer's activations closer to full precision?
return experiment {
  id = "T-004", title = "Residual propagation",
  asks = "Does protecting L0 keep the last layer close to its FP32 activations?",
  params = { bits = 4, sentences = 8 },
  full = { sentences = 96 },
  predicts = {
    stated = "naive: cos(L0 and last protected) > cos(last protected)",
    sane = "sane: cos(L0 and last protected) > cos(last protected)",
    sane_centred = "sane, activations less their mean: cos(L0 and last protected) > cos(last protected)",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)
    local last = m:layers() - 1
    local sites = "L*.resid.post"
    local protected = { none = {}, last = { last }, first = { 0 }, both = { 0, last } }

    local function models_of(scheme)
      local models = {}
      for name, layers in pairs(protected) do
        models[name] = m:quantized(scheme { bits = p.bits, protect = layers })
      end
      return models
    end

    local languages, sentences = texts:table().language, texts:table().sentence
    local function compare(caption, models, opts)
      opts.against, opts.at, opts.texts = m, sites, texts
      local found, rows, points = capture.compare(models, opts), {}, {}
      for _, name in ipairs { "none", "last", "first", "both" } do
        rows[#rows + 1] = { protected = name }
        for layer = 0, last do
          local mean = stats.mean(found[name][("L%d.resid.post"):format(layer)],
            { clusters = languages, units = sentences, seed = x.seed, resamples = 200 })
          rows[#rows]["L" .. layer] = mean.estimate
          points[#points + 1] = { protected = name, layer = layer, mean = mean }
        end
      end
      x:table(rows, { caption = caption,
        columns = { "protected", "L0", "L" .. last // 4, "L" .. last // 2, "L" .. 3 * last // 4, "L" .. last } })
      x:plot(points, { x = "layer", y = "mean", by = "protected", caption = caption, y_label = "mean" })
      local site = ("L%d.resid.post"):format(last)
      return stats.paired_difference(found.both[site], found.last[site],
        { clusters = languages, units = sentences, seed = x.seed })
    end

    local naive, sane = models_of(quant.naive), models_of(quant.sane)
    x:say("naive: every weight, one scale per tensor; sane: the matrices of the layers, one scale per channel\n")
    x:verdict("stated", compare("Cosine with FP32 after each layer, naive INT" .. p.bits, naive, {}))
    x:verdict("sane", compare("Cosine with FP32 after each layer, sane INT" .. p.bits, sane, {}))
    x:verdict("sane_centred", compare("The same, activations less their mean", sane, { centre = true }))
    compare("Relative error after each layer, sane INT" .. p.bits, sane, { reduce = "relative_error" })
  end,
}
