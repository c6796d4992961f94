-- The string keys of a table in order, for messages and for everything that must not depend on hashing.

--- Returns the string keys of a table, sorted.
---@param t table
---@return string[]
---@example
---local keys = require("residua.sorted_keys")({ per = 1, bits = 2 })
---assert(table.concat(keys, " ") == "bits per")
local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    if type(key) == "string" then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys)
  return keys
end

return sorted_keys
