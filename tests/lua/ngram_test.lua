-- N-gram models in closed form.
local ngram = require("residua.ngram")
local t = require("residua.testing")

local test = t.suite()

local SEQUENCES <const> = { { 0, 1, 2, 1 }, { 0, 1, 1 } } -- predicted: 1 2 1 1 1

function test.unigrams_add_one()
  local model = ngram.fit(SEQUENCES, 5)
  t.near(model:unigram(1), (4 + 1) / (5 + 5), 1e-12)
  t.near(model:unigram(2), (1 + 1) / (5 + 5), 1e-12)
  t.near(model:unigram(4), 1 / 10, 1e-12)
end

function test.bigrams_of_witten_and_bell()
  local model = ngram.fit(SEQUENCES, 5)
  -- After 1 came 2 and 1, once each: two types, two tokens.
  t.near(model:bigram(1, 2), (1 + 2 * 0.2) / (2 + 2), 1e-12)
  t.near(model:bigram(1, 3), (0 + 2 * 0.1) / (2 + 2), 1e-12)
  t.near(model:bigram(0, 1), (2 + 1 * 0.5) / (2 + 1), 1e-12)
  t.near(model:bigram(4, 1), model:unigram(1), 1e-12) -- 4 was never a context
end

function test.probabilities_sum_to_one()
  math.randomseed(2)
  local sequences = {}
  for i = 1, 20 do
    sequences[i] = {}
    for j = 1, 15 do
      sequences[i][j] = math.random(0, 6)
    end
  end
  local model = ngram.fit(sequences, 9)
  for previous = 0, 8 do
    local unigram, bigram = 0, 0
    for token = 0, 8 do
      unigram, bigram = unigram + model:unigram(token), bigram + model:bigram(previous, token)
    end
    t.near({ unigram, bigram }, { 1, 1 }, 1e-12)
  end
end

function test.losses_sum_over_predicted_tokens()
  local unigram, bigram = ngram.fit(SEQUENCES, 5):nll({ { 0, 1, 2 } })
  t.near(unigram, -math.log(0.5) - math.log(0.2), 1e-12)
  t.near(bigram, -math.log(2.5 / 3) - math.log(0.35), 1e-12)
end

return test
