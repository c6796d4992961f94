-- What heads attend to, by language, where languages can be compared: at the positions that a sentence has in all of
-- them, by relative distance.

local options = require("residua.options")
local sweep = require("residua.sweep")
local tensor = require("residua.tensor")

local M = {}

local SITE <const> = "L*.attn.pattern"
local TINY <const> = 1e-12
local MOST_BINS <const> = 1024 -- each has a mask of all queries and keys

-- Of shares [heads, queries, keys] by query: [heads, queries], in nats.
local function entropy(shares)
  return (shares * (shares + TINY):log()):sum(3) * -1
end

-- Means over queries beyond `skip` of what the heads do in the first n tokens of a text.
local function read(pattern, n, opts)
  local query = tensor.range(1, n):reshape(-1, 1)
  local behind = query - query:t() -- how far the key lies behind the query
  local weights = query:gt(opts.skip):to("float32") / (n - opts.skip)
  local common = pattern:narrow(2, 1, n):narrow(3, 1, n)
  local rest = common:narrow(3, 2, n - 1)
  local greatest = (query - 1):clamp(2):log()
  local flatness = entropy(rest / (rest:sum(3, true) + 1e-9)):matmul(weights / greatest)
  local masks = { behind:eq(1), (behind * 0 + query:t()):eq(1) }
  for bin = 1, opts.bins do
    masks[bin + 2] = (behind * opts.bins):ge(query * (bin - 1)) * (behind * opts.bins):lt(query * bin)
  end
  local by_mask = (tensor.stack(masks):to("float32") * weights):reshape(opts.bins + 2, -1):t()
  local shares = common:reshape(-1, n * n):matmul(by_mask)
  return { entropy = entropy(pattern):mean(2), flatness = flatness:reshape(-1), previous = shares:column(1),
    first = shares:column(2), distance = shares:narrow(2, 3, opts.bins) }
end

---@class residua.capture.AttentionOpts
---@field skip? integer  queries at the start of a text that do not count; 4 by default
---@field bins? integer  of the relative distance; 8 by default

--- Captures the attention of all heads (those of all layers, in order), as means over sentences: of positions that the
--- sentence has in every language, beyond the first ones, but for entropy, which is of whole texts. By language:
---  entropy [heads]: in nats, which grows with the length of the text;
---  flatness [heads]: entropy over the greatest one, without the first token, on which heads rest;
---  previous, first [heads]: share of the token before, and of the first one;
---  distance [heads, bins]: shares by how far back, of all that lies behind.
---@param model Model
---@param texts Corpus
---@param opts? residua.capture.AttentionOpts
---@return table<string, table<string, Tensor>> seen  by language
---@return integer sentences  that are long enough: at least 3 tokens beyond `skip` in every language
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1, languages = { "eng", "heb" } })
---local seen, sentences = capture.attention(m, texts)
---assert(sentences == 1 and seen.heb.distance:shape()[2] == 8)
function M.attention(model, texts, opts)
  opts = options.check("capture.attention", opts, { skip = { "integer", 4 }, bins = { "integer", 8 } })
  options.argument("capture.attention", "model", model, "Model")
  options.argument("capture.attention", "texts", texts, "Corpus")
  if opts.bins < 1 or opts.bins > MOST_BINS or opts.skip < 0 then
    error(("capture.attention: bins is %d and skip is %d; choose 1 to %d bins, and skip 0 or more"):format(opts.bins,
      opts.skip, MOST_BINS), 2)
  end
  texts = texts:aligned()
  local codes, seen, used = texts:languages(), {}, 0
  for s = 1, texts:count() // #codes do
    local sentence = texts:slice(s, s)
    local n = math.min(table.unpack(sweep.tokens(model, sentence):lengths()))
    local patterns = n > opts.skip + 2 and model:capture(sentence, SITE) or nil
    used = used + (patterns and 1 or 0)
    for l, code in ipairs(patterns and codes or {}) do
      local heads = {}
      for k, site in ipairs(model:sites(SITE)) do
        heads[k] = patterns[site][l]
      end
      for name, value in pairs(read(tensor.cat(heads, 1), n, opts)) do
        seen[code] = seen[code] or {}
        seen[code][name] = value + (seen[code][name] or 0)
      end
    end
  end
  for _, sums in pairs(seen) do
    for name, sum in pairs(sums) do
      sums[name] = sum / used
    end
  end
  return seen, used
end

return M
