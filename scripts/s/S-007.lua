-- Does one clip serve all languages? Clips are found in half of the sentences and tried on the other half, so that a
-- language's own, from less text than the common one, has no advantage but being its own. They are about 0.
return experiment {
  id = "S-007", title = "Language-specific alpha",
  asks = "Do languages need clips of their own, and what does a common one cost?",
  params = { site = "L*.mlp.in", bits = 4, sentences = 8 },
  quick = { sentences = 4 }, full = { sentences = 32 },
  predicts = {
    stated = "languages' MSE-optimal clips differ: odd and even sentences share a variance of ln clip over languages",
    cost = { "the common MSE-optimal clip errs (squared, ln) over 1 % more than the language's own", above = 1 },
    cost_aciq = { "the same of ACIQ's clips, by the law that fits better", above = 1 },
    rule = "the record's kurtosis rule, which is not ACIQ's, errs more than ACIQ",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, sites, rows, count = texts:languages(), m:sites(p.site), {}, texts:count() // #texts:languages()
    if count < 2 or #codes < 5 then return x:refuse("fewer than 2 sentences or 5 languages") end
    local gauss, laplace = quant.aciq_optimum("gauss", p.bits), quant.aciq_optimum("laplace", p.bits)

    -- ACIQ is the law whose entropy is less.
    local function clips_of(values)
      local rms, deviation = math.sqrt((values ^ 2):mean()), values:abs():mean()
      local laplace_fits = 1 + math.log(2 * deviation) < (1 + math.log(2 * math.pi)) / 2 + math.log(rms)
      return { gauss = gauss * rms, laplace = laplace * deviation,
        aciq = laplace_fits and laplace * deviation or gauss * rms,
        rule = (2.5 + 0.3 * math.log(1 + math.max(0, stats.moments(values):kurtosis()))) * rms,
        mse = quant.int { bits = p.bits, per = "tensor", clip = "mse" }:apply(values):abs():max() }
    end
    local function log_error(values, clip)
      local fixed = quant.int { bits = p.bits, per = "tensor", clip = "fixed", clip_value = clip }
      return 100 * math.log(fixed:error(values).mse)
    end

    local seen = m:capture(texts, sites)
    for k, code in ipairs(codes) do rows[k] = { language = code } end
    local function add(row, name, value) row[name] = (row[name] or 0) + value / 2 / #sites end
    for _, site in ipairs(sites) do
      local function half_of(k, half) -- [tokens, channels] of language k
        local parts = {}
        for i = half, count, 2 do parts[#parts + 1] = seen[site][(k - 1) * count + i] end
        return tensor.cat(parts, 1)
      end
      for half = 1, 2 do
        local parts = {}
        for k in ipairs(codes) do parts[k] = half_of(k, half) end
        local common = clips_of(tensor.cat(parts, 1))
        for k, row in ipairs(rows) do
          local own, tried, errors = clips_of(parts[k]), half_of(k, 3 - half), {}
          for rule, clip in pairs(own) do
            errors[rule] = log_error(tried, clip)
            add(row, rule, 100 * math.log(clip / common[rule]))
            add(row, rule .. "_cost", log_error(tried, common[rule]) - errors[rule])
          end
          add(row, half == 1 and "odd" or "even", math.log(own.mse))
          add(row, "rule_over_aciq", errors.rule - errors.aciq)
        end
      end
    end
    x:table(rows, { caption = "Means over sites, ln [%]: own clip over the common one by rule; squared error of the "
      .. "common clip over that of the own, and of the kurtosis rule over that of ACIQ", columns = { "language",
      "gauss", "laplace", "rule", "mse", "laplace_cost", "aciq_cost", "mse_cost", "rule_over_aciq" } })
    x:plot(rows, { kind = "points", x = "language", y = { "gauss", "laplace", "mse" }, y_label = "own / common, ln [%]",
      caption = "A language's own clip over the common one" })
    local t = table_of(rows)
    local odd, even = tensor.from_table(t:column("odd")), tensor.from_table(t:column("even"))
    local shared = (odd - odd:mean()) * (even - even:mean()) -- noise of one half does not know that of the other
    x:verdict("stated", stats.mean(shared:totable(), { seed = x.seed }))
    x:verdict("cost", stats.mean(t:column("mse_cost"), { seed = x.seed }))
    x:verdict("cost_aciq", stats.mean(t:column("aciq_cost"), { seed = x.seed }))
    x:verdict("rule", stats.mean(t:column("rule_over_aciq"), { seed = x.seed }))
  end,
}
