-- Models with random weights that are like another one, but for their depth and width.

local json = require("residua.json")
local native = require("residua.native").model
local tokenizer = require("residua.tokenizer")

local M = {}

local LONGEST <const> = 4096 -- tokens: in a small vocabulary they are hardly longer than bytes

-- What config.json calls the sizes: a family reads the names that it knows and leaves the others.
local NAMES <const> = {
  family = { "model_type" },
  layers = { "n_layer", "num_hidden_layers", "num_layers" },
  width = { "n_embd", "n_embed", "hidden_size", "d_model" },
  heads = { "n_head", "num_attention_heads", "attention_heads" },
  kv_heads = { "num_key_value_heads" },
  head_width = { "head_dim", "query_pre_attn_scalar" },
  mlp_width = { "n_inner", "intermediate_size", "ffn_dim" },
  embed_width = { "word_embed_proj_dim" },
  vocab = { "vocab_size" },
  context = { "n_positions", "max_position_embeddings", "seq_length" },
  tied_head = { "tie_word_embeddings" },
  norms_before = { "do_layer_norm_before" },
  parallel = { "use_parallel_residual" },
}

-- As many heads as there are now, or the most below whose width is a multiple of 8, as rotations need it.
local function heads_within(width, most)
  for heads = most, 2, -1 do
    if width % (8 * heads) == 0 then
      return heads
    end
  end
  return 1
end

-- The most key/value heads that share out among the heads at least as they do now.
local function kv_heads_of(heads, now)
  local most = math.max(1, heads * now.kv_heads // now.heads)
  while heads % most > 0 do
    most = most - 1
  end
  return most
end

local function has_site(m, wanted)
  for _, site in ipairs(m:sites()) do
    if site == wanted then
      return true
    end
  end
  return false
end

local function shape_of(m, name)
  for _, param in ipairs(m:params()) do
    if param.name == name then
      return param.shape
    end
  end
end

-- Sizes and switches of the new model.
local function sizes_of(m, opts, tok)
  local now = m:architecture()
  local width = opts.width or now.width
  local function scaled(size)
    return math.max(1, size * width // now.width)
  end
  local heads = opts.heads or width == now.width and now.heads or heads_within(width, now.heads)
  if heads < 1 or width % heads > 0 then
    error(("model.like: %d heads do not divide a width of %d; choose a multiple of them"):format(heads, width), 3)
  end
  local sizes = { family = now.family, layers = opts.layers or now.layers, width = width, heads = heads,
    kv_heads = kv_heads_of(heads, now), head_width = width // heads, mlp_width = scaled(now.mlp_width),
    vocab = opts.texts and tok:vocab_size() or now.vocab,
    context = opts.context or opts.texts and LONGEST or now.context,
    tied_head = now.tied_head, norms_before = m:has("final.norm"), parallel = not has_site(m, "L0.resid.mid") }
  if m:has("embed.project") then
    sizes.embed_width = scaled(shape_of(m, "embed.tokens")[2])
  end
  return sizes
end

local function tokenizer_of(m, opts)
  if not opts.texts then
    local ok, own = pcall(m.tokenizer, m)
    return ok and own or nil
  end
  local lines = {}
  for i = 1, opts.texts:count() do
    lines[i] = opts.texts:text(i)
  end
  return tokenizer.parse(tokenizer.train(lines, { vocab = opts.vocab }))
end

--- Returns a model with random weights of the same family; `model.like` has the options and says what is alike.
---@param m Model
---@param opts residua.model.LikeOpts
---@return Model
---@example
---local m = require("residua.like").of(model.load("mini"), { layers = 1, seed = 1 })
---assert(m:layers() == 1)
function M.of(m, opts)
  local tok, config = tokenizer_of(m, opts), {}
  for size, value in pairs(sizes_of(m, opts, tok)) do
    for _, name in ipairs(NAMES[size]) do
      config[name] = value
    end
  end
  return native.random(json.encode(config), opts.seed, tok)
end

return M
