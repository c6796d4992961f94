-- A stream's entropy grows with its scale, and it holds what all layers before left. So beside it: what each layer
-- adds, by an entropy that scale does not change (of the correlations of channels), and beside depth, with which both
-- weights and activations change. Decoders are tested in other sentences; first tokens (attention sinks) are left out.
return experiment {
  id = "T-001", title = "Information content",
  asks = "Do layers of high weight variance carry more information?",
  params = { sentences = 8, classes = 12, bins = 1000 },
  quick = { sentences = 4 }, full = { sentences = 104, classes = 32 },
  predicts = {
    entropy = "stream: the binned entropy of activations rises with weight variance",
    loss = { "stream: the held-out loss of a token decoder falls with weight variance", below = 0 },
    own_entropy = "update, beside depth: the entropy of correlations rises with weight variance",
    own_loss = { "update, beside depth: the decoder's loss falls with weight variance", below = 0 },
  },
  run = function(p, x)
    local m, texts = x.model, x.texts:first(p.sentences)
    local known, held = texts:halves()
    local ids = { ids = capture.frequent(m, known, p.classes) }
    local _, labels = capture.labelled(m, held, "embed", ids)
    if m:layers() < 6 or #labels < 5 * p.classes then
      return x:not_run(("%d layers, %d tokens to decode; 6 and %d are needed"):format(m:layers(), #labels,
        5 * p.classes))
    end

    local function binned_entropy(values) -- [nats per channel]
      local low, high = values:min(), values:max()
      local histogram = stats.histogram(values, { low = low, high = high, bins = p.bins })
      return stats.entropy(histogram:counts()) + math.log((high - low) / p.bins)
    end
    local function correlation_entropy(values) -- [nats per channel]
      local unit, width = (values - values:mean(1, true)) / (values:std(1, true) + 1e-30), values:size(2)
      return stats.gaussian_entropy(unit:t():matmul(unit) / unit:size(1) + tensor.eye(width) * 1e-6) / width
    end
    local rows = {}
    for _, unit in ipairs(plan.rank(m, { by = "variance", per = "layer" })) do
      local before, after = ("L%d.resid.pre"):format(unit.layer), ("L%d.resid.post"):format(unit.layer)
      local all = capture.labelled(m, texts, { before, after })
      local fit, fit_labels = capture.labelled(m, known, { before, after }, ids)
      local test = capture.labelled(m, held, { before, after }, ids)
      local function decoder_loss(fitted, tested) -- [nats/token]
        return stats.logistic(fit_labels, fitted, { penalty = 10, standardize = true }):log_loss(tested, labels)
      end
      local added = (all[after] - all[before]):to("float64")
      rows[unit.layer + 1] = { layer = unit.layer, variance = unit.score, entropy = binned_entropy(all[after]),
        loss = decoder_loss(fit[after], test[after]), own_entropy = correlation_entropy(added),
        own_loss = decoder_loss(fit[after] - fit[before], test[after] - test[before]) }
    end
    local t = table_of(rows)
    x:table(rows, { columns = { "layer", "variance", "entropy", "loss", "own_entropy", "own_loss" },
      caption = "Entropies [nats per channel] and held-out decoder loss [nats/token] of stream and update" })
    x:plot(rows, { kind = "points", x = "variance", y = { "loss", "own_loss" }, caption = "Decoder loss [nats/token]" })
    for _, name in ipairs { "entropy", "loss" } do
      x:verdict(name, stats.correlation(t:column("variance"), t:column(name), { seed = x.seed }))
      x:verdict("own_" .. name, stats.partial_correlation(t:column("variance"), t:column("own_" .. name),
        { depth = t:column("layer") }, { permutations = 2000, seed = x.seed }))
    end
  end,
}
