-- The two directions of a search: protect units of none, or quantize units of all.

local subset = require("residua.search.subset")

local NAMES <const> = { "protect", "quantize" }

-- Where a direction starts, and what it does to a set there with one unit.
local function start(problem, direction)
  if direction == "protect" then
    return subset.none(problem.n), subset.with
  end
  return subset.all(problem.n), subset.without
end

return { NAMES = NAMES, start = start }
