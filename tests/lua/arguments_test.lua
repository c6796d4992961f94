-- Arguments of the wrong kind or size: one line that names the function or what is wrong, and never a loop without end.
local capture = require("residua.capture")
local corpus = require("residua.corpus")
local disparity = require("residua.disparity")
local experiment = require("residua.experiment")
local plan = require("residua.plan")
local plot = require("residua.plot")
local quant = require("residua.quant")
local range = require("residua.range")
local rate = require("residua.rate")
local search = require("residua.search")
local stats = require("residua.stats")
local store = require("residua.store")
local support = require("tests.lua.support")
local sweep = require("residua.sweep")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local train = require("residua.train")

local test = t.suite()

local m, texts = support.model(1, 2), support.texts()
local int4 = quant.int { bits = 4 }
local stack = tensor.ones(2, 2) -- prints itself in several lines

-- Calls a function with arguments; checks that it fails with one line that holds `expected`.
local function refuses(expected, f, ...)
  local arguments = table.pack(...)
  local message = t.raises(expected, function()
    f(table.unpack(arguments, 1, arguments.n))
  end)
  t.ok(not message:find("\n") and not message:find("attempt to", 1, true), message)
end

function test.surplus_arguments_are_refused()
  refuses("count: more arguments than it takes; its help lists them", texts.count, texts, "eng")
  refuses("more arguments than it takes", m.layers, m, 3)
  refuses("threads: more arguments than it takes", system.threads, 4)
  refuses("more arguments than it takes", stack.allclose, stack, stack, 1e-5, 1e-5)
end

function test.types_are_named()
  refuses("sweep.tokens: texts must be Corpus, got nil", capture.run, m, nil, "L1.resid.post")
  refuses("sweep.tokens: model must be Model, got 3", sweep.tokens, 3, texts)
  refuses("sweep.by_language: texts must be Corpus", sweep.by_language, { m })
  refuses("capture.attention: texts must be Corpus", capture.attention, m)
  refuses("capture.without_length: texts must be Corpus", capture.without_length, m, 1, stack)
  refuses("quant.errors: model must be Model", quant.errors, 3, int4)
  refuses("quant.relative_error: params must be table", quant.relative_error, m, "L0.mlp.up", int4)
  refuses("quant.clips_by_language: texts must be Corpus", quant.clips_by_language, m, 3, "L0.mlp.in", { rule = "mse" })
  refuses("quant.language_clips: model must be Model", quant.language_clips, 3, texts, "L0.mlp.in")
  refuses("string expected, got number", m.clipped, m, { 3 }, 4)
  refuses("Model:clipped: clips must be table", m.clipped, m, "L0.mlp.in", 4)
  refuses("train.gradients: texts must be Corpus", train.gradients, m, 3)
  refuses("train.batches: tokens must be Tokens", train.batches, texts)
  refuses("train.rate: opts must be table", train.rate, 1)
  refuses("disparity.of: changed must be Loss", disparity.of, m:loss(texts), m, 300)
  refuses("disparity.crossing: level must be number", disparity.crossing, {}, "half")
  refuses("corpus.of: by_language must be table", corpus.of, 3)
  refuses("Corpus:mean: values must be table", texts.mean, texts, 3)
  refuses("stats.draws: clusters must be table", stats.draws, 4, 10, 1, 3)
end

function test.rows_are_tables()
  refuses("rate.fit: row 1 must be table, got 3", rate.fit, { 3 })
  refuses("rate.fit: gap of row 1 must be table, got nil", rate.fit, { { bits = 3 } })
  refuses("search.pareto: row 2 must be table, got string", search.pareto, { { bits = 1, gap = 2 }, "x" }, {
    cost = "bits", value = "gap" })
  refuses("stats.contrast: row 1 must be table", stats.contrast, { 1 }, { of = "a", value = "v", by = "g" })
  refuses("corpus.of: 'eng' is no language with a list of texts", corpus.of, { eng = "One." })
  refuses("corpus.of: '1' is no language with a list of texts", corpus.of, { "One." })
end

function test.values_of_many_lines_are_named_by_type()
  refuses("Model:layer: there is no layer Tensor; layers are 0 to 1", m.layer, m, stack)
  refuses("Model:head_weights: there is no layer Tensor", m.head_weights, m, stack)
  refuses("Model:up_to: there is no layer Tensor", m.up_to, m, stack)
  refuses("Corpus:first: cannot keep Tensor sentences", texts.first, texts, stack)
  refuses("capture.frequent: how many must be a whole number from 1, got Tensor", capture.frequent, m, texts, stack)
  refuses("search.neighbours: the count of units is Tensor", search.neighbours, m, stack)
  refuses("unknown per 'a b" .. ("x"):rep(76) .. "…'", quant.int, { per = "a\nb" .. ("x"):rep(5000) })
  refuses("Loss:by: no axis 'Tensor'", m:loss(texts).by, m:loss(texts), stack)
  refuses("stats.pair_against_others: no pair 1, Tensor in the list", stats.pair_against_others, { 1, 2, 3 },
    { 1, stack }, function() return 1 end)
  refuses("experiment ?: field 'id' must be a string", experiment.declare, { id = stack })
  refuses("plan.make: unknown option 'Tensor'", plan.make, { with = int4, [stack] = 1 })
end

-- Not the function within it.
function test.the_function_that_was_called_is_blamed()
  local loss, other = m:loss(texts), support.loud_model()
  refuses("Loss:mean: unknown language 'xxx'", loss.mean, loss, "xxx")
  refuses("Loss:perplexity: unknown language 'xxx'", loss.perplexity, loss, "xxx")
  refuses("Figure:save: a table of options expected", function()
    plot({ 1, 2 }):save("x.svg", 3)
  end)
  refuses("disparity.compare: a table of options expected", disparity.compare, m, other, texts, 3)
  refuses("disparity.compare: unknown reference 'fra'", disparity.compare, m, other, texts, { reference = "fra" })
  refuses("disparity.curve: unknown reference 'fra'", disparity.curve, { model = m, plans = {}, at = {},
    texts = texts, reference = "fra" })
end

function test.what_would_be_no_number_is_refused()
  refuses("quant.relative_error: params is empty", quant.relative_error, m, {}, int4)
  refuses("quant.language_clips: the shares sum to 0", quant.language_clips, m, texts, "L0.mlp.in", { shares = {} })
  refuses("holds NaN or infinite values", m.ablated, m, { at = "L0.mlp.out", value = tensor.full(0 / 0, 16) })
  refuses("stats.from_draws: there are no values", stats.from_draws, {}, { n = 4 })
  refuses("stats.ratio: numerators: value 2 of 3 is inf", stats.ratio, { 1, math.huge, 3 }, { 1, 2, 3 })
end

function test.sizes_beyond_all_bounds_end()
  t.eq(#capture.frequent(m, texts, math.maxinteger), #capture.frequent(m, texts, 1000))
  t.eq(range(1, math.mininteger), {})
  refuses("choose 1 to 1024 bins", capture.attention, m, texts, { bins = math.maxinteger })
  refuses("choose 1 to 1024 bins", capture.attention, m, texts, { skip = -1 })
  refuses("range: 9.2233720368548e+18 numbers are too many", range, 1, math.maxinteger)
  refuses("numbers are too many", stats.jackknife, math.maxinteger, function() return 1 end)
  refuses("search.problem: 9223372036854775807 units are too many", search.problem, { units = math.maxinteger,
    value = function() return {} end })
  refuses("stats.bootstrap: n: 1000000000 out of range", stats.bootstrap, 1e9, function() return 1 end)
end

function test.a_store_has_a_path()
  refuses("the path is empty", store.open, "")
  refuses("the path is empty", store.use, "")
end

return test
