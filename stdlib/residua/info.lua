-- What the files of a model say without its weights being read.

local aligned = require("residua.aligned")
local native = require("residua.native").model
local sorted_keys = require("residua.sorted_keys")

local M = {}

--- What the files of a model say: what `model.info` returns. Printing it shows a table.
---@class Info
---@field name string
---@field folder string
---@field family string
---@field layers integer
---@field width integer  of the residual stream
---@field heads integer
---@field kv_heads integer
---@field head_width integer
---@field mlp_width integer
---@field vocab integer
---@field context integer  longest text [tokens]
---@field tied_head boolean
---@field weights integer  numbers in all params
---@field params integer
---@field dtypes table<string, integer>  weights of each dtype
---@field tokenizer? {kind: string, vocab?: integer}
---@field files {name: string, bytes: integer}[]  that hold the weights
---@field bytes integer  of these files
---@field quantizable {matrices: integer, weights: integer, share: number}  matrices of layers; share of all weights
---@field layout_digest string  of config.json, names, shapes, dtypes and file sizes
---@field digest? string  of the weights

local Info = {}
Info.__index = Info
Info.__name = "Info"

local function numel(shape)
  local count = 1
  for _, size in ipairs(shape) do
    count = count * size
  end
  return count
end

-- Counts of params and weights, by dtype, and of the matrices of layers.
local function count_params(info, params)
  info.params, info.weights, info.dtypes = #params, 0, {}
  local quantizable = { matrices = 0, weights = 0 }
  for _, param in ipairs(params) do
    local count = numel(param.shape)
    info.weights = info.weights + count
    info.dtypes[param.dtype] = (info.dtypes[param.dtype] or 0) + count
    if param.layer and #param.shape == 2 then
      quantizable.matrices, quantizable.weights = quantizable.matrices + 1, quantizable.weights + count
    end
  end
  quantizable.share = quantizable.weights / info.weights
  info.quantizable = quantizable
end

--- Returns what is known of the checkpoint in a folder.
---@param folder string
---@param with_digest? boolean  also the digest of the weights, which reads them all
---@return Info
---@example
---local path = require("residua.assets").path("mini")
---assert(require("residua.info").of(path).family == "gpt2")
function M.of(folder, with_digest)
  local m = native.open(folder)
  local info = setmetatable(m:architecture(), Info)
  info.name, info.folder = m:name(), folder
  count_params(info, m:params())
  info.tokenizer = native.tokenizer_summary(folder)
  info.files, info.bytes = native.files(folder), 0
  for _, file in ipairs(info.files) do
    info.bytes = info.bytes + file.bytes
  end
  info.layout_digest = native.layout_digest(m, folder)
  info.digest = with_digest and m:digest() or nil
  return info
end

-- 1234567 as "1,234,567".
local function grouped(count)
  local digits = tostring(count)
  return (digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function size_text(bytes)
  for _, unit in ipairs({ { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" } }) do
    if bytes >= unit[1] then
      return ("%.1f %s"):format(bytes / unit[1], unit[2])
    end
  end
  return bytes .. " bytes"
end

local function share_text(part, whole)
  return ("%.1f %%"):format(100 * part / whole)
end

local function dtypes_text(info)
  local names = sorted_keys(info.dtypes)
  if #names == 1 then
    return names[1]
  end
  for i, name in ipairs(names) do
    names[i] = ("%s %s"):format(name, share_text(info.dtypes[name], info.weights))
  end
  return table.concat(names, ", ")
end

local function heads_text(info)
  local shared = info.kv_heads ~= info.heads and (", %d of keys and values"):format(info.kv_heads) or ""
  return ("%d of width %d%s"):format(info.heads, info.head_width, shared)
end

local function tokenizer_text(tokenizer)
  if not tokenizer then
    return "none"
  end
  return tokenizer.kind .. (tokenizer.vocab and (", %d tokens"):format(tokenizer.vocab) or "")
end

local function files_text(info)
  local what = #info.files == 1 and info.files[1].name or ("%d files"):format(#info.files)
  return ("%s in %s"):format(size_text(info.bytes), what)
end

function Info:__tostring()
  local quantizable = self.quantizable
  local rows = {
    { "model", self.name },
    { "folder", self.folder },
    { "family", self.family },
    { "layers", tostring(self.layers) },
    { "width", ("%d, MLP %d"):format(self.width, self.mlp_width) },
    { "heads", heads_text(self) },
    { "context", ("%d tokens"):format(self.context) },
    { "vocabulary", ("%d, head %s"):format(self.vocab, self.tied_head and "tied to the embedding" or "of its own") },
    { "params", ("%s weights in %d params"):format(grouped(self.weights), self.params) },
    { "dtypes", dtypes_text(self) },
    { "tokenizer", tokenizer_text(self.tokenizer) },
    { "size", files_text(self) },
    { "quantizable", ("%d matrices of layers, %s of the weights"):format(quantizable.matrices,
      share_text(quantizable.weights, self.weights)) },
    { "layout digest", self.layout_digest .. " (config, names, shapes, dtypes, file sizes)" },
  }
  if self.digest then
    rows[#rows + 1] = { "digest", self.digest .. " (weights)" }
  end
  return aligned(rows, { limit = 4096 })
end

return M
