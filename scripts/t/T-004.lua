-- Does protecting the first layer as well as the last keep the last layer's activations closer to full precision? So
-- does protecting anything: hence also whether it does more than protecting another layer with the last.
return experiment {
  id = "T-004", title = "Residual propagation",
  asks = "Does protecting L0 keep the last layer close to its FP32 activations?",
  params = { bits = 4, sentences = 8 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "naive: cos(L0 and last protected) > cos(last protected)",
    sane = "sane: cos(L0 and last protected) > cos(last protected)",
    sane_centred = "sane, activations less their mean: cos(L0 and last protected) > cos(last protected)",
    special = "sane, less their mean: cos(L0 and last protected) > mean of cos(another layer and last protected)",
  },
  run = function(p, x)
    local m, texts, last = x.model, x.texts:first(p.sentences):aligned(), x.model:layers() - 1
    local codes, final = texts:languages(), ("L%d.resid.post"):format(last)

    local function protecting(scheme, sets)
      local models = {}
      for name, layers in pairs(sets) do
        models[name] = m:quantized(scheme { bits = p.bits, protect = layers })
      end
      return models
    end
    -- Returns what there is after the last layer: a number per text, by what is protected.
    local function compare(caption, models, opts)
      opts.against, opts.at, opts.texts = m, "L*.resid.post", texts
      local found, rows, points, languages, at_end = capture.compare(models, opts), {}, {}, {}, {}
      for k, name in ipairs { "none", "last", "first", "both" } do
        rows[k] = { protected = name }
        for layer = 0, last do
          local mean = texts:mean(found[name][("L%d.resid.post"):format(layer)], { seed = x.seed, resamples = 200 })
          rows[k]["L" .. layer] = mean.estimate
          points[#points + 1] = { protected = name, layer = layer, mean = mean }
        end
        at_end[name] = tensor.from_table(found[name][final], "float64")
        for l, mean in ipairs(at_end[name]:reshape({ #codes, -1 }):mean(2):totable()) do
          languages[l] = languages[l] or { language = codes[l] }
          languages[l][name] = mean
        end
      end
      x:table(rows, { caption = caption .. " after each layer",
        columns = { "protected", "L0", "L" .. last // 4, "L" .. last // 2, "L" .. 3 * last // 4, "L" .. last } })
      x:table(languages, { caption = caption .. " after the last layer, by what is protected",
        columns = { "language", "none", "last", "first", "both" } })
      x:plot(points, { x = "layer", y = "mean", by = "protected", caption = caption, y_label = "mean" })
      return at_end
    end
    local function verdict(name, a, b)
      x:verdict(name, texts:mean((a - b):totable(), { seed = x.seed }))
    end

    local sets = { none = {}, last = { last }, first = { 0 }, both = { 0, last } }
    local naive = compare("Cosine with FP32, naive INT" .. p.bits, protecting(quant.naive, sets), {})
    verdict("stated", naive.both, naive.last)
    local models = protecting(quant.sane, sets)
    local sane = compare("Cosine with FP32, sane INT" .. p.bits, models, {})
    verdict("sane", sane.both, sane.last)
    sane = compare("The same of activations less their mean", models, { centre = true })
    verdict("sane_centred", sane.both, sane.last)
    compare("Relative error, sane INT" .. p.bits, models, { reduce = "relative_error" })

    if last < 2 then return x:not_run("no layer lies between the first and the last") end
    local others, sum = {}, 0
    for layer = 1, last - 1 do
      others[layer] = { layer, last }
    end
    local opts = { against = m, at = final, texts = texts, centre = true }
    for _, cosines in ipairs(capture.cosine(protecting(quant.sane, others), opts)) do
      sum = tensor.from_table(cosines, "float64") + sum
    end
    verdict("special", sane.both, sum / (last - 1))
  end,
}
