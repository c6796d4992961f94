-- Sets of units as strings of "0" and "1", one character per unit: they hash, sort and have no greatest size.

local tensor = require("residua.tensor")

local ONE <const> = ("1"):byte()

local function none(n)
  return ("0"):rep(n)
end

local function all(n)
  return ("1"):rep(n)
end

local function has(set, i)
  return set:byte(i) == ONE
end

local function replaced(set, i, by)
  return set:sub(1, i - 1) .. by .. set:sub(i + 1)
end

local function with(set, i)
  return replaced(set, i, "1")
end

local function without(set, i)
  return replaced(set, i, "0")
end

local function size(set)
  return select(2, set:gsub("1", ""))
end

-- Positions of the units in a set, ascending.
local function members(set)
  local list = {}
  for i = 1, #set do
    if has(set, i) then
      list[#list + 1] = i
    end
  end
  return list
end

local function of(n, positions)
  local set = none(n)
  for _, i in ipairs(positions) do
    set = with(set, i)
  end
  return set
end

-- All 2^n sets; the last unit changes fastest.
local function every(n)
  local list = { "" }
  for _ = 1, n do
    local longer = {}
    for i, set in ipairs(list) do
      longer[2 * i - 1], longer[2 * i] = set .. "0", set .. "1"
    end
    list = longer
  end
  return list
end

-- Random orders of 1 to n, all from one stream of numbers.
local function orders(n, count, seed)
  local list = {}
  for k, keys in ipairs(count > 0 and tensor.rand(seed, count, n):totable() or {}) do
    local order = {}
    for i = 1, n do
      order[i] = i
    end
    table.sort(order, function(a, b)
      return keys[a] < keys[b] or keys[a] == keys[b] and a < b
    end)
    list[k] = order
  end
  return list
end

-- Random sets: their size is uniform over 0 to n, then all sets of that size are alike.
local function random(n, count, seed)
  local list = {}
  for k, order in ipairs(orders(n + 1, count, seed)) do
    local set = none(n)
    for _, i in ipairs(order) do
      if i > n then -- the extra element ends the set
        break
      end
      set = with(set, i)
    end
    list[k] = set
  end
  return list
end

return { none = none, all = all, has = has, with = with, without = without, size = size, members = members, of = of,
  every = every, orders = orders, random = random }
