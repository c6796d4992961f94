-- What the files of a model say: against the model itself, and against counts by hand.
local json = require("residua.json")
local model = require("residua.model")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local GOLDEN <const> = support.home() .. "/tests/golden/"

-- Two layers of width 8, vocabulary 11, 16 positions: config of tests/golden/make_bins.py.
local PER_LAYER <const> = 8 * 24 + 24 + 8 * 8 + 8 + 8 * 32 + 32 + 32 * 8 + 8 + 4 * 8
local WEIGHTS <const> = 11 * 8 + 16 * 8 + 2 * PER_LAYER + 2 * 8

function test.counts()
  local info = model.info(GOLDEN .. "bins/gpt2-safe")
  t.eq({ info.name, info.family, info.layers, info.width, info.heads, info.mlp_width, info.vocab, info.context },
    { "gpt2-safe", "gpt2", 2, 8, 2, 32, 11, 16 })
  t.eq({ info.weights, info.params, info.tied_head }, { WEIGHTS, 2 + 2 * 12 + 2, true })
  t.eq(info.dtypes, { float32 = WEIGHTS })
  t.eq({ info.quantizable.matrices, info.quantizable.weights }, { 8, 2 * (8 * 24 + 8 * 8 + 2 * 8 * 32) })
  t.near(info.quantizable.share, info.quantizable.weights / WEIGHTS, 1e-12)
  t.eq(info.tokenizer, nil)
  t.eq(info.digest, nil)
end

function test.files()
  local function files(name)
    local info = model.info(GOLDEN .. name)
    local names, bytes = {}, 0
    for i, file in ipairs(info.files) do
      names[i], bytes = file.name, bytes + #support.read(("%s%s/%s"):format(GOLDEN, name, file.name))
    end
    t.eq(info.bytes, bytes)
    return names
  end
  t.eq(files("bins/gpt2-safe"), { "model.safetensors" })
  t.eq(files("bins/gpt2-bin"), { "pytorch_model.bin" })
  t.eq(files("bins/gpt2-shards"), { "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin" })
end

function test.digests()
  local safe = model.info(GOLDEN .. "bins/gpt2-safe", { digest = true })
  local bin = model.info(GOLDEN .. "bins/gpt2-bin", { digest = true })
  t.eq(safe.digest, model.load(GOLDEN .. "bins/gpt2-bin"):digest())
  t.eq(safe.digest, bin.digest)
  t.ok(safe.layout_digest ~= bin.layout_digest)
  t.ok(safe.layout_digest:find("^%x+$") and #safe.layout_digest == 32)
end

function test.the_tokenizer_need_not_be_one_that_is_supported()
  local folder <close> = support.folder()
  for _, name in ipairs({ "config.json", "model.safetensors" }) do
    folder:write(name, support.read(GOLDEN .. "bins/gpt2-safe/" .. name))
  end
  folder:write("tokenizer.json", support.tokenizer_json())
  t.eq(model.info(folder.path).tokenizer, { kind = "BPE", vocab = model.load(folder.path):tokenizer():vocab_size() })
  folder:write("tokenizer.json", '{"model": {"type": "Exotic", "vocab": {"a": 0}}}')
  t.eq(model.info(folder.path).tokenizer, { kind = "Exotic", vocab = 1 })
end

function test.it_prints_as_aligned_lines()
  local lines = {}
  for line in tostring(model.info(GOLDEN .. "llama-gqa")):gmatch("[^\n]+") do
    local label, value = line:match("^(%l[%l ]-)%s%s+(.*)$")
    t.ok(label and line:sub(1, 15):find("^" .. label .. "%s+$") and value ~= "", line)
    lines[label] = value
  end
  t.eq({ lines.model, lines.family, lines.layers, lines.heads, lines.tokenizer },
    { "llama-gqa", "llama", "3", "4 of width 8, 2 of keys and values", "none" })
  t.ok(lines.params:find("^%d+,%d%d%d weights in %d+ params$"), lines.params)
  t.ok(lines.size:find("^%d+%.%d kB in model%.safetensors$"), lines.size)
  t.ok(lines["layout digest"]:find("^%x+ %(config, names"), lines["layout digest"])
end

function test.json_holds_the_same()
  local info = model.info(GOLDEN .. "gpt2-f16")
  local again = json.decode(json.encode(info))
  for key, value in pairs(info) do
    t.eq(again[key], value, key)
  end
  t.eq(again.dtypes, { float16 = info.weights })
end

function test.wrong_use()
  t.raises("model.info: option 'digest' must be boolean, got 1", function()
    model.info("mini", { digest = 1 })
  end)
  t.raises("model.info: no model 'no/such'", function()
    model.info("no/such")
  end)
end

return test
