-- A shift of all logits changes no probability: what counts is the error less its mean over the vocabulary. Products of
-- logit errors follow from those of final activations and head' head. Errors of any two layers correlate by accident of
-- the weights, with intervals off 0 in every second random model: do these two do so more than other pairs?
return experiment {
  id = "T-006", title = "Error cancellation",
  asks = "Do the errors of L0 and of the last layer cancel in the logits?",
  params = { bits = 4, sentences = 4 },
  quick = { sentences = 3 }, full = { sentences = 24 },
  predicts = {
    stated = { "naive: the logit errors of L0 and the last layer correlate negatively", below = 0 },
    sane = { "sane, less the mean: logit errors of L0 and last correlate negatively, beyond other pairs", below = 0 },
  },
  run = function(p, x)
    local m, texts, last = x.model, x.texts:first(p.sentences), x.model:layers() - 1
    if last < 1 then return x:not_run("one layer") end
    local head = m:param(m:has("head") and "head" or "embed.tokens")
    local mean, raw = head:mean(1, true), head:t():matmul(head):to("float64")
    local centred = raw - mean:t():matmul(mean):to("float64") * head:size(1)

    local function correlations(errors, metric)
      local stacked, n = tensor.stack(errors, 1):to("float64"), #errors
      local products = stacked:matmul(metric):reshape({ n, -1 }):matmul(stacked:reshape({ n, -1 }):t()) + 1e-30
      local size = (products * tensor.eye(n)):sum(2, true):sqrt()
      return products / size / size:t(), products
    end
    -- Of L0 (first in `alone`) and the last layer: raw and centred correlation of errors; cross: twice their product
    -- over the sum of their powers; joint: the power of the error of both together over that sum, less 1 (what cross
    -- leaves of it is not additive). Second, the mean centred correlations of all that is in `alone`.
    local function errors_of(scheme, with, alone)
      local row, n, finals, between = { scheme = scheme, raw = {}, centred = {}, cross = {}, joint = {} }, #alone, {}, 0
      for i = 1, n + 1 do
        local params = { alone[i] or 0, alone[i] or last }
        finals[i] = m:quantized { with = with, params = params, protect = "*norm*" }:capture(texts, "final").final
      end
      for text, reference in ipairs(m:capture(texts, "final").final) do
        local errors = {}
        for i, final in ipairs(finals) do
          errors[i] = final[text] - reference
        end
        local found, products = correlations(errors, centred)
        local power = products:at(1, 1) + products:at(n, n)
        row.raw[text], row.centred[text] = correlations(errors, raw):at(1, n), found:at(1, n)
        row.cross[text], row.joint[text] = 2 * products:at(1, n) / power, products:at(n + 1, n + 1) / power - 1
        between = between + found / texts:count()
      end
      for _, name in ipairs { "raw", "centred", "cross", "joint" } do
        row[name] = texts:mean(row[name], { seed = x.seed })
      end
      return row, between
    end
    local naive = errors_of("naive", quant.int { bits = p.bits, per = "tensor" }, { 0, last })
    local sane, between = errors_of("sane", quant.int { bits = p.bits, per = "channel" }, range(0, last))
    local against_others, all_pairs = stats.pair_against_others(range(0, last), { 0, last }, function(a, b)
      return between:at(a + 1, b + 1)
    end)
    x:table({ naive, sane }, { caption = "Logit errors of L0 and the last layer: correlation, parts of the joint power",
      columns = { "scheme", "raw", "centred", "cross", "joint" } })
    x:plot(all_pairs, { kind = "heat", x = "first", y = "second", value = "value",
      caption = "Correlation of logit errors of two layers, each quantized alone (sane)" })
    x:verdict("stated", naive.raw)
    -- Both conditions have to hold: the interval is that of the second where the first holds, p the greater one.
    against_others.p = math.max(against_others.p or 0, sane.centred.p)
    x:verdict("sane", sane.centred.high < 0 and against_others or sane.centred)
  end,
}
