-- Logit errors when one layer alone is quantized. A shift of all logits changes no probability, so what counts is the
-- error less its mean over the vocabulary. Logits are linear in the final activations: products of their errors follow
-- from those and head' head. Errors of any two layers correlate a little by accident of the weights, with intervals off
-- 0 in every second random model: so the question is whether these two do more than other pairs.
return experiment {
  id = "T-006", title = "Error cancellation",
  asks = "Do the errors of L0 and of the last layer cancel in the logits?",
  params = { bits = 4, sentences = 4 },
  quick = { sentences = 3 }, full = { sentences = 24 },
  predicts = {
    stated = { "naive: the logit errors of L0 and the last layer correlate negatively", below = 0 },
    sane = { "sane, less the mean over the vocabulary: they do, and more so than other pairs of layers", below = 0 },
  },
  run = function(p, x)
    local m, layers, texts = x.model, x.model:layers(), x.texts:first(p.sentences)
    local several, columns = #texts:languages() > 2, texts:table()
    local head = m:param(m:has("head") and "head" or "embed.tokens")
    local mean, raw = head:mean(1, true), head:t():matmul(head):to("float64")
    local centred = raw - mean:t():matmul(mean):to("float64") * head:size(1)

    -- Of the first and the last layer in `alone`, per text: raw and centred correlation of their errors; cross: twice
    -- their product over the sum of their powers; joint: the power of the error of both together over that sum, less 1
    -- (what cross leaves of it is not additive). Second, the mean centred correlations of all layers.
    local function errors_of(scheme, q, alone)
      local row, finals = { scheme = scheme, raw = {}, centred = {}, cross = {}, joint = {} }, {}
      local base, n, between = m:capture(texts, "final").final, #alone + 1, 0
      for i = 1, n do
        local params = { alone[i] or 0, alone[i] or layers - 1 }
        finals[i] = m:quantized { with = q, params = params, protect = "*norm*" }:capture(texts, "final").final
      end
      for text = 1, texts:count() do
        local errors = {}
        for i = 1, n do
          errors[i] = finals[i][text] - base[text]
        end
        local stacked = tensor.stack(errors, 1):to("float64")
        local function correlations(gram)
          local all = stacked:matmul(gram):reshape({ n, -1 }):matmul(stacked:reshape({ n, -1 }):t()) + 1e-30
          local size = (all * tensor.eye(n)):sum(2):sqrt():reshape({ -1, 1 })
          return all / size:matmul(size:t()), all
        end
        local found, own = correlations(centred)
        local power = own:at(1, 1) + own:at(n - 1, n - 1)
        row.raw[text], row.centred[text], between = correlations(raw):at(1, n - 1), found:at(1, n - 1), between + found
        row.cross[text], row.joint[text] = 2 * own:at(1, n - 1) / power, own:at(n, n) / power - 1
      end
      for _, name in ipairs { "raw", "centred", "cross", "joint" } do
        row[name] = stats.mean(row[name], { clusters = several and columns.language or nil,
          units = several and columns.sentence or nil, seed = x.seed })
      end
      return row, between / texts:count()
    end
    local naive = errors_of("naive", quant.int { bits = p.bits, per = "tensor" }, { 0, layers - 1 })
    local sane, between = errors_of("sane", quant.int { bits = p.bits, per = "channel" }, range(0, layers - 1))
    x:table({ naive, sane }, { caption = "Logit errors of L0 and the last layer: correlation, parts of the joint power",
      columns = { "scheme", "raw", "centred", "cross", "joint" } })

    local cells, gaps, above, below = {}, {}, 0, 0
    for i = 1, layers - 1 do
      for j = i + 1, layers do
        local gap = between:at(1, layers) - between:at(i, j)
        gaps[#gaps + 1], above, below = gap, above + (gap >= 0 and 1 or 0), below + (gap <= 0 and 1 or 0)
        cells[#cells + 1] = { layer = "L" .. i - 1, other = "L" .. j - 1, correlation = between:at(i, j) }
      end
    end
    local low, middle, high = table.unpack(layers > 1 and stats.quantiles(gaps, { 0.025, 0.5, 0.975 }) or {})
    x:plot(cells, { kind = "heat", x = "layer", y = "other", value = "correlation",
      caption = "Correlation of logit errors of two layers, each quantized alone (sane)" })
    x:verdict("stated", layers < 2 and { refused = "one layer" } or naive.raw)
    x:verdict("sane", layers < 10 and { refused = layers .. " layers make too few pairs for p < 0.05; 10 do" }
      or sane.centred.high < 0 and { estimate = middle, low = low, high = high, p = math.min(above, below) / #gaps,
        n = layers } or sane.centred) -- of both conditions the one that fails
  end,
}
