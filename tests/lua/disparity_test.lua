-- Disparity on two languages with losses given by hand: every formula again in plain Lua.
local corpus = require("residua.corpus")
local disparity = require("residua.disparity")
local loss = require("residua.loss")
local plan = require("residua.plan")
local quant = require("residua.quant")
local range = require("residua.range")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local VOCAB <const>, RESAMPLES <const>, SEED <const> = 1000, 400, 5

-- Per language and sentence: bytes come from the texts, tokens and losses are given.
local given = {
  eng = { text = { "abcd", "abcdef", "abcdefghij" }, tokens = { 2, 3, 4 }, before = { 4, 6, 9 }, after = { 5, 7, 11 } },
  swa = { text = { "äbc", "äbcd", "äbcdefg" }, tokens = { 3, 3, 5 }, before = { 7, 8, 12 }, after = { 10, 12, 19 } },
}
local codes = { "eng", "swa" }

local function losses()
  local texts, before, after, tokens = corpus.of { eng = given.eng.text, swa = given.swa.text }, {}, {}, {}
  for _, code in ipairs(codes) do
    table.move(given[code].before, 1, 3, #before + 1, before)
    table.move(given[code].after, 1, 3, #after + 1, after)
    table.move(given[code].tokens, 1, 3, #tokens + 1, tokens)
  end
  return loss.of(texts, before, tokens), loss.of(texts, after, tokens)
end

local T <const> = 4.302652729911275 -- scipy.stats.t.ppf(0.975, 2), for 3 sentences

local function drawn_of(measure)
  local drawn = {}
  for i, counts in ipairs(stats.resample_counts(3, RESAMPLES, SEED):totable()) do
    drawn[i] = measure(counts)
  end
  return drawn, measure({ 1, 1, 1 })
end

local function moments(list)
  local sum, squares = 0, 0
  for _, value in ipairs(list) do
    sum, squares = sum + value, squares + value ^ 2
  end
  local mean = sum / #list
  return mean, (squares / #list - mean ^ 2) ^ 0.5
end

-- Student's interval around `centre`; resamples of 3 vary two thirds as much as samples do.
local function student(centre, list)
  local _, sd = moments(list)
  return centre - T * sd * 1.5 ^ 0.5, centre + T * sd * 1.5 ^ 0.5
end

-- What `measure` gives on the data and on each resample of the sentences, and its interval.
local function resampled(measure)
  local drawn, estimate = drawn_of(measure)
  local low, high = student(estimate, drawn)
  return { estimate = estimate, low = low, high = high }
end

-- The same of an extreme value: each end is the wider of that around the mean of the resamples, of its reflection at
-- the estimate, and of what the errors ask for.
local function extreme(measure, errors)
  local drawn, estimate = drawn_of(measure)
  local low, high = student(moments(drawn), drawn)
  low, high = math.min(low, 2 * estimate - high), math.max(high, 2 * estimate - low)
  local least, most = student(moments(errors), errors)
  return { estimate = estimate, low = math.min(low, estimate - most), high = math.max(high, estimate - least) }
end

-- The errors of the gap of two languages in each resample: of either less the other where each could be the worst.
local function gap_errors(one, other)
  local drawn, estimate = drawn_of(function(counts)
    return one(counts) - other(counts)
  end)
  local list, _, sd = {}, moments(drawn)
  for i, value in ipairs(drawn) do
    local off = (value - estimate) * (estimate < 0 and -1 or 1)
    list[i] = math.abs(estimate) > 2.5 * sd * (RESAMPLES / (RESAMPLES - 1)) ^ 0.5 and off or math.abs(off)
  end
  return list
end

local function sum(list, counts)
  return list[1] * counts[1] + list[2] * counts[2] + list[3] * counts[3]
end

local function lengths(code, count)
  local list = {}
  for i, text in ipairs(given[code].text) do
    list[i] = count(text)
  end
  return list
end

local function rise(code, counts)
  return sum(given[code].after, counts) - sum(given[code].before, counts)
end

local function per_byte(code, counts)
  return rise(code, counts) / sum(lengths(code, string.len), counts)
end

local function increase(code, counts)
  local before = math.exp(sum(given[code].before, counts) / sum(given[code].tokens, counts))
  local after = math.exp(sum(given[code].after, counts) / sum(given[code].tokens, counts))
  return 100 * (after - before) / before
end

local function same_effect(got, expected, note)
  local size = 1e-9 * math.max(1, math.abs(expected.estimate))
  t.near({ got.estimate, got.low, got.high }, { expected.estimate, expected.low, expected.high }, size, note)
end

local function measured()
  local base, changed = losses()
  return disparity.of(base, changed, VOCAB, { seed = SEED, resamples = RESAMPLES })
end

function test.rises_per_unit()
  local d = measured()
  for i, code in ipairs(codes) do
    local row = d.rows[i]
    t.eq(row.language, code)
    local units = { byte = lengths(code, string.len), character = lengths(code, utf8.len), token = given[code].tokens,
      sentence = { 1, 1, 1 } }
    for unit, sizes in pairs(units) do
      same_effect(row["delta_" .. unit], resampled(function(counts)
        return rise(code, counts) / sum(sizes, counts)
      end), code .. " " .. unit)
    end
    local nats, percent = row.delta_token, row.ppl_increase
    t.near(percent.estimate, increase(code, { 1, 1, 1 }), 1e-9)
    t.near({ percent.low, percent.high }, { 100 * (math.exp(nats.low) - 1), 100 * (math.exp(nats.high) - 1) }, 1e-9)
  end
end

function test.gap_mean_and_ratio()
  local d = measured()
  t.eq({ d.reference, d.refused, d.collapsed }, { "eng", nil, nil })
  local function of(code)
    return function(counts)
      return per_byte(code, counts)
    end
  end
  local gap = extreme(function(counts)
    return math.abs(per_byte("eng", counts) - per_byte("swa", counts))
  end, gap_errors(of("eng"), of("swa")))
  gap.low = math.max(gap.low, 0)
  same_effect(d.gap, gap)
  same_effect(d.mean_delta, resampled(function(counts)
    return (per_byte("eng", counts) + per_byte("swa", counts)) / 2
  end))
  same_effect(d.ratio, resampled(function(counts)
    return increase("swa", counts) / increase("eng", counts)
  end))
  t.eq(#d.ratio_draws, RESAMPLES + 1)
  t.eq(d:row("swa"), d.rows[2])
end

-- 8 languages whose rises differ as much as 12 sentences blur them: between percentiles of the resamples, nearly all of
-- which are wider than the truth, it would lie in fewer than half of the intervals.
function test.intervals_of_gaps_hold_the_truth()
  local languages, sentences, trials, covered = 8, 12, 200, 0
  local by_language, zeros, tokens = {}, {}, {}
  for l = 1, languages do
    by_language[("x%02d"):format(l)] = { "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij",
      "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij", "abcdefghij" }
  end
  for i = 1, languages * sentences do
    zeros[i], tokens[i] = 0, 10
  end
  local texts = corpus.of(by_language)
  local base = loss.of(texts, zeros, tokens)
  for trial = 1, trials do
    local rises = tensor.randn(2 * trial, languages, 1) / sentences ^ 0.5
    local noisy = rises + tensor.randn(2 * trial + 1, languages, sentences)
    local gap = disparity.of(base, loss.of(texts, noisy:reshape(-1):totable(), tokens), VOCAB, { resamples = 200 }).gap
    local truth = (rises:max() - rises:min()) / 10
    covered = covered + (gap.low <= truth and truth <= gap.high and 1 or 0)
  end
  t.ok(covered >= 0.8 * trials, covered)
end

function test.another_reference_inverts_the_ratio()
  local base, changed = losses()
  local d = disparity.of(base, changed, VOCAB, { reference = "swa", seed = SEED, resamples = RESAMPLES })
  t.near(d.ratio.estimate, 1 / measured().ratio.estimate, 1e-12)
end

function test.the_mean_of_the_other_languages()
  local texts = corpus.of { eng = { "ab", "cd", "ef" }, fra = { "ab", "cd", "ef" }, swa = { "ab", "cd", "ef" } }
  local tokens = { 1, 1, 1, 1, 1, 1, 1, 1, 1 }
  local base = loss.of(texts, tokens, tokens)
  local changed = loss.of(texts, { 1.1, 1.1, 1.1, 1.2, 1.2, 1.2, 1.4, 1.4, 1.4 }, tokens)
  local d = disparity.of(base, changed, VOCAB)
  local eng, fra, swa = math.exp(0.1) - 1, math.exp(0.2) - 1, math.exp(0.4) - 1
  t.near(d.ratio.estimate, (fra / eng + swa / eng) / 2, 1e-9)
end

function test.resource_classes_of_a_known_corpus()
  local texts = corpus.load("parallel16", { languages = { "eng", "fra", "swa" }, sentences = 3 })
  local columns, before, after, tokens = texts:table(), {}, {}, {}
  local per_byte_of = { eng = 0.01, fra = 0.03, swa = 0.08 }
  for i, code in ipairs(columns.language) do
    before[i], tokens[i] = columns.bytes[i], columns.bytes[i]
    after[i] = columns.bytes[i] * (1 + per_byte_of[code])
  end
  local d = disparity.of(loss.of(texts, before, tokens), loss.of(texts, after, tokens), VOCAB)
  t.near(d.low_over_high.estimate, 0.08 / 0.02, 1e-9)
  for i, code in ipairs(columns.language) do -- its own denominator counts, not the reference
    after[i] = code == "eng" and before[i] or after[i]
  end
  d = disparity.of(loss.of(texts, before, tokens), loss.of(texts, after, tokens), VOCAB)
  t.eq(d.ratio.refused, "the reference language eng did not measurably degrade")
  t.near(d.low_over_high.estimate, 0.08 / 0.015, 1e-9)
  for i, code in ipairs(columns.language) do
    after[i] = code == "swa" and after[i] or before[i]
  end
  d = disparity.of(loss.of(texts, before, tokens), loss.of(texts, after, tokens), VOCAB)
  t.eq(d.low_over_high.refused, "the high-resource languages did not measurably degrade")
end

function test.a_collapsed_language_refuses_ratios()
  local base, changed = losses()
  local limit = math.log(VOCAB) - math.log(2)
  changed.nll[4] = 11 * (limit + 0.01) - changed.nll[5] - changed.nll[6]
  local d = disparity.of(base, changed, VOCAB)
  t.eq({ d.collapsed, d.rows[1].collapsed, d.rows[2].collapsed, d.ratio.estimate, d.low_over_high.estimate },
    { true, nil, true, nil, nil })
  t.eq(d.refused, "collapsed: a language's loss exceeds ln V - ln 2 = 6.21 nats/token")
  changed.nll[4] = 11 * (limit - 0.01) - changed.nll[5] - changed.nll[6]
  t.eq(disparity.of(base, changed, VOCAB).refused, nil)
end

function test.a_reference_that_did_not_degrade_refuses_ratios()
  local base, changed = losses()
  changed.nll[1] = 1 -- some sentences of eng gain, some lose
  local d = disparity.of(base, changed, VOCAB)
  t.eq({ d.ratio.refused, d.refused }, { d.refused, "the reference language eng did not measurably degrade" })
  t.ok(tostring(d):find("did not measurably degrade", 1, true))
end

function test.missing_sentences_count_for_nothing()
  local texts = corpus.of { eng = { "ab", "cd", "ef" }, swa = { "ab" } }
  local ones = { 1, 1, 1, 1 }
  local d = disparity.of(loss.of(texts, ones, ones), loss.of(texts, { 2, 2, 2, 3 }, ones), VOCAB)
  t.near({ d:row("eng").delta_byte.estimate, d:row("swa").delta_byte.estimate }, { 0.5, 1 }, 1e-12)
  t.near({ d:row("swa").delta_byte.low, d:row("swa").delta_byte.high }, { 1, 1 }, 1e-12)
end

function test.two_sentences_give_no_interval()
  local texts, ones = corpus.of { eng = { "ab", "cd" }, swa = { "ab", "cd" } }, { 1, 1, 1, 1 }
  local d = disparity.of(loss.of(texts, ones, ones), loss.of(texts, { 2, 2, 3, 3 }, ones), VOCAB)
  t.eq({ d.gap.n, d.gap.low == d.gap.low }, { 2, false })
  t.eq({ d.ratio.refused, disparity.difference(d, d, { relative = true }).refused },
    { "no interval from 2 units", "no interval from 2 units" })
end

function test.differences_are_paired()
  local base, changed = losses()
  local texts, opts = base.texts, { seed = SEED, resamples = RESAMPLES }
  local less = loss.of(texts, { 4.5, 6.5, 10, 8, 9, 14 }, base.tokens)
  local a, b = disparity.of(base, changed, VOCAB, opts), disparity.of(base, less, VOCAB, opts)
  local function of(after, i)
    local rises = {}
    for j = 1, 3 do
      rises[j] = after[3 * (i - 1) + j] - given[codes[i]].before[j]
    end
    return function(counts)
      return sum(rises, counts) / sum(lengths(codes[i], string.len), counts)
    end
  end
  local function gap(after, counts)
    return math.abs(of(after, 1)(counts) - of(after, 2)(counts))
  end
  local errors = gap_errors(of(changed.nll, 1), of(changed.nll, 2))
  for i, error in ipairs(gap_errors(of(less.nll, 1), of(less.nll, 2))) do
    errors[i] = errors[i] - error
  end
  same_effect(disparity.difference(a, b), extreme(function(counts)
    return gap(changed.nll, counts) - gap(less.nll, counts)
  end, errors))
  t.near(disparity.difference(a, a).high, 0, 1e-12)
  t.near(disparity.difference(a, b, { of = "ratio" }).estimate, a.ratio.estimate - b.ratio.estimate, 1e-9)
  local means = disparity.difference(a, b, { of = "mean_delta" })
  t.near(means.estimate, a.mean_delta.estimate - b.mean_delta.estimate, 1e-9)
end

function test.differences_of_what_has_none_are_refused()
  local base, changed = losses()
  local whole = disparity.of(base, changed, VOCAB)
  t.raises("disparity.difference: the sentences differ; give the same texts, seed and resamples", function()
    disparity.difference(whole, disparity.of(base, changed, VOCAB, { seed = 7 }))
  end)
  t.raises("disparity.difference: b must be Disparity, got table", function()
    disparity.difference(whole, {})
  end)
  local none = disparity.of(base, base, VOCAB)
  t.ok(disparity.difference(whole, none, { of = "ratio" }).refused:find("did not measurably degrade"))
  t.ok(disparity.difference(whole, none).estimate > 0, "gaps need no reference")
  changed.nll[4] = 1000
  t.ok(disparity.difference(disparity.of(base, changed, VOCAB), whole).refused:find("^collapsed"))
end

function test.comparing_models_measures_both()
  local m, texts = support.loud_model(), support.texts()
  local q = m:quantized(quant.sane { bits = 2 })
  local d = disparity.compare(m, q, texts, { seed = 2, resamples = 50 })
  local by_hand = disparity.of(m:loss(texts), q:loss(texts), m:architecture().vocab, { seed = 2, resamples = 50 })
  t.near(d.gap.estimate, by_hand.gap.estimate, 1e-6)
  t.eq(#d.rows, 3)
end

function test.curves_measure_each_plan_once()
  local m, texts = support.loud_model(), support.texts()
  local order, plans, shares = plan.rank(m, { per = "layer" }), {}, range(0, 100, 20)
  for i, share in ipairs(shares) do
    plans[i] = order:protect_top(share / 100, quant.sane { bits = 2 })
  end
  local rows = disparity.curve { model = m, plans = plans, texts = texts, at = shares }
  t.eq(#rows, 6)
  t.eq(rows.distinct, 5) -- of four layers, 0 and 20 % are the same plan
  for i, row in ipairs(rows) do
    local cost = plans[i]:cost(m)
    t.near({ row.at, row.protected, row.mean_bits }, { shares[i], 100 * cost.protected_share, cost.mean_bits }, 1e-9)
  end
  t.near(rows[6].mean_delta.estimate, 0, 1e-9)
  t.ok(rows.refused, "with all layers protected nothing degrades")
end

function test.a_crossing_lies_on_a_straight_line()
  local e = disparity.crossing({
    { at = 0, draws = { 4, 4, 2 }, ratio = { n = 9 } },
    { at = 10, draws = { 2, 3, 1.5 } }, { at = 20, draws = { 0, 0, 0 } } }, 1)
  t.near(e.estimate, 15, 1e-12)
  -- two resamples are too few for percentiles: scipy.stats.t.ppf(0.975, 8) * (5 / 3) * (9 / 8) ** 0.5
  t.near({ e.low, e.high }, { 15 - 4.076477898, 15 + 4.076477898 }, 1e-6)
end

function test.no_crossing_says_why()
  t.eq(disparity.crossing({ { at = 0, draws = { 4, 4 } }, { at = 5, draws = { 2, 2 } } }, 1).refused,
    "the ratio does not cross 1 between 0 and 5")
  t.eq(disparity.crossing({ { at = 0, draws = { 2, 2, 2 } }, { at = 5, draws = { 0, 0, 3 } } }, 1).refused,
    "only 50 % of the resamples cross 1")
  t.eq(disparity.crossing({ { at = 3 }, refused = "collapsed" }, 1).refused, "no ratio at 3: collapsed")
  t.eq(disparity.crossing({ { at = 0, draws = { 2, 2 } }, { at = 5, disparity = { refused = "flat" } },
    refused = "collapsed" }, 1).refused, "no ratio at 5: flat") -- of this row, not of the first that has none
end

function test.mistakes_are_named()
  local base, changed = losses()
  t.raises("disparity.of: unknown reference 'fra', expected one of: eng, swa", function()
    disparity.of(base, changed, VOCAB, { reference = "fra" })
  end)
  t.raises("disparity.of: unknown option 'refrence' (did you mean 'reference'?)", function()
    disparity.of(base, changed, VOCAB, { refrence = "eng" })
  end)
  t.raises("disparity.curve: unknown option 'plan' (did you mean 'plans'?)", function()
    disparity.curve { plan = {} }
  end)
  t.raises("disparity.curve: at: 1 values for 0 plans; say what each plan stands for", function()
    disparity.curve { model = support.loud_model(), texts = support.texts(), plans = {}, at = { 0 } }
  end)
end

return test
