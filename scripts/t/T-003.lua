-- The spread of languages is widened by the few sentences that it is taken from. Two-way analysis of variance tells the
-- two apart, as all have the same sentences. First tokens (attention sinks) weigh more in short texts: they are left
-- out. A layer's cost is from other sentences. The units are layers.
return experiment {
  id = "T-003", title = "Language activation variance",
  asks = "Do the activations of critical layers differ more across languages?",
  params = { bits = 4, sentences = 8, skip = 4 },
  quick = { sentences = 4 },
  full = { sentences = 96 },
  predicts = {
    stated = "the more INT4 in a layer costs, the more its ln activation variance varies over languages",
    sane = "the same without first tokens, and less what varies by sentence",
    beyond_depth = "at equal depth: the more INT4 costs, the more it varies, less what varies by sentence",
    within_script = "among languages of one script: the more INT4 costs, the more it varies, less the same",
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences):aligned()
    local codes, count, by_script, script = texts:languages(), texts:count() // #texts:languages(), {}, {}
    local known, held = texts:slice(1, (count + 1) // 2), texts:slice(math.min(count, (count + 3) // 2), count)
    for i, code in ipairs(codes) do
      local name = (texts:info()[code] or {}).script or code
      by_script[name] = by_script[name] or {}
      table.insert(by_script[name], i)
      script = #by_script[name] > #script and by_script[name] or script
    end
    -- ln variance in each layer, [languages][sentences].
    local all, later, cells = {}, {}, {}
    for i, code in ipairs(codes) do
      local seen = m:capture(held:select { code }, "L*.resid.post")
      for layer = 1, layers do
        all[layer], later[layer] = all[layer] or {}, later[layer] or {}
        all[layer][i], later[layer][i] = {}, {}
        for k, values in ipairs(seen[("L%d.resid.post"):format(layer - 1)]) do
          local skip = math.min(p.skip, values:size(1) - 1)
          all[layer][i][k] = math.log(values:var() + 1e-30)
          later[layer][i][k] = math.log(values:slice(1, skip + 1, values:size(1)):var() + 1e-30)
        end
      end
    end
    local function spread_less_noise(values)
      local mean, size = values:mean(2, true), values:size(2)
      local rest = values - mean - values:mean(1, true) + values:mean()
      return mean:var() - (rest ^ 2):sum() / ((values:size(1) - 1) * (size - 1) * size)
    end
    local cost, rows = search.sensitivity { model = m, texts = known, with = quant.sane { bits = p.bits } }, {}
    for layer = 1, layers do
      local first, values = tensor.from_table(all[layer], "float64"), tensor.from_table(later[layer], "float64")
      local spread = stats.bootstrap(count - count // 2, function(drawn)
        return first:index(2, drawn):mean(2):var()
      end, { seed = x.seed, resamples = 200 })
      local row = { layer = "L" .. layer - 1, cost = cost[layer].when_quantized, spread = spread }
      row.int4, row.stated, row.sane = row.cost.estimate, spread.estimate, spread_less_noise(values)
      rows[layer], row.within_script = row, spread_less_noise(values:index(1, script))
      for i, value in ipairs((values:mean(2) - values:mean()):totable()) do
        cells[#cells + 1] = { layer = row.layer, language = codes[i], value = value }
      end
    end
    local t = table_of(rows)
    x:table(rows, { caption = "Cost [nats/token]; variance over languages of ln activation variance",
      columns = { "layer", "cost", "spread", "sane", "within_script" } })
    x:plot(cells, { kind = "heat", x = "layer", y = "language", value = "value",
      caption = "ln activation variance less its mean over languages" })
    local function with_cost(column, languages, beside)
      local few = layers < 5 and "fewer than 5 layers" or count < 4 and "fewer than 4 sentences"
        or languages < 3 and "fewer than 3 languages"
      local a, b = t:column(column), t:column("int4")
      return few and { refused = few } or beside and stats.partial_correlation(a, b, beside)
        or stats.correlation(a, b, { seed = x.seed })
    end
    x:verdict("stated", with_cost("stated", #codes))
    x:verdict("sane", with_cost("sane", #codes))
    x:verdict("within_script", with_cost("within_script", #script))
    x:verdict("beyond_depth", with_cost("sane", #codes, { depth = range(1, layers) }))
  end,
}
