-- Axes: where a number stands along one, and which numbers are written there.

local text = require("residua.text")

local M = {}

local SAME <const> = 1e-9 -- relative

-- 1, 2 or 5 times a power of ten, the nearest from above.
local function nice(step)
  local power = 10.0 ^ math.floor(math.log(step, 10))
  for _, factor in ipairs({ 1, 2, 5 }) do
    if factor * power >= step * (1 - 1e-9) then
      return factor * power
    end
  end
  return 10 * power
end

local function tick_text(value, step)
  local digits = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
  if digits > 4 or math.abs(value) >= 1e6 then
    return text.number(value + 0.0)
  end
  return (("%%.%df"):format(digits):format(value):gsub("^%-(0%.?0*)$", "%1"))
end

local function linear_ticks(low, high, wanted)
  local step, ticks = nice((high - low) / wanted), {}
  for i = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do
    ticks[#ticks + 1] = { value = i * step, text = tick_text(i * step, step) }
  end
  return ticks
end

-- Powers of ten; over three decades or fewer also their double and fivefold.
local function log_ticks(low, high, wanted)
  local first, last = math.floor(math.log(low, 10) + 1e-9), math.ceil(math.log(high, 10) - 1e-9)
  local every, ticks = math.max(1, math.ceil((last - first) / wanted)), {}
  for power = first, last, every do
    for _, factor in ipairs(high / low > 1000 and { 1 } or { 1, 2, 5 }) do
      local value = factor * 10.0 ^ power
      if value >= low * (1 - 1e-9) and value <= high * (1 + 1e-9) then
        ticks[#ticks + 1] = { value = value, text = text.number(value) }
      end
    end
  end
  return #ticks > 1 and ticks or linear_ticks(low, high, wanted)
end

-- Ends that differ by rounding count as equal: between them no step of the ticks would move a number.
local function widened(low, high, log)
  local size = math.max(math.abs(low), math.abs(high))
  if high - low > SAME * size then
    return low, high
  elseif log then
    return low / 2, high * 2
  end
  local half = size > 0 and size * 0.1 or 1
  return low - half, high + half
end

--- Returns an axis from `low` to `high`: low, high, ticks (value, text), and place(value), 0 at low and 1 at high.
---@param low number
---@param high number
---@param opts? table  log; wanted (ticks, about; 5 by default); round (extends the ends to ticks of a linear axis)
---@return table
---@example
---local scale = require("residua.plot.scale")
---local axis = scale.of(0, 10)
---assert(axis.place(5) == 0.5 and axis.ticks[2].text == "2")
---assert(scale.of(1, 100, { log = true }).place(10) == 0.5)
function M.of(low, high, opts)
  local log, wanted = opts and opts.log, opts and opts.wanted or 5
  low, high = widened(low, high, log)
  if opts and opts.round and not log then
    local step = nice((high - low) / wanted)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
  end
  local at = log and math.log or function(v) return v end
  local from, to = at(low), at(high)
  return { low = low, high = high, ticks = (log and log_ticks or linear_ticks)(low, high, wanted),
    place = function(value)
      return (at(math.max(value, log and low or value)) - from) / (to - from)
    end }
end

--- Returns the lowest and highest of the values and interval ends of series along an axis; nil where there are none.
---@param series table[]
---@param axis "x"|"y"
---@param log? boolean  ends that are not positive do not count
---@return number? low
---@return number? high
---@example
---local low, high = require("residua.plot.scale").range({ { points = { { y = 2, low = 1, high = 4 } } } }, "y")
---assert(low == 1 and high == 4)
function M.range(series, axis, log)
  local names = axis == "x" and { "x", "x_low", "x_high", "left", "right" } or { "y", "low", "high" }
  local low, high
  for _, one in ipairs(series) do
    for _, p in ipairs(one.points) do
      for _, name in ipairs(p.y and names or {}) do
        local value = p[name]
        if value and not (log and value <= 0) then
          low, high = math.min(low or value, value), math.max(high or value, value)
        end
      end
    end
  end
  return low, high
end

return M
