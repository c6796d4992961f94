-- Comparisons of groups of rows, what two measurements share, draws in two stages, bins of sketches, clips of rules,
-- minimal pairs: what experiment scripts share.
local corpus = require("residua.corpus")
local disparity = require("residua.disparity")
local quant = require("residua.quant")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local sweep = require("residua.sweep")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local function rows_of(groups)
  local rows = {}
  for _, group in ipairs(groups) do
    for _, value in ipairs(group) do
      rows[#rows + 1] = { group = group.name, script = group.script, value = value }
    end
  end
  return rows
end

function test.a_contrast_is_the_difference_of_means()
  local rows = rows_of { { name = "low", 5, 6, 7 }, { name = "mid", 1, 1, 4 }, { name = "high", 2, 3, 4 },
    { 100, 200 } } -- the last have no group
  t.eq(stats.contrast(rows, { value = "value", by = "group", of = "low" }).estimate, 3.5)
  t.eq(stats.contrast(rows, { value = "value", by = "group", of = "low", against = "high" }).estimate, 3)
  t.eq(stats.contrast(rows, { value = "value", by = "group", of = "none" }).not_run,
    "group: 0 none, 9 others; 3 of each are needed")
end

-- Scripts differ, groups within scripts do not: only the unrestricted permutation takes the one for the other.
function test.permutation_within_strata()
  local rows = rows_of { { name = "low", script = "A", 10, 11, 12, 13, 11.5, 12.5 },
    { name = "high", script = "A", 11.8 },
    { name = "high", script = "B", 1, 2, 3, 4, 2.5, 1.5 }, { name = "low", script = "B", 2.2 } }
  local opts = { value = "value", by = "group", of = "low" }
  local free = stats.contrast(rows, opts)
  opts.within = "script"
  local within = stats.contrast(rows, opts)
  t.ok(free.p < 0.02 and within.p > 0.3, ("%g %g"):format(free.p, within.p))
  t.eq({ within.estimate, within.low, within.high }, { free.estimate, free.low, free.high })
end

function test.shared_variance_is_a_covariance()
  local e = stats.shared_variance({ 1, 2, 3, 6 }, { 2, 2, 5, 7 })
  t.near(e.estimate, 3.75, 1e-12) -- deviations -2, -1, 0, 3 and -2, -2, 1, 3: (4 + 2 + 0 + 9) / 4
  t.eq(e.n, 4)
  t.raises("stats.shared_variance: 2 and 1 values; give the same units twice", function()
    stats.shared_variance({ 1, 2 }, { 1 })
  end)
end

-- What two noises share is not found: 5 % of seeds or so.
function test.noise_shares_nothing()
  local found = 0
  for seed = 1, 40 do
    local e = stats.shared_variance(tensor.randn(seed, 12):totable(), tensor.randn(100 + seed, 12):totable())
    found = found + (e.low > 0 and e.p < 0.05 and 1 or 0)
  end
  t.ok(found <= 4, found)
end

-- Clusters that lie scattered: three are drawn, and of each as many members as it has.
function test.draws_of_clusters_and_then_of_their_members()
  local clusters = { "a", "b", "a", "b", "b", "a", "c" }
  local draws = stats.draws(7, 4000, 3, clusters)
  t.eq(draws:shape(), { 4001, 7 })
  t.eq(draws:row(1):totable(), { 1, 1, 1, 1, 1, 1, 1 })
  t.near(draws:mean(1):totable(), { 1, 1, 1, 1, 1, 1, 1 }, 0.1)
  local alone = draws:column(7):totable()
  for i, row in ipairs(draws:totable()) do
    local a, b = row[1] + row[3] + row[6], row[2] + row[4] + row[5]
    t.eq(a % 3 + b % 3, 0)
    t.eq(a / 3 + b / 3 + alone[i], 3) -- three clusters are drawn
  end
  t.ok(draws:equal(stats.draws(7, 4000, 3, clusters)))
  t.raises("stats.draws: 2 clusters for 3 observations; name one for each", function()
    stats.draws(3, 10, 1, { "a", "b" })
  end)
end

function test.bins_of_a_sketch()
  local values = tensor.randn(1, 20000)
  local counts = stats.binned(stats.sketch(values), { -1, 0, 1 }):totable()
  t.near(counts, { 10000, 10000 }, 300) -- the tails are in the outer bins
  t.eq(counts[1] + counts[2], 20000)
end

function test.clips_are_those_that_quantizers_take()
  local values = tensor.randn(4, 5000)
  for _, rule in ipairs { "mse", "aciq_laplace", "kurtosis_rule" } do
    local clip = quant.clip_value(values, { rule = rule, bits = 3 })
    local fixed = quant.int { bits = 3, per = "tensor", clip = "fixed", clip_value = clip }
    local direct = quant.int { bits = 3, per = "tensor", clip = rule }
    t.ok(fixed:apply(values):allclose(direct:apply(values), 1e-5), rule)
  end
  t.near(quant.clip_value(values, { rule = "absmax" }), values:abs():max(), 1e-6)
end

function test.minimal_pairs_of_a_folder()
  local folder <close> = support.folder()
  folder:write("deu.tsv", "phenomenon\tcorrect\twrong\na\tEr geht.\tEr gehst.\na\tWir gehen.\tWir geht.\n")
  folder:write("eng.tsv", "phenomenon\tcorrect\twrong\na\tHe goes.\tHe go.\n")
  local texts, languages = corpus.minimal_pairs(folder.path, { "deu", "xxx", "eng" })
  t.eq(languages, { "deu", "deu", "eng" })
  t.eq({ texts:text(1), texts:text(3), texts:text(4), texts:text(6) },
    { "Er geht.", "He goes.", "Er gehst.", "He go." })
  t.eq({ corpus.minimal_pairs(folder.path, { "xxx" }) }, { nil, {} })
end

function test.relative_differences_of_gaps()
  local m, texts = support.loud_model(), support.texts()
  local a = disparity.of(m:loss(texts), m:quantized(quant.sane { bits = 6 }):loss(texts), 1e6)
  local b = disparity.of(m:loss(texts), m:quantized(quant.sane { bits = 8 }):loss(texts), 1e6)
  local e = disparity.difference(a, b, { relative = true })
  t.near(e.estimate, 100 * (a.gap.estimate / b.gap.estimate - 1), 1e-6)
end

function test.languages_read_by_models_of_their_own()
  local m, texts = support.loud_model(), support.texts()
  local clips = quant.clips_by_language(m, texts, "L*.mlp.in", { rule = "mse", bits = 3 })
  local own = { deu = m:clipped(clips.deu, 3), eng = m, swa = m:clipped(clips.swa, { ["L0.mlp.in"] = 3,
    ["L1.mlp.in"] = 4, ["L2.mlp.in"] = 3, ["L3.mlp.in"] = 2 }) }
  local losses, whole = sweep.by_language({ own, m }, texts), m:loss(texts)
  t.near(losses[2].nll, whole.nll, 1e-3)
  t.eq(losses[2].tokens, whole.tokens)
  for l, code in ipairs { "deu", "eng", "swa" } do
    local alone = own[code]:loss(texts:select { code }).nll
    t.near(table.move(losses[1].nll, 4 * l - 3, 4 * l, 1, {}), alone, 1e-3)
  end
end

return test
