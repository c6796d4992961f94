-- Neighbouring layers as one unit of a search, where there are too many layers to try all sets of them.

local options = require("residua.options")
local range = require("residua.range")

local M = {}

-- Layers from `first` to `last` in at most `count` groups; a layer alone is a number.
local function split(first, last, count)
  local units, layers = {}, last - first + 1
  count = math.min(count, layers)
  for i = 1, count do
    local from, to = first + (i - 1) * layers // count, first + i * layers // count - 1
    units[i] = from == to and from or range(from, to)
  end
  return units
end

---@class residua.search.NeighboursOpts
---@field ends? boolean  the first and the last layer are units of their own; false by default

--- Returns the layers of a model as at most so many units, for the option `units` of a search: groups of neighbours,
--- as equal as can be.
---@param model Model
---@param count integer  at least 1, with `ends` 3
---@param opts? residua.search.NeighboursOpts
---@return any[] units  layers, and lists of layers that are protected together
---@example
---local m = model.load("mini")
---assert(#search.neighbours(m, 4) == 4 and search.neighbours(m, 4)[1][3] == 2)
---local units = search.neighbours(m, 7, { ends = true })
---assert(units[1] == 0 and #units[2] == 2 and units[7] == 11)
function M.neighbours(model, count, opts)
  opts = options.check("search.neighbours", opts, { ends = { "boolean", false } })
  options.argument("search.neighbours", "model", model, "Model")
  local least, last = opts.ends and 3 or 1, model:layers() - 1
  if math.type(count) ~= "integer" or count < least then
    error(("search.neighbours: the count of units is %s, expected at least %d"):format(options.shown(count), least), 2)
  elseif not opts.ends or last == 0 then
    return split(0, last, count)
  end
  local units = split(1, last - 1, count - 2)
  table.insert(units, 1, 0)
  units[#units + 1] = last
  return units
end

return M
