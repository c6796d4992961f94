-- Captures: every reduction against the same from whole activations, computed here in plain Lua.
local capture = require("residua.capture")
local corpus = require("residua.corpus")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local SITE <const> = "L2.resid.post"

local function pair()
  local m = support.loud_model()
  return m, m:quantized(quant.sane { bits = 3 }), support.texts()
end

-- Activations of all texts as nested tables: [text][token][channel].
local function activations(m, texts, site)
  local list = {}
  for i, values in ipairs(capture.run(m, texts, site)[site]) do
    list[i] = values:totable()
  end
  return list
end

local function mean_channels(rows)
  local mean = {}
  for _, row in ipairs(rows) do
    for i, value in ipairs(row) do
      mean[i] = (mean[i] or 0) + value / #rows
    end
  end
  return mean
end

local function subtract(rows, vector)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = {}
    for j, value in ipairs(row) do
      list[i][j] = value - vector[j]
    end
  end
  return list
end

local function dot(a, b)
  local sum = 0
  for i = 1, #a do
    sum = sum + a[i] * b[i]
  end
  return sum
end

local function mean_cosine(a, b)
  local sum = 0
  for i = 1, #a do
    sum = sum + dot(a[i], b[i]) / math.sqrt(dot(a[i], a[i]) * dot(b[i], b[i]))
  end
  return sum / #a
end

local function relative_error(reference, changed)
  local above, below = 0, 0
  for i = 1, #reference do
    for j = 1, #reference[i] do
      above = above + (changed[i][j] - reference[i][j]) ^ 2
      below = below + reference[i][j] ^ 2
    end
  end
  return math.sqrt(above / below)
end

function test.tensors_have_a_row_per_token()
  local m, _, texts = pair()
  local tokens = m:tokenizer():encode_corpus(texts):lengths()
  local seen = capture.run(m, texts, { SITE, "L0.attn.pattern", "logits" })
  for i = 1, texts:count() do
    t.eq(seen[SITE][i]:shape(), { tokens[i], 16 })
    t.eq(seen["L0.attn.pattern"][i]:shape(), { 2, tokens[i], tokens[i] })
    t.eq(seen.logits[i]:shape(), { tokens[i], m:architecture().vocab })
  end
end

function test.patterns_are_causal_distributions()
  local m, _, texts = pair()
  local pattern = capture.run(m, texts, "L1.attn.pattern")["L1.attn.pattern"][1]:totable()
  for _, head in ipairs(pattern) do
    for i, row in ipairs(head) do
      local sum = 0
      for j, value in ipairs(row) do
        t.ok(j <= i or value == 0)
        sum = sum + value
      end
      t.near(sum, 1, 1e-5)
    end
  end
end

function test.the_residual_stream_adds_up()
  local m, _, texts = pair()
  local seen = capture.run(m, texts, "L1.*")
  for i = 1, texts:count() do
    local mid = seen["L1.resid.pre"][i] + seen["L1.attn.out"][i]
    t.ok(mid:allclose(seen["L1.resid.mid"][i], 1e-5))
    t.ok((mid + seen["L1.mlp.out"][i]):allclose(seen["L1.resid.post"][i], 1e-5))
  end
end

function test.moments_by_language()
  local m, _, texts = pair()
  local seen = activations(m, texts, SITE)
  local moments = capture.run(m, texts, SITE, { reduce = "moments" })[SITE]
  for _, code in ipairs(texts:languages()) do
    local values = {}
    for i, language in ipairs(texts:table().language) do
      for _, row in ipairs(language == code and seen[i] or {}) do
        table.move(row, 1, #row, #values + 1, values)
      end
    end
    local n, mean, m2, m4 = #values, 0, 0, 0
    for _, value in ipairs(values) do
      mean = mean + value / n
    end
    for _, value in ipairs(values) do
      m2, m4 = m2 + (value - mean) ^ 2, m4 + (value - mean) ^ 4
    end
    local got = moments[code]
    t.eq(got:count(), n)
    t.near({ got:mean(), got:variance(), got:kurtosis(), got:min(), got:max() },
      { mean, m2 / (n - 1), (m4 / n) / (m2 / n) ^ 2 - 3, math.min(table.unpack(values)),
        math.max(table.unpack(values)) }, 1e-6)
  end
end

function test.a_summary_is_both_statistics()
  local m, texts = support.model(), support.texts()
  local both = capture.run(m, texts, SITE, { reduce = "summary" })[SITE].swa
  local moments = capture.run(m, texts, SITE, { reduce = "moments" })[SITE].swa
  local sketch = capture.run(m, texts, SITE, { reduce = "sketch" })[SITE].swa
  t.eq({ both.moments:count(), both.moments:mean(), both.moments:variance() },
    { moments:count(), moments:mean(), moments:variance() })
  t.eq({ both.sketch:count(), both.sketch:quantile(0.3), both.sketch:max() },
    { sketch:count(), sketch:quantile(0.3), sketch:max() })
end

function test.means_of_each_text()
  local m, _, texts = pair()
  local seen = activations(m, texts, SITE)
  local means = capture.run(m, texts, SITE, { reduce = "mean" })[SITE]:totable()
  t.eq(#means, texts:count())
  for i, rows in ipairs(seen) do
    t.near(means[i], mean_channels(rows), 1e-5)
  end
end

function test.cosines_and_relative_errors()
  local m, q, texts = pair()
  local a, b = activations(m, texts, SITE), activations(q, texts, SITE)
  local cosines = capture.run(q, texts, SITE, { against = m, reduce = "cosine" })[SITE]
  local errors = capture.run(q, texts, SITE, { against = m, reduce = "relative_error" })[SITE]
  for i = 1, texts:count() do
    t.near(cosines[i], mean_cosine(a[i], b[i]), 1e-5)
    t.near(errors[i], relative_error(a[i], b[i]), 1e-5)
    t.ok(cosines[i] < 0.9999 and errors[i] > 0.01, "the quantizer shows")
  end
end

function test.centred_comparisons_subtract_the_references_mean()
  local m, q, texts = pair()
  local a, b = activations(m, texts, SITE), activations(q, texts, SITE)
  local all = {}
  for _, rows in ipairs(a) do
    table.move(rows, 1, #rows, #all + 1, all)
  end
  local mean = mean_channels(all)
  for reduce, by_hand in pairs({ cosine = mean_cosine, relative_error = relative_error }) do
    local got = capture.run(q, texts, SITE, { against = m, reduce = reduce, centre = true })[SITE]
    for i = 1, texts:count() do
      t.near(got[i], by_hand(subtract(a[i], mean), subtract(b[i], mean)), 1e-5, reduce)
    end
  end
end

function test.several_models_in_one_run()
  local m, q, texts = pair()
  local both = capture.compare({ same = m, q = q }, { against = m, at = { SITE, "L0.mlp.out" }, texts = texts })
  t.near(both.q[SITE], capture.run(q, texts, SITE, { against = m, reduce = "cosine" })[SITE], 1e-6)
  for i = 1, texts:count() do
    t.near(both.same["L0.mlp.out"][i], 1, 1e-6)
  end
  local flat = capture.cosine({ q = q }, { against = m, at = SITE, texts = texts })
  t.near(flat.q, both.q[SITE], 1e-6)
end

function test.one_text_at_a_time_gives_the_same()
  local m, _, texts = pair()
  local whole = capture.run(m, texts, SITE, { reduce = "mean" })[SITE]
  for i = 1, texts:count() do
    local alone = capture.run(m, corpus.of { eng = { texts:text(i) } }, SITE, { reduce = "mean" })[SITE]
    t.near(alone:row(1):totable(), whole:row(i):totable(), 1e-4) -- float32 products of another size round differently
  end
end

function test.mistakes_are_named()
  local m, _, texts = pair()
  t.raises("capture: unknown reduce 'median' (did you mean 'mean'?), expected one of: cosine, mean, moments, " ..
    "relative_error, sketch, summary, tensor",
    function()
      capture.run(m, texts, SITE, { reduce = "median" })
    end)
  t.raises("capture: option 'against' is missing; name the reference model", function()
    capture.run(m, texts, SITE, { reduce = "cosine" })
  end)
  t.raises("capture: unknown option 'center' (did you mean 'centre'?)", function()
    capture.run(m, texts, SITE, { center = true })
  end)
  t.raises("no site is called 'L2.resid.past'", function()
    capture.run(m, texts, "L2.resid.past")
  end)
  t.raises("has no fixed width; capture it with reduce = \"tensor\"", function()
    capture.run(m, texts, "L0.attn.pattern", { reduce = "mean" })
  end)
end

return test
