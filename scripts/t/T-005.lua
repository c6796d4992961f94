-- The ends of any trend in depth lie far from the mean of what is between: so beside their distance from that mean,
-- that from the line over depth which the other layers follow. The null: every other pair of layers, asked the same
-- (exchangeable layers; were one end alone unlike, the other would still be the oddest partner in 1 of layers - 1).
local sorted_keys = require("residua.sorted_keys")

return experiment {
  id = "T-005", title = "Gateway structure",
  asks = "Are the first and the last layer structurally unlike those between?",
  params = { cap = 10 }, -- greatest |z| that one measure of one matrix counts for
  quick = {}, full = {}, -- weights alone: one size
  predicts = {
    stated = "spectra of the first and last layer are farther from the others' mean than those of other pairs",
    beyond_trend = "spectra of the first and last layer are farther from the others' line over depth than other pairs'",
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
    if layers < 10 then
      return x:not_run(("%d layers make too few pairs for p < 0.05 twice; 10 do"):format(layers))
    end

    -- How far two layers are from what the others predict, in standard errors of that (the coefficient of each in a
    -- regression on nothing but which one it is, or on depth too): the mean of the less unlike one, and by feature.
    local indicator = tensor.eye(layers):totable()
    local function unlikeness(first, last, depth)
      local rows, of_first, of_last = {}, 0, 0
      for _, name in ipairs(sorted_keys(features)) do
        local ends = { first = indicator[first], last = indicator[last], depth = depth }
        local fit = stats.ols(features[name], ends).by_name
        local row = { feature = name, first = fit.first.estimate / (fit.first.standard_error + 1e-12),
          last = fit.last.estimate / (fit.last.standard_error + 1e-12) }
        of_first = of_first + math.min(math.abs(row.first), p.cap)
        of_last = of_last + math.min(math.abs(row.last), p.cap)
        rows[#rows + 1] = row
      end
      return math.min(of_first, of_last) / #rows, rows
    end
    local function judge(name, depth)
      local _, rows = unlikeness(1, layers, depth)
      x:table(rows, { columns = { "feature", "first", "last" }, caption = name .. ": distance in standard errors" })
      x:verdict(name, (stats.pair_against_others(range(1, layers), { 1, layers }, function(first, last)
        return (unlikeness(first, last, depth))
      end)))
    end
    judge("stated", nil)
    judge("beyond_trend", range(1, layers))
  end,
}
