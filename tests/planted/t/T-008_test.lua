-- T-008 on models in which one known layer makes words agree; and the minimal pairs themselves.
local assets = require("residua.assets")
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local model = require("residua.model")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const>, WIDTH <const>, COUPLES <const> = 12, 16, 6
local CODES <const> = { "aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg", "hhh" }

local LETTERS <const> = {}
for letter in ("CDEFGHIJKLMNOPQRSTUVW"):gmatch(".") do
  LETTERS[#LETTERS + 1] = letter
end

-- In every language x agrees with A and y with B, after fillers of its own; or four random letters in each couple.
local function files(folder, random)
  for l, code in ipairs(CODES) do
    local lines = { "phenomenon\tcorrect\twrong" }
    for i = 1, COUPLES do
      local filler, a, b, c, d = string.char(98 + l, 98 + l + i), "A", "B", "x", "y"
      if random then
        a, b, c, d = table.unpack(stats.shuffled(LETTERS, random + 100 * l + i))
      end
      lines[2 * i] = table.concat({ "x", filler .. a .. c, filler .. a .. d }, "\t")
      lines[2 * i + 1] = table.concat({ "x", filler .. b .. d, filler .. b .. c }, "\t")
    end
    folder:write(code .. ".tsv", table.concat(lines, "\n") .. "\n")
  end
end

local function texts(codes)
  local by_language = {}
  for _, code in ipairs(codes) do
    by_language[code] = { "cd" }
  end
  return corpus.of(by_language, "texts")
end

-- Channels 1 to 4 carry A, B, x, y. Layer l adds gains[l] times (x - y) after A, and less that after B, to a stream
-- that has a little noise besides.
local function planted(gains, seed)
  local tok = tokenizer.parse(tokenizer.train({ "Ax" }, { vocab = 257 }))
  local m = model.new { seed = seed, tokenizer = tok, config = { model_type = "gpt2", n_layer = LAYERS, n_embd = WIDTH,
    n_head = 1, n_inner = 2, vocab_size = tok:vocab_size(), n_positions = 32 } }
  local embedding = (tensor.randn(seed, tok:vocab_size(), WIDTH) * 0.1):totable()
  for channel, letter in ipairs { "A", "B", "x", "y" } do
    local ids = tok:encode(letter)
    embedding[ids[#ids] + 1][channel] = 3
  end
  m = m:with_param("embed.tokens", tensor.from_table(embedding))
  for _, param in ipairs(m:params()) do
    if param.layer and #param.shape == 2 or param.name == "embed.positions" then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  local axis = tensor.eye(WIDTH)
  local seen, added = axis:row(1) - axis:row(2), axis:row(3) - axis:row(4)
  for layer, gain in pairs(gains) do
    m = m:with_param(("L%d.mlp.up"):format(layer), tensor.stack({ seen, seen * -1 }))
      :with_param(("L%d.mlp.down"):format(layer), tensor.stack({ added * gain, added * -gain }, 2))
  end
  return m
end

local function judged(m, languages, random)
  local folder <close> = support.folder()
  files(folder, random)
  local declared, found = library.load("T-008"), {}
  local x = context.new { experiment = declared, model = m, texts = texts(languages or CODES), seed = 1,
    write = function() end }
  declared.run({ pairs = folder.path, resamples = 200 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found, x
end

function test.a_peak_at_three_quarters_is_supported()
  local found, x = judged(planted({ [9] = 1, [10] = -0.9, [11] = -0.05 }, 1))
  t.eq({ found.prefers, found.knows, found.peak_nats }, { "supported", "supported", "supported" })
  t.eq({ x.effects.peak_nats.estimate, x.effects.peak_share.estimate }, { 0.75, 0.75 })
end

function test.a_peak_elsewhere_is_refuted()
  t.eq(judged(planted({ [3] = 1, [5] = -0.8 }, 2)).peak_nats, "refuted")
  local last = judged(planted({ [11] = 1 }, 3))
  t.eq({ last.peak_nats, last.peak_share, last.knows }, { "refuted", "refuted", "supported" })
end

-- A head that likes x in any case makes one pair of each couple right.
function test.the_frequency_of_a_form_cancels()
  local m = support.loud_model(4, 4)
  local embedding, tok = m:param("embed.tokens"), m:tokenizer()
  local liked, other = tok:encode("x"), tok:encode("y")
  local bias = embedding:row(liked[#liked] + 1) - embedding:row(other[#other] + 1)
  local _, x = judged(m:with_param("final.norm.bias", bias * 20))
  t.eq({ x.effects.prefers.estimate, x.effects.prefers.high }, { 0, 0 })
end

-- Random models and letters, 8 seeds.
function test.random_models_know_nothing()
  local supported = 0
  for seed = 11, 18 do
    for _, one in pairs(judged(support.loud_model(seed, 4), CODES, 1000 * seed)) do
      supported = supported + (one == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 32"):format(supported))
end

function test.languages_without_pairs()
  local found, x = judged(support.model(1, 1), { "zzz" })
  t.eq(#x.tables[1], 0)
  t.eq(x.effects.knows.not_run, "0 couples of minimal pairs in these languages")
  t.eq(found.peak_share, "not run")
  t.ok(judged(support.model(1, 1), { "aaa", "zzz" }).knows, "one language of six couples runs")
end

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do
    list[#list + 1] = word
  end
  return list
end

local function sorted(one, other)
  local list = words(one .. " " .. other)
  table.sort(list)
  return list
end

-- Pairs differ in one word; the two pairs of a couple use the same words, so that no frequency tells them apart.
function test.pairs_are_minimal_and_mirrored()
  for _, code in ipairs { "ara", "deu", "eng", "fin", "fra", "heb", "rus", "spa" } do
    local columns, seen = { phenomenon = {}, correct = {}, wrong = {} }, {}
    local file = corpus.load(assets.path("agreement") .. "/" .. code .. ".tsv")
    for i, column in ipairs(file:table().language) do
      table.insert(columns[column], file:text(i))
    end
    t.ok(#columns.correct >= 20 and #columns.correct % 2 == 0, code)
    for i, sentence in ipairs(columns.correct) do
      local right, wrong, differing = words(sentence), words(columns.wrong[i]), 0
      for k, word in ipairs(right) do
        differing = differing + (word == wrong[k] and 0 or 1)
      end
      t.eq({ #wrong, differing }, { #right, 1 }, sentence)
      t.ok(not seen[sentence] and not seen[columns.wrong[i]], sentence)
      seen[sentence], seen[columns.wrong[i]] = true, true
    end
    for i = 1, #columns.correct, 2 do
      t.eq(sorted(columns.correct[i], columns.correct[i + 1]), sorted(columns.wrong[i], columns.wrong[i + 1]))
      t.eq(columns.phenomenon[i], columns.phenomenon[i + 1])
    end
  end
end

return test
