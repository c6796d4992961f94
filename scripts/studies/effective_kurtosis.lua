-- Kurtosis of layers weighted by a language's share of activation there. Kurtosis stands for the error of clipping and
-- rounding, which can be measured. Activations are of other sentences than losses; languages are the units.
return experiment {
  id = "effective_kurtosis", title = "Effective kurtosis",
  asks = "Does kurtosis weighted by activation tell which languages lose most, and does its spread bound the gap?",
  params = { sentences = 16, fewest = 4, most = 8, step = 2 }, -- bits
  quick = { sentences = 6, step = 4 }, full = { sentences = 104, fewest = 3, step = 1 },
  predicts = {
    stated = { "naive INT4: the lower a language's effective kurtosis, the more dNLL (Pearson)", below = 0 },
    sane = { "sane INT4: the same (Spearman)", below = 0 },
    exact = "sane INT4: the greater the weights' relative error weighted alike, the more dNLL",
    bound = { "one C serves gap <= C sd: over bits and models, ln(most / least) of gap / sd", below = math.log(2) },
  },
  run = function(p, x)
    local m, texts, rows, cells = x.model, x.texts:first(p.sentences):aligned(), {}, {}
    local codes, share, kurtosis, errors, known, held = texts:languages(), nil, nil, nil, texts:halves()
    local few = (#codes < 6 or m:layers() < 2) and { refused = "6 languages and 2 layers are the fewest to tell" }
    local function rise(of, scheme) return disparity.compare(of, of:quantized(scheme), held, { seed = x.seed }) end

    -- Shares of a language's mean |activation| that layers add, [layers, languages]; kurtosis of a layer's weights, and
    -- their relative squared error under sane INT4, [layers, 1]. They remain those of the first model.
    for _, model in ipairs(x.model2 and { x.model2, m } or { m }) do
      share, kurtosis, errors = {}, {}, {}
      for site, of in pairs(model:capture(known, { "L*.attn.out", "L*.mlp.out" }, { reduce = "summary" })) do
        local layer, list = tonumber(site:match("%d+")) + 1, {}
        for i, code in ipairs(codes) do
          list[i] = of[code].sketch:mean_deviation(0)
        end
        share[layer] = tensor.from_table(list, "float64") + (share[layer] or 0)
      end
      for _, unit in ipairs(plan.rank(model, { by = "kurtosis", per = "layer" })) do
        local squares, power = 0, 0
        for _, name in ipairs(unit.names) do
          local w = model:param(name)
          squares, power = squares + ((quant.sane().with:apply(w) - w) ^ 2):sum(), power + (w ^ 2):sum()
        end
        kurtosis[unit.layer + 1], errors[unit.layer + 1] = { unit.score }, { squares / power }
      end
      share = tensor.stack(share) / tensor.stack(share):sum(1, true)
      kurtosis, errors = tensor.from_table(kurtosis, "float64"), tensor.from_table(errors, "float64")
      local sd = (share * kurtosis):sum(1):std()
      for bits = p.fewest, p.most, p.step do
        local gap = rise(model, quant.sane { bits = bits }).gap
        cells[#cells + 1] = { model = model:name(), bits = bits, sd = sd, gap = gap, c = gap.estimate / sd }
      end
    end
    table.sort(cells, function(a, b) return a.c > b.c end)
    x:table(cells, { caption = "Gap [nats/byte] over the sd of effective kurtosis over languages, the greatest first" })
    local effective, exact = (share * kurtosis):sum(1):totable(), (share * errors):sum(1):totable()
    local naive, sane = rise(m, quant.naive()), rise(m, quant.sane())
    for i, code in ipairs(codes) do
      rows[i] = { language = code, effective = effective[i], error = exact[i], naive = naive.rows[i].delta_byte,
        sane = sane.rows[i].delta_byte }
    end
    x:table(rows, { caption = "Effective kurtosis and relative error; dNLL [nats/byte]" })
    x:plot(rows, { kind = "points", x = "effective", y = { "naive", "sane" }, caption = "dNLL by effective kurtosis" })
    x:say(few and few.refused or ("Effective kurtosis on the share of the layer of the highest: R2 = %.3f (1: affine)")
      :format(stats.ols(effective, { share = share:row(kurtosis:argmax()):totable() }).r2))
    local most, least = cells[1], cells[#cells]
    local function ln(a, b) return math.log(math.max(1, a / most.sd / (b / least.sd))) end
    local function correlation(values, d, kind)
      local rises = {}
      for i, row in ipairs(d.rows) do
        rises[i] = row.delta_byte.estimate
      end
      return few or d.collapsed and { refused = "a language's loss is near ln V" }
        or stats.correlation(values, rises, { kind = kind, seed = x.seed })
    end
    x:verdict("stated", correlation(effective, naive, "pearson"))
    x:verdict("sane", correlation(effective, sane))
    x:verdict("exact", correlation(exact, sane))
    x:verdict("bound", few or { estimate = ln(most.gap.estimate, least.gap.estimate), n = most.gap.n,
      low = ln(most.gap.low, least.gap.high), high = ln(most.gap.high, least.gap.low) })
  end,
}
