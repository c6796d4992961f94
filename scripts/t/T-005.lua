-- The ends of any trend in depth lie far from the mean of what is between: so beside their distance from that mean,
-- that from the line over depth which the other layers follow. The null: every other pair of layers, asked the same
-- (exchangeable layers; were one end alone unlike, the other would still be the oddest partner in 1 of layers - 1).
return experiment {
  id = "T-005", title = "Gateway structure",
  asks = "Are the first and the last layer structurally unlike those between?",
  params = { cap = 10 }, -- greatest |z| that one measure of one matrix counts for
  quick = {}, full = {}, -- weights alone: one size
  predicts = {
    stated = "spectra of the first and last layer are farther from the others' mean than those of other pairs",
    beyond_trend = "they are farther from the others' line over depth than those of other pairs",
  },
  run = function(p, x)
    local m, layers, spectra, features = x.model, x.model:layers(), {}, {}
    for _, param in ipairs(m:params()) do
      if param.layer and #param.shape == 2 then
        local spectrum, matrix = stats.spectrum(m:param(param.name)), param.name:gsub("^L%d+%.", "")
        local ranks = spectrum.ranks
        spectra[#spectra + 1] = { layer = param.layer, matrix = matrix, stable_rank = ranks.stable }
        for measure, value in pairs { entropy_rank = ranks.entropy, stable_rank = ranks.stable, share_1 = ranks.share,
          condition = math.log(math.min(ranks.condition, 1e12)), random = stats.marchenko_pastur(spectrum).ks } do
          local name = matrix .. " " .. measure
          features[name] = features[name] or {}
          features[name][param.layer + 1] = value
        end
      end
    end
    x:plot(spectra, { x = "layer", y = "stable_rank", by = "matrix", caption = "Stable rank of each matrix by depth" })

    -- How far two layers are from what the others predict, in standard errors of the prediction (t of an indicator of
    -- each in a regression on nothing else, or on depth too): by feature, and the mean |z| of the less unlike one.
    local function unlikeness(first, last, trend)
      local columns, rows, sums = { first = {}, last = {}, depth = trend }, {}, { first = 0, last = 0 }
      for layer = 1, layers do
        columns.first[layer], columns.last[layer] = layer == first and 1 or 0, layer == last and 1 or 0
      end
      for name, values in pairs(features) do
        local fit, row = stats.ols(values, columns).by_name, { feature = name }
        for side, sum in pairs(sums) do
          local of = fit[side]
          local z = math.abs(of.estimate) < 1e-9 and 0 or of.estimate / of.standard_error
          row[side], sums[side] = z, sum + math.min(math.abs(z), p.cap)
        end
        rows[#rows + 1] = row
      end
      table.sort(rows, function(a, b) return a.feature < b.feature end)
      return math.min(sums.first, sums.last) / #rows, rows
    end

    -- By how much the ends are more unlike the rest than pairs are: 95 % of the differences, and their rank as p.
    local function against_other_pairs(caption, trend)
      if layers < 10 then
        return { refused = ("%d layers make too few pairs for p < 0.05 twice; 10 do"):format(layers) }
      end
      local own, rows = unlikeness(1, layers, trend)
      x:table(rows, { caption = caption, columns = { "feature", "first", "last" } })
      local gaps, above, below = {}, 0, 0
      for first = 1, layers do
        for last = layers, first + 1, -1 do
          local gap = own - (first == 1 and last == layers and own or unlikeness(first, last, trend))
          gaps[#gaps + 1], above, below = gap, above + (gap <= 0 and 1 or 0), below + (gap >= 0 and 1 or 0)
        end
      end
      local low, middle, high = table.unpack(stats.quantiles(gaps, { 0.025, 0.5, 0.975 }))
      return { estimate = middle, low = low, high = high, p = math.min(above, below) / #gaps, n = layers }
    end
    x:verdict("stated", against_other_pairs("Distance from the others' mean, in standard errors", nil))
    x:verdict("beyond_trend", against_other_pairs("Distance from the line of the others", range(1, layers)))
  end,
}
