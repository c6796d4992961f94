-- Kurtosis of layers weighted by a language's share of activation there. Kurtosis stands for the error of clipping and
-- rounding, which can be measured. Activations are of other sentences than losses; languages are the units.
return experiment {
  id = "effective_kurtosis", title = "Effective kurtosis",
  asks = "Does kurtosis weighted by activation tell which languages lose most, and does its spread bound the gap?",
  params = { sentences = 16, fewest = 4, most = 8, step = 2 }, -- bits
  quick = { sentences = 6, step = 4 }, full = { sentences = 104, fewest = 3, step = 1 },
  predicts = {
    stated = { "naive INT4: the lower a language's effective kurtosis, the more dNLL (Pearson)", below = 0 },
    sane = { "sane INT4: the lower a language's effective kurtosis, the more dNLL (Spearman)", below = 0 },
    exact = "sane INT4: the greater the weights' relative error weighted by activation, the more dNLL",
    bound = { "one C serves gap <= C sd: over bits and models, most / least of gap / sd is below 2", below = 2 },
  },
  run = function(p, x)
    local m, known, held = x.model, x.texts:first(p.sentences):aligned():halves()
    if #known:languages() < 6 or m:layers() < 2 then
      return x:not_run("6 languages and 2 layers are the fewest to tell")
    end
    local function rise(model, scheme, texts)
      return disparity.compare(model, model:quantized(scheme), texts or held, { seed = x.seed })
    end
    -- By language, weighted by its shares of layers: kurtosis of their weights, and relative squared error of INT4.
    local function weighted(model)
      local shares, kurtosis, errors = capture.shares(model, known), {}, {}
      for _, unit in ipairs(plan.rank(model, { by = "kurtosis", per = "layer" })) do
        kurtosis[unit.layer + 1] = unit.score
        errors[unit.layer + 1] = quant.relative_error(model, unit.names, quant.sane().with)
      end
      kurtosis, errors = tensor.from_table(kurtosis, "float64"), tensor.from_table(errors, "float64")
      return kurtosis:matmul(shares):totable(), errors:matmul(shares):totable(), shares:row(kurtosis:argmax()):totable()
    end

    local cells, kept = {}, {}
    for _, model in ipairs { m, x.model2 } do
      local sd = stats.moments((weighted(model))):std()
      for bits = p.fewest, p.most, p.step do
        local d, other = rise(model, quant.sane { bits = bits }), rise(model, quant.sane { bits = bits }, known)
        cells[#cells + 1] = { model = model:name(), bits = bits, sd = sd, gap = d.gap, collapsed = d.collapsed, of = d,
          gap_over_sd = d.gap.estimate / sd, elsewhere = other.gap.estimate / sd }
      end
    end
    table.sort(cells, function(a, b) return a.elsewhere > b.elsewhere end) -- not by the sentences that test it
    x:table(cells, { columns = { "model", "bits", "sd", "gap", "gap_over_sd", "elsewhere", "collapsed" },
      caption = "Gap [nats/byte] over the sd of effective kurtosis over languages; elsewhere: in other sentences" })
    local effective, exact, share = weighted(m)
    local naive, sane, rows, shown = rise(m, quant.naive()), rise(m, quant.sane()), {}, {}
    for i, row in ipairs(sane.rows) do
      rows[i] = { language = row.language, effective = effective[i], error = exact[i],
        naive = naive.rows[i].delta_byte, sane = row.delta_byte }
    end
    x:table(rows, { columns = { "language", "effective", "error", "naive", "sane" },
      caption = "Effective kurtosis, and relative squared error of weights, by activation; dNLL [nats/byte]" })
    x:plot(rows, { kind = "points", x = "effective", y = { "naive", "sane" }, caption = "dNLL by effective kurtosis" })
    x:say(("Effective kurtosis on the share of the layer of the highest: R2 = %.3f (1: affine)\n"):format(
      stats.ols(effective, { share = share }).r2))
    local function told(name, values, d, kind)
      local related = disparity.related(d, values, { kind = kind, seed = x.seed })
      local why = related.within_script.not_run or related.within_script.refused
      shown[#shown + 1] = { of = name, correlation = related.correlation, beside_script = why or related.beside_script,
        p_within_script = why or related.within_script.p }
      x:verdict(name, related.correlation)
    end
    told("stated", effective, naive, "pearson")
    told("sane", effective, sane)
    told("exact", exact, sane)
    x:table(shown, { columns = { "of", "correlation", "beside_script", "p_within_script" },
      caption = "With dNLL over languages: plain, beside script (Latin or not), and p permuted within it" })
    for _, cell in ipairs(cells) do kept[#kept + 1] = cell.gap.low > 0 and not cell.collapsed and cell or nil end
    if #kept < 2 then return x:refuse("fewer than 2 gaps above 0 of models that did not collapse") end
    local most, least = kept[1], kept[#kept]
    local e, times = disparity.difference(most.of, least.of, { relative = true }), least.sd / most.sd
    for _, name in ipairs { "estimate", "low", "high" } do e[name] = e[name] and (1 + e[name] / 100) * times end
    x:verdict("bound", e)
  end,
}
