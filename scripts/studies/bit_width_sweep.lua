-- Any noise widens the gap. So also: do the same languages lose at two widths, on other sentences, beside the script?
return experiment {
  id = "bit_width_sweep", title = "Bit width sweep (Exp-009)",
  asks = "At which bit width do languages begin to degrade unevenly?",
  params = { sentences = 8 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive INT4: other languages lose more than the reference (ratio)", above = 1 },
    gap = "sane: the gap is wider at 4 bits than at 8",
    lasting = "sane: languages that lose more at 4 bits lose more at 3, on other sentences",
    beside_script = "sane: languages that lose more at 4 bits lose more at 3, beside the script (Latin or not)",
    within_script = "sane: languages that lose more at 4 bits lose more at 3, permuted within script",
    resource = "sane INT4: low-resource languages lose more per byte than high-resource ones",
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)
    local schemes = table_of {
      { name = "NF4 per 64", bits = 4, plan = plan.make { with = quant.nf4() } },
      { name = "NVFP4", bits = 4, plan = plan.make { with = quant.nvfp4() } },
      { name = "FP8 E4M3", bits = 8, plan = plan.make { with = quant.float { format = "fp8_e4m3" } } },
    }
    for bits = 2, 8 do
      schemes[#schemes + 1] = { name = "naive INT", bits = bits, plan = plan.make(quant.naive { bits = bits }) }
      schemes[#schemes + 1] = { name = "sane INT", bits = bits, plan = plan.make(quant.sane { bits = bits }) }
    end

    local rows, cells, of = disparity.curve { model = m, plans = schemes:column("plan"), texts = texts,
      at = schemes:column("bits"), seed = x.seed }, {}, {}
    for i, row in ipairs(rows) do
      row.scheme, row.bits = schemes[i].name, row.at
      of[row.scheme .. row.bits] = row.disparity
      for k, rise in ipairs(row.scheme == "sane INT" and row.mean_delta.low > 0 and row.disparity:rises() or {}) do
        cells[#cells + 1] = { bits = row.bits, language = texts:languages()[k], rise = rise / row.mean_delta.estimate }
      end
    end
    x:table(rows, { caption = "Rise of the loss [nats/byte]: mean, reference language, worst - best; ratios",
      columns = { "scheme", "bits", "mean_delta", "reference_delta", "gap", "ratio", "low_over_high", "collapsed" } })
    x:table(of["sane INT4"].rows, { caption = "Sane INT4: rise of the loss [nats] per unit, of PPL [%]", columns = {
      "language", "script", "resource", "delta_token", "delta_byte", "delta_character", "delta_sentence",
      "ppl_increase" } })
    x:plot(rows, { kind = "points", x = "bits", y = "gap", by = "scheme", caption = "Gap [nats/byte]", log = "y" })
    x:plot(cells, { kind = "heat", x = "bits", y = "language", value = "rise", caption = "Sane: rise over the mean" })

    x:verdict("stated", of["naive INT4"].ratio)
    x:verdict("gap", disparity.difference(of["sane INT4"], of["sane INT8"]))
    if of["sane INT4"].collapsed or #texts:languages() < 5 then
      return x:refuse(of["sane INT4"].collapsed and of["sane INT4"].refused or "fewer than 5 languages")
    end
    local known, held = texts:halves()
    local four = disparity.compare(m, m:quantized(quant.sane { bits = 4 }), known):rises()
    local three = disparity.compare(m, m:quantized(quant.sane { bits = 3 }), held)
    local found = disparity.related(three, four, { seed = x.seed })
    x:verdict("lasting", found.correlation)
    x:verdict("beside_script", found.beside_script)
    x:verdict("within_script", found.within_script)
    x:verdict("resource", stats.contrast(of["sane INT4"].rows,
      { value = "delta_byte", by = "resource", of = "low", against = "high", seed = x.seed }))
  end,
}
