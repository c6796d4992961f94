-- What a figure shows, in words: for readers who do not see it, and for the plain record.

local scale = require("residua.plot.scale")
local shades = require("residua.plot.shades")
local text = require("residua.text")

local M = {}

local MOST <const> = 8 -- series that are described one by one
local KINDS <const> = { lines = "Line chart", points = "Scatter plot", bars = "Bar chart", heat = "Heat map",
  histogram = "Histogram", qq = "Normal quantile plot" }

local function number(value)
  return text.number(value + 0.0)
end

local function with_interval(p)
  return p.low and ("%s [%s, %s]"):format(number(p.y), number(p.low), number(p.high)) or number(p.y)
end

-- Where a point stands along x: its category or its number.
local function place(data, p)
  return data.x_names and data.x_names[p.x] or number(p.x)
end

-- First, last, lowest and highest of the points that have a y.
local function marks_of(points)
  local first, last, low, high
  for _, p in ipairs(points) do
    if p.y then
      first, last = first or p, p
      low = (not low or p.y < low.y) and p or low
      high = (not high or p.y > high.y) and p or high
    end
  end
  return first, last, low, high
end

local function describe_line(data, one)
  local first, last, low, high = marks_of(one.points)
  if not first then
    return one.name .. ": no finite values."
  elseif data.kind == "lines" then
    return ("%s: starts at %s (%s), ends at %s (%s), lowest %s (%s), highest %s (%s)."):format(one.name,
      with_interval(first), place(data, first), with_interval(last), place(data, last), number(low.y),
      place(data, low), number(high.y), place(data, high))
  end
  local noun = data.kind == "bars" and "bars" or "points"
  return ("%s: %d %s, lowest %s (%s), highest %s (%s)."):format(one.name, #one.points, noun, with_interval(low),
    place(data, low), with_interval(high), place(data, high))
end

local function describe_bins(_, one)
  local first, last, _, high = marks_of(one.points)
  if not first then
    return one.name .. ": no finite values."
  end
  return ("%s: %d values from %s to %s in %d bins, most (%s) from %s to %s."):format(one.name, one.count,
    number(first.left), number(last.right), #one.points, number(high.y), number(high.left), number(high.right))
end

local function describe_quantiles(_, one)
  if one.reference then
    return ("The line is a normal distribution of the same mean %s and standard deviation %s."):format(
      number(one.mean), number(one.std))
  elseif #one.points == 0 then
    return one.name .. ": no finite values."
  end
  return ("%s: %d values, lowest %s, median near %s, highest %s."):format(one.name, one.count,
    number(one.points[1].y), number(one.points[(#one.points + 1) // 2].y), number(one.points[#one.points].y))
end

local function axis_text(data, axis)
  local low, high = scale.range(data.series, axis, data.log[axis])
  local label = data[axis .. "_label"] or axis == "y" and "values" or axis
  if axis == "x" and data.x_names then
    return ("%s (%d: %s to %s)"):format(label, #data.x_names, data.x_names[1], data.x_names[#data.x_names])
  end
  return ("%s (%s to %s%s)"):format(label, number(low), number(high), data.log[axis] and ", logarithmic" or "")
end

local function left_out(data)
  return data.left_out > 0 and (" Left out, since not finite%s: %d."):format(
    (data.log.x or data.log.y) and " or not positive" or "", data.left_out) or ""
end

local function heat(data)
  local low, high = shades.ends(data)
  return ("Heat map of %s by %s (%d) and %s (%d): lowest %s (%s, %s), highest %s (%s, %s).%s"):format(
    data.value_label or "values", data.x_label or "x", #data.x_names, data.y_label or "y", #data.y_names,
    number(low.value), low.x, low.y, number(high.value), high.x, high.y, left_out(data))
end

--- Returns the description of a figure: its kind, axes and ranges, and where each series starts, ends and peaks.
---@param data table  as `series`, `samples` and `grid` make it, with kind, log and left_out
---@return string
---@example
---local data = { kind = "points", log = {}, left_out = 0, series = { { name = "a", points = { { x = 1, y = 2 } } } } }
---assert(require("residua.plot.alt").text(data):find("^Scatter plot of values"))
function M.text(data)
  if data.empty then
    return ("%s without a finite value.%s"):format(KINDS[data.kind], left_out(data))
  elseif data.kind == "heat" then
    return heat(data)
  end
  local parts = { ("%s of %s by %s."):format(KINDS[data.kind], axis_text(data, "y"), axis_text(data, "x")) }
  local describe = data.kind == "histogram" and describe_bins or data.kind == "qq" and describe_quantiles
    or describe_line
  for i = 1, math.min(#data.series, MOST) do
    parts[#parts + 1] = describe(data, data.series[i])
  end
  parts[#parts + 1] = #data.series > MOST and ("And %d more series."):format(#data.series - MOST) or nil
  return table.concat(parts, " ") .. left_out(data)
end

return M
