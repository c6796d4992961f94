-- Trains `mini`, the bundled model: 12 layers, GPT-2 architecture, on NTREX-128 with unequal shares of 16 languages.
-- Usage: residua --threads 1 scripts/train_mini.lua NTREX_FOLDER OUT_FOLDER [STEPS]; 0 steps make the card again.

local ngram = require("residua.ngram")

local ntrex, out, steps = arg[1], arg[2], tonumber(arg[3] or "2600")
if not (ntrex and out and steps) then
  io.stderr:write("usage: residua scripts/train_mini.lua NTREX_FOLDER OUT_FOLDER [STEPS]\n")
  os.exit(2)
end

local SEED, VOCAB, LONGEST, BATCH_TOKENS = 20261122, 1024, 200, 2048
local CONTEXT, RATE = 256, 3e-3
local TRAINED, HELD_OUT = 1797, 200 -- lines; the held-out ones are the last documents

-- Lines seen in training, and how often a line is drawn relative to others.
local shares = {
  eng = { 1797, 3 }, fra = { 1797, 1 }, deu = { 1797, 1 }, spa = { 1797, 1 }, rus = { 1797, 1 }, zho = { 1797, 1 },
  jpn = { 1400, 1 }, ara = { 1400, 1 }, kor = { 1200, 1 }, vie = { 1200, 1 }, tur = { 1000, 1 }, fin = { 1000, 1 },
  hin = { 800, 1 }, tha = { 800, 1 }, heb = { 400, 1 }, swa = { 400, 1 },
}
local codes = { "eng", "fra", "deu", "spa", "rus", "zho", "vie", "tur", "fin", "kor", "heb", "tha", "hin", "jpn", "ara",
  "swa" }

local ntrex_code = { ara = "arb" } -- NTREX names Modern Standard Arabic by its own code

local function lines_of(code, first, last)
  local texts = corpus.load(ntrex, { languages = { ntrex_code[code] or code } }):slice(first, last)
  local lines = {}
  for i = 1, texts:count() do
    lines[i] = texts:text(i)
  end
  return lines
end

local train_lines, all, weights = {}, {}, {}
for _, code in ipairs(codes) do
  train_lines[code] = lines_of(code, 1, shares[code][1])
  for _, line in ipairs(train_lines[code]) do
    all[#all + 1], weights[#weights + 1] = line, shares[code][2]
  end
end

print("training the tokenizer on " .. #all .. " lines")
local tokenizer_json = tokenizer.train(all, { vocab = VOCAB, weights = weights })
local tok = tokenizer.parse(tokenizer_json)
local encoded, total = {}, 0
for i, line in ipairs(all) do
  encoded[i] = tok:encode(line)
  total = total + #encoded[i] * weights[i]
end

local start = model.new {
  config = { model_type = "gpt2", n_layer = 12, n_embd = 128, n_head = 4, n_positions = CONTEXT,
    vocab_size = tok:vocab_size() },
  seed = SEED, tokenizer = tok,
}

-- Lines in proportion to their weights, long ones cut.
math.randomseed(SEED)
local cumulated = {}
for i, weight in ipairs(weights) do
  cumulated[i] = (cumulated[i - 1] or 0) + weight
end
local function draw()
  local target = math.random() * cumulated[#cumulated]
  local low, high = 1, #cumulated
  while low < high do
    local middle = (low + high) // 2
    if cumulated[middle] < target then
      low = middle + 1
    else
      high = middle
    end
  end
  return encoded[low]
end

-- Batches of similar lengths, four at a time, in random order.
local queue = {}
local function refill()
  local drawn, tokens = {}, 0
  while tokens < 4 * BATCH_TOKENS do
    local ids = { table.unpack(draw(), 1, LONGEST) }
    drawn[#drawn + 1], tokens = ids, tokens + #ids
  end
  table.sort(drawn, function(a, b)
    return #a < #b
  end)
  local batch, size = {}, 0
  for i, ids in ipairs(drawn) do
    batch[#batch + 1], size = ids, size + #ids
    if size >= BATCH_TOKENS or i == #drawn and size > BATCH_TOKENS // 2 then
      table.insert(queue, math.random(#queue + 1), tokenizer.tokens(batch))
      batch, size = {}, 0
    end
  end
end
local function next_batch()
  if #queue == 0 then
    refill()
  end
  return table.remove(queue)
end

local facts_file = out .. "/training.json"
if steps > 0 then
  print(("%d tokens in an epoch, %d steps of about %d tokens"):format(total, steps, BATCH_TOKENS))
  local running, seconds
  local trained = train.run {
    model = start, batches = next_batch, steps = steps, rate = RATE, weight_decay = 0.1,
    report = function(step, loss, elapsed)
      running = running and 0.98 * running + 0.02 * loss or loss
      seconds = elapsed
      if step % 50 == 0 or step == steps then
        print(("step %d  loss %.4f  %.0f s"):format(step, running, elapsed))
        io.stdout:flush()
      end
    end,
  }
  trained:save(out, { dtype = "float16", tokenizer = tokenizer_json })
  local file = assert(io.open(facts_file, "w"))
  file:write(json.encode({ steps = steps, seconds = seconds, seed = SEED }), "\n")
  file:close()
end
local facts = json.decode(assert(io.open(facts_file)):read("a"))

-- The saved model on held-out lines that fit its context, beside n-gram models of the same tokens and training lines.
local saved = model.load(out)
local rows, better = {}, {}
for _, code in ipairs(codes) do
  local held, sequences, seen, bytes = {}, {}, {}, 0
  for _, line in ipairs(lines_of(code, TRAINED + 1, TRAINED + HELD_OUT)) do
    local ids = tok:encode(line)
    if #ids <= CONTEXT then
      held[#held + 1], sequences[#sequences + 1], bytes = line, ids, bytes + #line
    end
  end
  for i, line in ipairs(train_lines[code]) do
    seen[i] = tok:encode(line)
  end
  local unigram, bigram = ngram.fit(seen, tok:vocab_size()):nll(sequences)
  local nll = saved:loss(corpus.of { [code] = held }):total()
  if nll < bigram then
    better[#better + 1] = code
  end
  rows[#rows + 1] = ("| %s | %d | %g | %d | %.3f | %.3f | %.3f |"):format(code, shares[code][1], shares[code][2],
    #held, nll / bytes, bigram / bytes, unigram / bytes)
  print(rows[#rows])
end

local card = io.open(out .. "/README.md", "w")
card:write(([[# mini: a small multilingual GPT-2

12 layers, width 128, 4 heads, MLP 512, vocabulary %d (byte-level BPE), context %d, float16. Trained by
`residua --threads 1 scripts/train_mini.lua <NTREX-128> <here> %d` in %.0f s on one CPU core: AdamW, %d steps of about
%d tokens, peak learning rate %g, seed %d. `<|endoftext|>` starts every text, so that every byte of a text is
predicted.

Data: the first %d lines of NTREX-128 (Federmann, Kocmi and Xin 2022, CC BY-SA 4.0), at most as many per language
as the table says; English lines are drawn three times as often as others. The last %d lines are held out. The weights
are licensed CC BY-SA 4.0 like the data that they were trained on; no text of NTREX is shipped.

Loss on the held-out lines that fit the context [nats per byte], beside a Witten-Bell smoothed bigram and an add-one
unigram model of the same tokens, each fitted on the language's own training lines:

| language | training lines | draws per line | held-out lines | mini | bigram | unigram |
|---|---|---|---|---|---|---|
%s

Better than the bigram model in %d of 16 languages (%s). A research specimen: it writes no useful text.
]]):format(tok:vocab_size(), CONTEXT, facts.steps, facts.seconds, facts.steps, BATCH_TOKENS, RATE, SEED, TRAINED,
  HELD_OUT, table.concat(rows, "\n"), #better, table.concat(better, " ")))
card:close()
