-- Tokens and their activations: what a probe of which token was read is fitted to and tested by.

local options = require("residua.options")
local sweep = require("residua.sweep")
local tensor = require("residua.tensor")

local M = {}

--- Returns the most frequent tokens of texts, the first of each text not counted (it may begin every one).
---@param model Model
---@param texts Corpus
---@param most integer  so many, or as many as there are
---@return integer[] ids  the most frequent first; of equals the lowest
---@example
---local ids = capture.frequent(model.load("mini"), corpus.load("parallel16", { sentences = 1 }), 12)
---assert(#ids == 12)
function M.frequent(model, texts, most)
  if math.type(most) ~= "integer" or most < 1 then
    error(("capture.frequent: how many must be a whole number from 1, got %s"):format(options.shown(most)), 2)
  end
  local ids, counts, tokens = {}, {}, sweep.tokens(model, texts)
  for text = 1, tokens:count() do
    for position, id in ipairs(tokens:ids(text)) do
      if position > 1 then
        ids[#ids + 1] = not counts[id] and id or nil
        counts[id] = (counts[id] or 0) + 1
      end
    end
  end
  table.sort(ids, function(a, b)
    return counts[a] > counts[b] or counts[a] == counts[b] and a < b
  end)
  return table.move(ids, 1, math.min(most, #ids), 1, {})
end

-- Positions after the first of the tokens that are wanted, by text, and their ids, text after text.
local function chosen(tokens, wanted)
  local positions, labels = {}, {}
  for text = 1, tokens:count() do
    positions[text] = {}
    for position, id in ipairs(tokens:ids(text)) do
      if position > 1 and (not wanted or wanted[id]) then
        table.insert(positions[text], position)
        labels[#labels + 1] = id
      end
    end
  end
  return positions, labels
end

---@class residua.capture.LabelledOpts
---@field ids? integer[]  only these tokens, such as the most frequent; all by default

--- Captures activations of tokens, all texts together, with the id of each. The first token of a text is left out.
---@param model Model
---@param texts Corpus
---@param sites string|string[]  globs
---@param opts? residua.capture.LabelledOpts
---@return table<string, Tensor> seen  by site: [tokens, channels]; nil where no token is left
---@return integer[] labels  [tokens]
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---local seen, labels = capture.labelled(m, texts, "L0.resid.post", { ids = capture.frequent(m, texts, 4) })
---assert(seen["L0.resid.post"]:size(1) == #labels)
function M.labelled(model, texts, sites, opts)
  opts = options.check("capture.labelled", opts, { ids = { "table" } })
  local wanted, seen = opts.ids and {}, {}
  for _, id in ipairs(opts.ids or {}) do
    wanted[id] = true
  end
  local positions, labels = chosen(sweep.tokens(model, texts), wanted)
  for site, values in pairs(model:capture(texts, sites)) do
    local parts = {}
    for text, value in ipairs(values) do
      parts[#parts + 1] = #positions[text] > 0 and value:index(1, positions[text]) or nil
    end
    seen[site] = #parts > 0 and tensor.cat(parts, 1) or nil
  end
  return seen, labels
end

return M
