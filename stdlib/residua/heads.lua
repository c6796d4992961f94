-- What belongs to single attention heads: rows of q, k and v, columns of out.

local options = require("residua.options")

local M = {}

-- Families whose fused matrix lies head by head (its q, k and v together), and not q of all heads first.
local HEAD_BY_HEAD <const> = { bloom = true, gpt_neox = true }

-- A fused matrix [3 heads width, in] as q, k and v, each [heads, weights].
local function parts_of(fused, sizes)
  local apart = HEAD_BY_HEAD[sizes.family] and fused:reshape(sizes.heads, 3, -1):transpose(1, 2)
    or fused:reshape(3, sizes.heads, -1)
  return { q = apart:select(1, 1), k = apart:select(1, 2), v = apart:select(1, 3) }
end

-- Rows of keys or values [heads, weights], where several heads may have the same.
local function shared(weight, sizes)
  local owner = {}
  for head = 1, sizes.heads do
    owner[head] = (head - 1) * sizes.kv_heads // sizes.heads + 1
  end
  return weight:reshape(sizes.kv_heads, -1):index(1, owner)
end

--- Returns the weights of each head of a layer, by matrix; see `Model:head_weights`.
---@param model Model
---@param layer integer  from 0
---@return table<string, Tensor>  q, k, v, out: [heads, weights]
---@example
---local m = model.load("mini")
---assert(require("residua.heads").of(m, 3).v:size(1) == m:architecture().heads)
function M.of(model, layer)
  local sizes, prefix = model:architecture(), ("L%s.attn."):format(layer)
  if math.type(layer) ~= "integer" or layer < 0 or layer >= sizes.layers then
    error(("Model:head_weights: there is no layer %s; layers are 0 to %d"):format(options.shown(layer),
      sizes.layers - 1), 3)
  end
  local heads
  if model:has(prefix .. "qkv") then
    heads = parts_of(model:param(prefix .. "qkv"), sizes)
  else
    heads = { q = model:param(prefix .. "q"):reshape(sizes.heads, -1), k = shared(model:param(prefix .. "k"), sizes),
      v = shared(model:param(prefix .. "v"), sizes) }
  end
  heads.out = model:param(prefix .. "out"):t():reshape(sizes.heads, -1)
  return heads
end

return M
