-- The keys of a table in order, for messages and for everything that must not depend on hashing.

-- A text with the count of its digits before each number, so that the order of bytes is that of the values.
local function natural(key)
  return (tostring(key):gsub("%d+", function(digits)
    return string.char(math.min(#digits, 255)) .. digits
  end))
end

-- Numbers by value, then texts, the numbers in them by value: L2 before L10.
local function order_of(keys)
  local place = {}
  for _, key in ipairs(keys) do
    place[key] = type(key) == "number" and key or natural(key)
  end
  return function(a, b)
    if type(a) ~= type(b) then
      return type(a) < type(b)
    end
    local place_a, place_b = place[a], place[b]
    return place_a < place_b or place_a == place_b and tostring(a) < tostring(b)
  end
end

--- Returns the string keys of a table, sorted; with `all`, its keys of any type: numbers first.
---@param t table
---@param all? boolean
---@return any[]
---@example
---local sorted_keys = require("residua.sorted_keys")
---assert(table.concat(sorted_keys({ per = 1, bits = 2, 7 }), " ") == "bits per")
---assert(table.concat(sorted_keys({ per = 1, bits = 2, [10] = 7, [9] = 8 }, true), " ") == "9 10 bits per")
---assert(table.concat(sorted_keys({ L10 = 1, L2 = 1 }), " ") == "L2 L10")
local function sorted_keys(t, all)
  local keys = {}
  for key in pairs(t) do
    if all or type(key) == "string" then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys, order_of(keys))
  return keys
end

return sorted_keys
