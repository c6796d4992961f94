-- Tokenizers: training, encoding, decoding, messages. The golden files are from the `tokenizers` library.
local json = require("residua.json")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tokenizer = require("residua.tokenizer")

local test = t.suite()

local FOLDER <const> = support.home() .. "/tests/golden/tokenizer/"

function test.encodings_equal_the_golden_ones()
  for _, name in ipairs({ "added", "byte_fallback", "byte_level", "split", "unknown" }) do
    local tok = tokenizer.load(FOLDER .. name .. ".tokenizer.json")
    local cases = json.decode(support.read(FOLDER .. name .. ".cases.json"))
    t.ok(#cases > 10, name)
    for _, case in ipairs(cases) do
      t.eq(tok:encode(case.text), case.ids, name .. ": " .. case.text)
      t.eq(tok:encode(case.text, false), case.plain, name .. ": " .. case.text)
      t.eq(tok:decode(case.ids), case.decoded, name .. ": " .. case.text)
    end
  end
end

function test.any_text_comes_back()
  local tok = tokenizer.parse(support.tokenizer_json())
  for _, text in ipairs({ "The cat", "naïve café", "日本語", "שלום", "  two  spaces ", "a\nb", "👍🏽", "" }) do
    t.eq(tok:decode(tok:encode(text)), text)
  end
end

function test.the_first_special_token_opens_a_text()
  local tok = tokenizer.parse(support.tokenizer_json())
  local ids = tok:encode("cat")
  t.eq(ids[1], tok:id_of("<|endoftext|>"))
  t.eq({ table.unpack(ids, 2) }, tok:encode("cat", false))
  t.eq(tok:decode({ ids[1] }, false), "<|endoftext|>")
  t.eq(tok:decode({ ids[1] }), "")
end

function test.training_merges_frequent_pairs()
  local text = { "ab ab ab ab" }
  local tok = tokenizer.parse(tokenizer.train(text, { vocab = 258 }))
  t.eq(tok:vocab_size(), 258)
  t.eq(#tok:encode("ab", false), 1)
  t.eq(#tok:encode("ba", false), 2)
end

function test.weights_decide_what_is_frequent()
  local texts = { "ab ab ab", "xy" }
  t.eq(#tokenizer.parse(tokenizer.train(texts, { vocab = 258, weights = { 1, 100 } })):encode("xy", false), 1)
  t.eq(#tokenizer.parse(tokenizer.train(texts, { vocab = 258 })):encode("xy", false), 2)
end

function test.training_is_the_same_again()
  t.eq(tokenizer.train({ "one two", "two" }, { vocab = 270 }), tokenizer.train({ "one two", "two" }, { vocab = 270 }))
end

function test.tokens_hold_ids()
  local tokens = tokenizer.tokens({ { 0, 1, 2 }, { 0, 3 } })
  t.eq(tokens:count(), 2)
  t.eq(tokens:ids(2), { 0, 3 })
  t.eq(tokens:lengths(), { 3, 2 })
  t.eq(tostring(tokens), "Tokens: 5 in 2 texts")
end

function test.a_corpus_is_encoded_in_its_order()
  local tok = tokenizer.parse(support.tokenizer_json())
  local texts = support.texts()
  local tokens = tok:encode_corpus(texts)
  t.eq(tokens:count(), texts:count())
  t.eq(tokens:ids(5), tok:encode(texts:text(5)))
end

function test.mistakes_are_named()
  local tok = tokenizer.parse(support.tokenizer_json())
  t.raises("text to encode: invalid UTF-8 at byte 1", function()
    tok:encode("a\xff")
  end)
  t.raises("token id 9999 is not in the vocabulary", function()
    tok:decode({ 9999 })
  end)
  t.raises("not valid JSON at byte", function()
    tokenizer.parse("{")
  end)
  t.raises("tokenizer.train: unknown option 'vocabulary'; options are special, vocab, weights", function()
    tokenizer.train({ "a" }, { vocabulary = 300 })
  end)
  t.raises("1 texts but 2 weights", function()
    tokenizer.train({ "a" }, { vocab = 300, weights = { 1, 2 } })
  end)
end

return test
