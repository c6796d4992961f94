-- Does one clip serve all languages? Clips are found in half of the sentences and tried on the other half, so that a
-- language's own, from less text than the common one, has no advantage but being its own. They are about 0. The
-- record's kurtosis rule, 2.5 + 0.3 ln(1 + kurtosis) std, is not ACIQ's.
return experiment {
  id = "S-007", title = "Language-specific alpha",
  asks = "Do languages need clips of their own, and what does a common one cost?",
  params = { site = "L*.mlp.in", bits = 4, sentences = 8 },
  quick = { sentences = 4 }, full = { sentences = 32 },
  predicts = {
    stated = "languages' MSE-optimal clips differ: both halves of the sentences share a variance of ln clip",
    cost = { "the common MSE-optimal clip errs (squared, ln) over 1 % more than the language's own", above = 1 },
    cost_aciq = { "the common ACIQ clip (of the better law) errs over 1 % more than the language's own", above = 1 },
  },
  run = function(p, x)
    local texts = x.texts:first(p.sentences):aligned()
    local codes, sites, rows = texts:languages(), x.model:sites(p.site), {}
    if texts:count() < 2 * #codes or #codes < 5 then
      return x:not_run("fewer than 2 sentences or 5 languages")
    end
    local known, held = texts:halves()
    local seen = { first = capture.tokens(x.model, known, p.site), second = capture.tokens(x.model, held, p.site) }

    local function log_error(values, clip)
      local fixed = quant.int { bits = p.bits, per = "tensor", clip = "fixed", clip_value = clip }
      return math.log(fixed:error(values).mse)
    end
    local function study(site, rule, half, other)
      local parts = {}
      for k, code in ipairs(codes) do
        parts[k] = seen[half][site][code]
      end
      local common = quant.clip_value(tensor.cat(parts, 1), { rule = rule, bits = p.bits })
      for k, code in ipairs(codes) do
        local own, held_out = quant.clip_value(parts[k], { rule = rule, bits = p.bits }), seen[other][site][code]
        local cost = log_error(held_out, common) - log_error(held_out, own)
        local row = rows[k] or { language = code }
        row[rule] = (row[rule] or 0) + 100 * math.log(own / common) / (2 * #sites)
        row[rule .. "_cost"] = (row[rule .. "_cost"] or 0) + 100 * cost / (2 * #sites)
        row[rule .. half] = (row[rule .. half] or 0) + math.log(own) / #sites
        rows[k] = row
      end
    end
    for _, site in ipairs(sites) do
      for _, rule in ipairs { "aciq_gauss", "aciq_laplace", "aciq", "kurtosis_rule", "mse" } do
        study(site, rule, "first", "second")
        study(site, rule, "second", "first")
      end
    end

    x:table(rows, { caption = "ln own clip / common one; ln squared error of common / own [%]; means over sites",
      columns = { "language", "aciq_gauss", "aciq_laplace", "kurtosis_rule", "mse", "aciq_cost", "mse_cost" } })
    x:plot(rows, { kind = "points", x = "language", y = { "aciq_gauss", "aciq_laplace", "mse" },
      y_label = "own / common, ln [%]", caption = "A language's own clip over the common one" })
    local t = table_of(rows)
    x:verdict("stated", stats.shared_variance(t:column("msefirst"), t:column("msesecond"), { seed = x.seed }))
    x:verdict("cost", stats.mean(t:column("mse_cost"), { seed = x.seed }))
    x:verdict("cost_aciq", stats.mean(t:column("aciq_cost"), { seed = x.seed }))
  end,
}
