-- Exp-085 on models whose heads look at how recent a token is: some only in some languages. Outliers are planted there,
-- elsewhere, or nowhere.
local context = require("residua.context")
local letters = require("tests.planted.letters")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const>, HEADS <const>, EACH <const>, WIDTH <const> = 2, 8, 8, 64

local function specific(head)
  return head % 2 == 0
end

-- Channel 1 differs between the groups of languages, channel 2 does not, channel 3 rises with the position. Queries are
-- channel 1 (specific heads) or 2 along a vector, keys channel 3 along the same, so that the product favours what is
-- recent; `values(head, random)` makes the rows of v, which no one reads.
local function planted(values, seed)
  local m, lower, upper = letters.model({ n_layer = LAYERS, n_embd = WIDTH, n_head = HEADS }, seed)
  m = letters.with_channel(letters.with_channel(m, lower, 1, 0), upper, 1, 4)
  m = letters.with_channel(letters.with_channel(m, lower, 2, 2), upper, 2, 2)
  local axis = tensor.eye(WIDTH)
  m = m:with_param("embed.positions", tensor.range(1, 128):reshape(-1, 1) / 16 * axis:row(3):reshape(1, -1))
  for layer = 0, LAYERS - 1 do
    local q, k, v = {}, {}, {}
    for head = 1, HEADS do
      local along = tensor.randn(seed + 100 * layer + head, EACH, 1) * 0.4
      q[head] = along * axis:row(specific(head) and 1 or 2):reshape(1, -1)
      k[head] = along * axis:row(3):reshape(1, -1)
      v[head] = values(head, tensor.randn(seed + 1000 + 100 * layer + head, EACH, WIDTH))
    end
    for _, list in ipairs { k, v } do
      table.move(list, 1, HEADS, #q + 1, q)
    end
    m = m:with_param(("L%d.attn.qkv"):format(layer), tensor.cat(q, 1))
      :with_param(("L%d.attn.out"):format(layer), tensor.zeros(WIDTH, WIDTH))
  end
  return m
end

local function judged(m, texts)
  local declared, found = library.load("Exp-085"), {}
  local x = context.new { experiment = declared, model = m, texts = texts or letters.texts(4, 40), seed = 1,
    write = function() end }
  declared.run({ sentences = 4, skip = 4, bins = 4, beyond = 3 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found, x
end

-- Some values of a head far out.
local function with_outliers(random, head)
  local list = random:totable()
  for i = 1, EACH do
    list[i][3 * i + head] = 6
  end
  return tensor.from_table(list)
end

function test.outliers_in_specific_heads()
  local found, x = judged(planted(function(head, random)
    return specific(head) and with_outliers(random, head) or random
  end, 1))
  t.eq(found, { stated = "supported", within = "supported", shape = "supported" })
  for _, row in ipairs(x.tables[1]) do
    t.ok((row.specific > 0.02) == specific(row.head + 1), "specific heads are found")
  end
end

function test.outliers_in_other_heads()
  local found = judged(planted(function(head, random)
    return specific(head) and random or with_outliers(random, head)
  end, 2))
  t.ok(found.stated ~= "supported") -- the layers differ by chance
  t.eq({ found.within, found.shape }, { "refuted", "refuted" })
end

-- A head of greater scale has more weights beyond 3 std of the matrix, and no outliers of its own.
function test.scale_is_not_shape()
  local found = judged(planted(function(head, random)
    return specific(head) and random * 4 or random
  end, 3))
  t.eq({ found.stated, found.within }, { "supported", "supported" })
  t.ok(found.shape ~= "supported")
end

function test.random_weights()
  local supported = 0
  for seed = 11, 15 do
    for _, one in pairs(judged(planted(function(_, random) return random end, seed))) do
      supported = supported + (one == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 15"):format(supported))
end

function test.too_little_is_not_run()
  local _, x = judged(support.model(1, 1), support.texts():select { "swa" })
  t.ok(x.effects.stated.not_run:find("needs 3 languages", 1, true))
  _, x = judged(support.model(1, 1), letters.texts(4, 40))
  t.ok(x.effects.within.not_run)
end

return test
