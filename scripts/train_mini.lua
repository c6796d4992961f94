-- Trains `mini`, the bundled model: 12 layers, GPT-2 architecture, on NTREX-128 with unequal shares of 16 languages.
-- Usage: residua --threads 1 scripts/train_mini.lua NTREX_FOLDER OUT_FOLDER [SHARE]
-- SHARE of the steps: 1 by default, 0.01 for a trial, 0 makes the card again.

local ngram = require("residua.ngram")

local ntrex, out, share = arg[1], arg[2], tonumber(arg[3] or "1")
if not (ntrex and out and share) then
  io.stderr:write("usage: residua scripts/train_mini.lua NTREX_FOLDER OUT_FOLDER [SHARE]\n")
  os.exit(2)
end

local SEED, VOCAB, CONTEXT, BATCH_TOKENS, RATE = 20261122, 512, 256, 2048, 3e-3
-- A shallow model learns most of what it can for a quarter of the price; stacked copies of its layers are the start of
-- the deep one (Gong et al. 2019, Du et al. 2024).
local STAGES = { { layers = 3, steps = 4000 }, { layers = 12, steps = 4500 } }
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

local function new_model(layers)
  return model.new {
    config = { model_type = "gpt2", n_layer = layers, n_embd = 128, n_head = 4, n_positions = CONTEXT,
      vocab_size = tok:vocab_size() },
    seed = SEED, tokenizer = tok,
  }
end

-- A deeper model whose layer i starts as layer i modulo depth of the shallow one.
local function stacked(shallow, layers)
  local deep, depth = new_model(layers), shallow:layers()
  for _, param in ipairs(deep:params()) do
    local source = param.name:gsub("^L(%d+)", function(layer)
      return "L" .. layer % depth
    end)
    deep = deep:with_param(param.name, shallow:param(source))
  end
  return deep
end

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
    local ids = { table.unpack(draw(), 1, CONTEXT) }
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

-- Trains one stage; the seconds that it took.
local function train_stage(start, steps)
  local running, seconds
  local trained = train.run {
    model = start, batches = next_batch, steps = steps, rate = RATE, weight_decay = 0.1,
    report = function(step, loss, elapsed)
      running = running and 0.98 * running + 0.02 * loss or loss
      seconds = elapsed
      if step % 50 == 0 or step == steps then
        print(("%d layers  step %d  loss %.4f  %.0f s"):format(start:layers(), step, running, elapsed))
        io.stdout:flush()
      end
    end,
  }
  return trained, seconds
end

local facts_file = out .. "/training.json"
if share > 0 then
  print(("%d tokens in an epoch, about %d in a step"):format(total, BATCH_TOKENS))
  local trained
  local done = { seconds = 0, seed = SEED, stages = {} }
  for _, stage in ipairs(STAGES) do
    local steps = math.ceil(share * stage.steps)
    local start = trained and stacked(trained, stage.layers) or new_model(stage.layers)
    local seconds
    trained, seconds = train_stage(start, steps)
    trained:save(("%s/%d-layers"):format(out, stage.layers), { dtype = "float32", tokenizer = tokenizer_json })
    done.seconds = done.seconds + seconds
    table.insert(done.stages, ("%d steps with %d layers"):format(steps, stage.layers))
  end
  trained:save(out, { dtype = "float16", tokenizer = tokenizer_json })
  local file = assert(io.open(facts_file, "w"))
  file:write(json.encode(done), "\n")
  file:close()
end
local facts = json.decode(assert(io.open(facts_file)):read("a"))

-- The saved model on held-out lines that fit its context, beside n-gram models of the same tokens and training lines.
local saved = model.load(out)
local rows, worse = {}, {}
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
  if nll >= bigram then
    worse[#worse + 1] = code
  end
  rows[#rows + 1] = ("| %s | %d | %g | %d | %.3f | %.3f | %.3f |"):format(code, shares[code][1], shares[code][2],
    #held, nll / bytes, bigram / bytes, unigram / bytes)
  print(rows[#rows])
end

local exceptions = #worse > 0 and ", all but " .. table.concat(worse, " ") or ""
local card = io.open(out .. "/README.md", "w")
card:write(([[# mini: a small multilingual GPT-2

12 layers, width 128, 4 heads, MLP 512, vocabulary %d (byte-level BPE), context %d, float16. Trained by
`residua --threads 1 scripts/train_mini.lua <NTREX-128> <here>` in %.0f s on one CPU core:
%s, each of about %d tokens; AdamW, peak learning rate %g,
seed %d. The deep model starts from stacked copies of the shallow one's layers. `<|endoftext|>` starts every
text, so that every byte of a text is predicted.

Data: the first %d lines of NTREX-128 (Federmann, Kocmi and Xin 2022, CC BY-SA 4.0), at most as many per language
as the table says; English lines are drawn three times as often as others. The last %d lines are held out. The weights
are licensed CC BY-SA 4.0 like the data that they were trained on; no text of NTREX is shipped.

Loss on the held-out lines that fit the context [nats per byte], beside a Witten-Bell smoothed bigram and an add-one
unigram model of the same tokens, each fitted on the language's own training lines:

| language | training lines | draws per line | held-out lines | mini | bigram | unigram |
|---|---|---|---|---|---|---|
%s

Better than the bigram model in %d of 16 languages%s. A research specimen: it writes no useful text.
]]):format(tok:vocab_size(), CONTEXT, facts.seconds, table.concat(facts.stages, ", then "), BATCH_TOKENS, RATE,
  SEED, TRAINED, HELD_OUT, table.concat(rows, "\n"), #codes - #worse, exceptions))
card:close()
