-- Any noise widens the gap. So also: do the same languages lose at two widths, on other sentences, beside the script?
return experiment {
  id = "bit_width_sweep", title = "Bit width sweep (Exp-009)",
  asks = "At which bit width do languages begin to degrade unevenly?",
  params = { sentences = 8 }, quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = { "naive INT4: other languages lose more than the reference (ratio)", above = 1 },
    gap = "sane: the gap is wider at 4 bits than at 8",
    lasting = "sane: languages that lose more at 4 bits lose more at 3, on other sentences",
    beside_script = "the same beside the script (Latin or not)",
    resource = "sane INT4: low-resource languages lose more per byte than high-resource ones",
    nf4 = { "NF4 costs less than INT4 per sentence, both in groups of 64", below = 0 },
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences):aligned()
    local codes, info, columns = texts:languages(), texts:info(), texts:table()
    local count, rows, models, cells, of = texts:count() // #codes, {}, { m }, {}, {}
    local function add(scheme, bits, opts)
      rows[#rows + 1], models[#models + 1] = { scheme = scheme, bits = bits }, m:quantized(opts)
    end
    for bits = 2, 8 do
      add("naive INT", bits, quant.naive { bits = bits })
      add("sane INT", bits, quant.sane { bits = bits })
    end
    add("INT per 64", 4, { with = quant.int { bits = 4, per = "group", group = 64 } })
    add("NF4 per 64", 4, { with = quant.nf4() })
    add("NVFP4", 4, { with = quant.nvfp4() })
    add("FP8 E4M3", 8, { with = quant.float { format = "fp8_e4m3" } })
    local losses = sweep { models = models, texts = texts }
    for i, row in ipairs(rows) do
      local d = disparity.of(losses[1].loss, losses[i + 1].loss, m:architecture().vocab, { seed = x.seed })
      of[row.scheme .. " " .. row.bits] = { loss = losses[i + 1].loss, d = d }
      row.mean, row.reference, row.gap, row.ratio = d.mean_delta, d:row(d.reference).delta_byte, d.gap, d.ratio
      row.low_over_high, row.collapsed = d.low_over_high, d.collapsed
      for _, r in ipairs(row.scheme == "sane INT" and d.mean_delta.low > 0 and d.rows or {}) do
        cells[#cells + 1] = { bits = row.bits, language = r.language, rise = r.delta_byte.estimate / row.mean.estimate }
      end
    end
    x:table(rows, { caption = "Rise of the loss [nats/byte]: mean, reference language, worst - best; ratios",
      columns = { "scheme", "bits", "mean", "reference", "gap", "ratio", "low_over_high", "collapsed" } })
    x:table(of["sane INT 4"].d.rows, { caption = "Sane INT4 by language, rise of the loss [nats]" })
    x:plot(rows, { kind = "points", x = "bits", y = "gap", by = "scheme", caption = "Gap [nats/byte]", log = "y" })
    x:plot(cells, { kind = "heat", x = "bits", y = "language", value = "rise", caption = "Sane: rise over the mean" })
    -- Under sane INT, over some sentences: the gap between languages, and the rise of each [nats/byte].
    local function rises(bits, sentences)
      local list, nll = {}, of["sane INT " .. bits].loss.nll
      for l = 1, #codes do
        local rise, bytes = 0, 0
        for _, sentence in ipairs(sentences) do
          local i = (l - 1) * count + sentence
          rise, bytes = rise + nll[i] - losses[1].loss.nll[i], bytes + columns.bytes[i]
        end
        list[l] = rise / bytes
      end
      return math.max(table.unpack(list)) - math.min(table.unpack(list)), list
    end
    local latin, group = {}, { low = {}, high = {} }
    for l, code in ipairs(codes) do
      latin[l] = info[code].script == "Latin" and 1 or 0
      table.insert(group[info[code].resource] or {}, of["sane INT 4"].d.rows[l].delta_byte.estimate)
    end
    local few = (of["sane INT 4"].d.collapsed or #codes < 5 or count < 2) and { refused = "collapsed or < 5 languages" }
    local odd, even = select(2, rises(4, range(1, count, 2))), select(2, rises(3, range(2, count, 2)))
    x:verdict("stated", of["naive INT 4"].d.ratio)
    x:verdict("gap", few or stats.bootstrap(count, function(s) return rises(4, s) - rises(8, s) end, { seed = x.seed }))
    x:verdict("lasting", few or stats.correlation(odd, even, { seed = x.seed }))
    x:verdict("beside_script", few
      or math.max(table.unpack(latin)) == math.min(table.unpack(latin)) and { refused = "no two scripts are known" }
      or stats.partial_correlation(odd, even, { latin = latin }, { permutations = 2000, seed = x.seed }))
    x:verdict("resource", few or math.min(#group.low, #group.high) < 3 and { refused = "fewer than 3 on a side" }
      or stats.difference(group.low, group.high, { seed = x.seed }))
    x:verdict("nf4", stats.paired_difference(of["NF4 per 64 4"].loss.nll, of["INT per 64 4"].loss.nll,
      { clusters = columns.language, units = columns.sentence, seed = x.seed }))
  end,
}
