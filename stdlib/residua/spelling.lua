-- The name that somebody meant who wrote another.

local M = {}

-- Edit distance of two names, a swap of neighbours counting once; bytes are enough for names.
local function distance(a, b)
  local before, previous = {}, {}
  for j = 0, #b do
    previous[j] = j
  end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      current[j] = best
    end
    before, previous = previous, current
  end
  return previous[#b]
end

--- Returns the name of `names` that `word` most likely means, or nil where none is near.
---@param word string
---@param names string[]
---@return string? nearest
---@example
---local spelling = require("residua.spelling")
---assert(spelling.nearest("modle", { "corpus", "model" }) == "model")
---assert(spelling.nearest("xyz", { "corpus", "model" }) == nil and spelling.nearest("x", { "y" }) == nil)
function M.nearest(word, names)
  local best, best_distance
  local limit = math.max(1, (#word + 1) // 3)
  for _, name in ipairs(names) do
    if math.abs(#name - #word) <= limit then
      local d = distance(word:lower(), name:lower())
      local akin = d < math.max(#word, #name) -- "x" is not near "_"
      if akin and d <= limit and (not best or d < best_distance or d == best_distance and name < best) then
        best, best_distance = name, d
      end
    end
  end
  return best
end

--- Returns " (did you mean 'NAME'?)" for the nearest of `names`, or "" where none is near.
---@param word string
---@param names string[]
---@return string
---@example
---local spelling = require("residua.spelling")
---assert(spelling.did_you_mean("bit", { "bits", "per" }) == " (did you mean 'bits'?)")
function M.did_you_mean(word, names)
  local name = M.nearest(word, names)
  return name and (" (did you mean '%s'?)"):format(name) or ""
end

return M
