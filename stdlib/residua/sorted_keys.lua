-- The keys of a table in order, for messages and for everything that must not depend on hashing.

-- Numbers by value, then texts.
local function before(a, b)
  if type(a) ~= type(b) then
    return type(a) < type(b)
  elseif type(a) == "number" then
    return a < b
  end
  return tostring(a) < tostring(b)
end

--- Returns the string keys of a table, sorted; with `all`, its keys of any type: numbers first.
---@param t table
---@param all? boolean
---@return any[]
---@example
---local sorted_keys = require("residua.sorted_keys")
---assert(table.concat(sorted_keys({ per = 1, bits = 2, 7 }), " ") == "bits per")
---assert(table.concat(sorted_keys({ per = 1, bits = 2, [10] = 7, [9] = 8 }, true), " ") == "9 10 bits per")
local function sorted_keys(t, all)
  local keys = {}
  for key in pairs(t) do
    if all or type(key) == "string" then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys, before)
  return keys
end

return sorted_keys
