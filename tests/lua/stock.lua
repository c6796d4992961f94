-- The library inside a stock Lua 5.4: run by CTest with LUA_PATH and LUA_CPATH set.

local residua = require("residua")

local t = residua.tensor.from_table { { 1, 2 }, { 3, 4 } }
assert(t:matmul(t):sum() == 54)
local m = residua.model.new {
  config = { model_type = "gpt2", n_layer = 2, n_embd = 8, n_head = 2, vocab_size = 20, n_positions = 16 },
}
assert(m:layers() == 2)
local q = m:quantized(residua.quant.sane())
assert(q:edited("L0.attn.qkv") and not m:edited("L0.attn.qkv"))
for _ = 1, 1000 do
  local ok, message = pcall(t.matmul, t, residua.tensor.ones(3, 3))
  assert(not ok and message:find("matmul"))
end
print("1 passed, 0 failed")
