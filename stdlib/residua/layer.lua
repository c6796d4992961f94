-- Views of a model's params by name: model:layer(0).attn.qkv:stats().

local options = require("residua.options")
local stats = require("residua.stats")
local table_of = require("residua.table")

local M = {}

--- One weight of a model, by its name: `m:layer(0).attn.qkv`.
---@class Param
---@field name string  "L0.attn.qkv"
---@field model Model
local Param = {}
Param.__index = Param

function Param:__tostring()
  local shape = table.concat(self:tensor():shape(), " x ")
  return ("Param %s [%s]"):format(self.name, shape)
end

--- Returns the effective weight.
---@return Tensor  float32, [out, in] for a matrix
function Param:tensor()
  return self.model:param(self.name)
end

--- Returns statistics of the weight: mean, std, excess kurtosis, absmax / std (crest), share of |w - mean| > 3 std
--- (outliers) and of |w| < 0.01 (sparsity).
---@return Table
---@example
---local row = model.load("mini"):layer(0).attn.qkv:stats()[1]
---assert(row.crest > 1 and row.outliers < 0.1)
function Param:stats()
  local weight = self:tensor()
  local m = stats.moments(weight)
  local centred = (weight - m:mean()):abs()
  return table_of({ {
    param = self.name, mean = m:mean(), std = m:std(), kurtosis = m:kurtosis(),
    crest = math.max(m:max(), -m:min()) / m:std(),
    outliers = centred:gt(3 * m:std()):to("float32"):mean(),
    sparsity = weight:abs():lt(0.01):to("float32"):mean(),
  } }, { columns = { "param", "mean", "std", "kurtosis", "crest", "outliers", "sparsity" } })
end

local function children(model, prefix)
  local names, seen = {}, {}
  for _, param in ipairs(model:params()) do
    if param.name:sub(1, #prefix + 1) == prefix .. "." then
      local child = param.name:sub(#prefix + 2):match("^[^.]+")
      if not seen[child] then
        seen[child] = true
        names[#names + 1] = child
      end
    end
  end
  return names
end

--- The params of a layer by name, with a field for each of them and for each group: `m:layer(0).attn.qkv` is a Param.
---@class LayerView
local View = { __name = "LayerView" }

function View:__index(key)
  local model, path = rawget(self, "_model"), rawget(self, "_path") .. "." .. key
  if model:has(path) then
    return setmetatable({ model = model, name = path }, Param)
  end
  if #children(model, path) > 0 then
    return setmetatable({ _model = model, _path = path }, View)
  end
  error(("%s has no '%s'; it has %s"):format(rawget(self, "_path"), key,
    table.concat(children(model, rawget(self, "_path")), ", ")), 2)
end

function View:__tostring()
  local path = rawget(self, "_path")
  return ("%s: %s"):format(path, table.concat(children(rawget(self, "_model"), path), ", "))
end

--- Returns a view of a layer, with a field for each of its params and groups of params.
---@param model Model
---@param layer integer  from 0
---@return LayerView
---@example
---assert(tostring(require("residua.layer").view(model.load("mini"), 0)) == "L0: norm1, attn, norm2, mlp")
function M.view(model, layer)
  if math.type(layer) ~= "integer" or layer < 0 or layer >= model:layers() then
    error(("Model:layer: there is no layer %s; layers are 0 to %d"):format(options.shown(layer), model:layers() - 1), 3)
  end
  return setmetatable({ _model = model, _path = "L" .. layer }, View)
end

return M
