-- Frequent tokens, labelled activations, shares of layers, relative error: against plain recomputation.
local capture = require("residua.capture")
local corpus = require("residua.corpus")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local SITE <const> = "L2.resid.post"

function test.frequent_tokens_in_order()
  local m = support.model()
  local texts = corpus.of { aaa = { "QQQXZ", "QXJ" }, bbb = { "XQ" } }
  local function id_of(letter)
    local ids = m:tokenizer():encode(letter)
    return ids[#ids]
  end
  local first = m:tokenizer():encode("Q")[1]
  local ids = capture.frequent(m, texts, 99)
  local begins = first ~= id_of("Q") -- else the first letter is the first token
  t.eq({ ids[1], ids[2] }, begins and { id_of("Q"), id_of("X") } or { ids[1], ids[2] })
  t.eq(capture.frequent(m, texts, 1), { ids[1] })
  t.raises("whole number from 1, got 0", function() capture.frequent(m, texts, 0) end)
end

function test.labelled_rows_are_those_of_the_tokens()
  local m, texts = support.loud_model(), support.texts()
  local tokens, whole = m:tokenizer():encode_corpus(texts), capture.run(m, texts, SITE)[SITE]
  local wanted = capture.frequent(m, texts, 3)
  local is_wanted = { [wanted[1]] = true, [wanted[2]] = true, [wanted[3]] = true }
  for _, ids in ipairs { false, wanted } do
    local seen, labels = capture.labelled(m, texts, { SITE, "embed" }, ids and { ids = ids } or nil)
    local row = 0
    for i, values in ipairs(whole) do
      for position, id in ipairs(tokens:ids(i)) do
        if position > 1 and (not ids or is_wanted[id]) then
          row = row + 1
          t.eq(labels[row], id)
          t.ok(seen[SITE]:row(row) == values:row(position))
        end
      end
    end
    t.eq({ row, #labels }, { seen.embed:size(1), seen[SITE]:size(1) })
  end
  local none, labels = capture.labelled(m, texts, SITE, { ids = {} })
  t.eq({ none[SITE] == nil, #labels }, { true, 0 })
end

function test.shares_are_of_the_mean_magnitude()
  local m, texts = support.loud_model(), support.texts()
  local shares, sums = capture.shares(m, texts), {}
  for layer = 0, 3 do
    local sum = 0
    for _, site in ipairs { "attn", "mlp" } do
      local name = ("L%d.%s.out"):format(layer, site)
      local values = capture.run(m, texts:select { "eng" }, name)[name]
      sum = sum + tensor.cat(values, 1):abs():mean()
    end
    sums[layer + 1] = sum
  end
  local total = sums[1] + sums[2] + sums[3] + sums[4]
  for layer, sum in ipairs(sums) do
    t.near(shares:at(layer, 2), sum / total, 0.01) -- of sketches
  end
end

function test.relative_error_is_of_all_params_together()
  local m, with = support.loud_model(), quant.int { bits = 4 }
  local names, squares, power = { "L0.mlp.up", "L1.attn.out" }, 0, 0
  for _, name in ipairs(names) do
    local w = m:param(name)
    squares = squares + (with:apply(w) - w):norm() ^ 2
    power = power + w:norm() ^ 2
  end
  t.near(quant.relative_error(m, names, with), squares / power, 1e-6)
end

return test
