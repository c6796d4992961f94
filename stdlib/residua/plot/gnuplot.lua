-- Figures as scripts of gnuplot, and gnuplot itself. Texts reach it in single quotes only, where it interprets nothing;
-- data as plain numbers.

local scale = require("residua.plot.scale")
local shades = require("residua.plot.shades")
local text = require("residua.text")

local M = {}

local WIDTH <const>, HEIGHT <const>, LEGEND_LINE <const> = 560, 350, 20

--- Colours of series, after Okabe and Ito (2008): told apart with any colour vision, in this order.
M.COLOURS = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9" }

-- Point types of gnuplot: circle, square, triangle, diamond, each filled and then open; dash types.
local POINTS <const> = { 7, 5, 9, 13, 6, 4, 8, 12 }
local DASHES <const> = { 1, 2, 4, 5 }

-- A text of one line in single quotes, in which only the quote itself has a meaning.
local function quoted(s)
  s = s:gsub("[%c]+", " ")
  return "'" .. (utf8.len(s) and s or s:gsub("[\x80-\xff]", "?")):gsub("'", "''") .. "'"
end

local function number(value)
  return value and ("%.10g"):format(value) or "NaN"
end

local function add(lines, format, ...)
  lines[#lines + 1] = format:format(...)
end

-- "'name' place" for each category; many long names stand aslant.
local function tics(axis, names)
  local list, longest = {}, 0
  for i, name in ipairs(names) do
    list[i] = ("%s %d"):format(quoted(text.cut(name, 24)), i)
    longest = math.max(longest, math.min(24, text.width(name)))
  end
  local aslant = axis == "x" and #names * (longest + 2) > 60
  return ("set %stics nomirror %s (%s)"):format(axis, aslant and "rotate by 45 right" or "", table.concat(list, ", "))
end

local function legend_lines(data)
  local longest = 0
  for _, one in ipairs(data.series or {}) do
    longest = math.max(longest, text.width(one.name))
  end
  local per_line = math.max(1, (WIDTH - 60) // (longest * 8 + 60))
  return data.series and #data.series > 1 and math.ceil(#data.series / per_line) or 0
end

local function settings(data, height)
  local lines = { data.kind == "lines" and "set autoscale xfix" or "" }
  add(lines, "set terminal svg size %d,%.0f dynamic noenhanced font 'sans-serif,14' linewidth 1.4", WIDTH, height)
  add(lines, "set encoding utf8\nset border 3\nset tics nomirror out scale 0.6\nset style fill solid 0.55 noborder")
  add(lines, "set format '%%g'\nset errorbars small\nset grid ytics lc rgb '#808080' lw 0.5 dt 3")
  add(lines, #(data.series or {}) > 1 and "set key outside below horizontal Left reverse height 1" or "unset key")
  for _, axis in ipairs({ "x", "y" }) do
    if data[axis .. "_label"] then
      add(lines, "set %slabel %s offset 0,%g", axis, quoted(data[axis .. "_label"]), axis == "x" and 0.4 or 0)
    end
    local low, high = scale.range(data.series or {}, axis, data.log[axis])
    if data.log[axis] and low then
      add(lines, "set logscale %s\nset %srange [%.6g:%.6g]", axis, axis, low / 1.2, high * 1.2)
    end
  end
  if data.x_names then
    add(lines, "%s", tics("x", data.x_names))
    add(lines, "set xrange [0.5:%g]", #data.x_names + 0.5)
  end
  return lines
end

-- What gnuplot would read: x y low high x_low x_high; a point without y is an empty line, which breaks a line.
local function data_block(name, points, data)
  local lines = { ("$%s << EOD"):format(name) }
  for i, p in ipairs(points) do
    local low, high = p.low or p.y, p.high or p.y
    low = low and (data.log.y and low <= 0 and p.y or low)
    lines[i + 1] = p.y and table.concat({ number(p.x), number(p.y), number(low), number(high),
      number(p.left or p.x_low or p.x), number(p.right or p.x_high or p.x) }, " ") or ""
  end
  lines[#lines + 1] = "EOD"
  return table.concat(lines, "\n")
end

local function has(points, field)
  for _, p in ipairs(points) do
    if p[field] then
      return true
    end
  end
  return false
end

-- The parts of the plot command for one series of lines or points: intervals below, the series above.
local function series_parts(parts, data, one, i)
  local colour = M.COLOURS[(i - 1) % #M.COLOURS + 1]
  local pt = POINTS[(i - 1) % #POINTS + 1]
  local dash = DASHES[((i - 1) // #M.COLOURS + i - 1) % #DASHES + 1]
  if one.reference then
    add(parts, "$s%d using 1:2 with lines dt 3 lc rgb '#808080' title %s", i, quoted(one.name))
    return
  end
  if has(one.points, "low") then
    add(parts, "$s%d using 1:2:3:4 with yerrorbars pt 0 ps 0 lw 0.8 lc rgb '%s' notitle", i, colour)
  end
  if has(one.points, "x_low") then
    add(parts, "$s%d using 1:2:5:6 with xerrorbars pt 0 ps 0 lw 0.8 lc rgb '%s' notitle", i, colour)
  end
  local size = #one.points > 100 and 0.35 or 0.7
  if data.kind == "lines" then
    local points = #one.points > 40 and "lines" or ("linespoints pt %d ps %g"):format(pt, size)
    add(parts, "$s%d using 1:2 with %s dt %d lw 1.4 lc rgb '%s' title %s", i, points, dash, colour, quoted(one.name))
  else
    add(parts, "$s%d using 1:2 with points pt %d ps %g lc rgb '%s' title %s", i, pt, size, colour, quoted(one.name))
  end
end

-- Bars of one category stand side by side; intervals at their ends.
local function bar_parts(parts, data, one, i)
  local width = 0.8 / #data.series
  local offset = (i - (#data.series + 1) / 2) * width
  local colour = M.COLOURS[(i - 1) % #M.COLOURS + 1]
  add(parts, "$s%d using ($1+%g):2:(%g) with boxes fs %s lc rgb '%s' title %s", i, offset, width * 0.9,
    i > #M.COLOURS and "pattern 4" or "solid 0.55", colour, quoted(one.name))
  if has(one.points, "low") then
    add(parts, "$s%d using ($1+%g):2:3:4 with yerrorbars pt 0 ps 0 lw 1.1 lc rgb 'black' notitle", i, offset)
  end
end

-- Bins as boxes for one sample, as steps for several.
local function bin_parts(parts, data, one, i)
  local colour = M.COLOURS[(i - 1) % #M.COLOURS + 1]
  if #data.series == 1 then
    add(parts, "$s%d using 1:(0.5*$2):5:6:(0):2 with boxxyerror lc rgb '%s' notitle", i, colour)
  else
    local dash = DASHES[(i - 1) % #DASHES + 1]
    add(parts, "$s%d using 1:2 with histeps dt %d lw 1.4 lc rgb '%s' title %s", i, dash, colour, quoted(one.name))
  end
end

local function curves(data, lines)
  local parts = {}
  local draw = data.kind == "bars" and bar_parts or data.kind == "histogram" and bin_parts or series_parts
  for i, one in ipairs(data.series) do
    if #one.points > 0 then
      lines[#lines + 1] = data_block("s" .. i, one.points, data)
      draw(parts, data, one, i)
    end
  end
  if (data.kind == "bars" or data.kind == "histogram") and not data.log.y then
    add(lines, "set xzeroaxis lt -1 lc rgb 'black'\nset yrange [%s:]", scale.range(data.series, "y") < 0 and "" or "0")
  end
  lines[#lines + 1] = "plot " .. table.concat(parts, ", ")
end

-- How a number is written in a cell: three digits of the span, or two; nil where the cells are too narrow for both.
local function label_format(data, low, high)
  local span = high.value - low.value
  local digits = span > 0 and math.max(0, 2 - math.floor(math.log(span, 10))) or 2
  for fewer = 0, #data.y_names <= 24 and 1 or -1 do
    local format = ("%%.%df"):format(math.max(0, math.min(digits, 6) - fewer))
    local longest = math.max(#format:format(low.value), #format:format(high.value))
    if longest * 6.5 * #data.x_names < WIDTH - 170 then
      return format
    end
  end
end

-- Cells as boxes of the palette (cividis: even in lightness, with any colour vision), with numbers where they fit.
local function heat(data, lines)
  local low, high = shades.ends(data)
  local span = high.value - low.value
  local format = label_format(data, low, high)
  local cells, labels, rows = {}, {}, #data.y_names
  for j = 1, rows do
    for i = 1, #data.x_names do
      local value = data.cells[j][i]
      if value then
        local y, shown = rows + 1 - j, (format or "%g"):format(value):gsub("^%-(0%.?0*)$", "%1")
        cells[#cells + 1] = ("%d %d %.10g"):format(i, y, value)
        labels[#labels + 1] = ("%d %d %s %s"):format(i, y, shown,
          (value - low.value) / (span > 0 and span or 1) < 0.46 and "0xfefefe" or "0x010101")
      end
    end
  end
  local downward = {}
  for j, name in ipairs(data.y_names) do
    downward[rows + 1 - j] = name
  end
  add(lines, "%s\nset yrange [0.5:%g]\nunset grid", tics("y", downward), rows + 0.5)
  add(lines, "set palette defined (0 '#00224e', 0.25 '#434e6c', 0.5 '#7d7c78', 0.75 '#bcae6c', 1 '#fee838')")
  add(lines, "set palette maxcolors 32\nset cbtics format '%%g'\nset style fill solid 1 noborder")
  add(lines, "%s", data.value_label and "set cblabel " .. quoted(data.value_label) or "")
  add(lines, "$c << EOD\n%s\nEOD\n$l << EOD\n%s\nEOD", table.concat(cells, "\n"), table.concat(labels, "\n"))
  add(lines, "plot $c using 1:2:(0.5):(0.5):3 with boxxyerror palette notitle%s", format
    and ", $l using 1:2:(stringcolumn(3)):4 with labels font ',11' tc rgb variable notitle" or "")
end

--- Returns the script that makes gnuplot draw a figure on its standard output.
---@param data table
---@return string
---@example
---local data = { kind = "points", log = {}, series = { { name = "it's", points = { { x = 1, y = 2 } } } } }
---assert(require("residua.plot.gnuplot").script(data):find("title 'it''s'", 1, true))
function M.script(data)
  local rows = data.cells and math.max(0, #data.y_names - 12) * 18 or (legend_lines(data) + 0.5) * LEGEND_LINE
  local lines = settings(data, HEIGHT + rows);
  (data.cells and heat or curves)(data, lines)
  return table.concat(lines, "\n") .. "\n"
end

local function read_and_remove(path)
  local file = io.open(path, "rb")
  local content = file and file:read("a") or ""
  if file then
    file:close()
  end
  os.remove(path)
  return content
end

--- Returns what gnuplot writes for a script.
---@param script string
---@return string? output  nil where it is missing or fails
---@return string? why
function M.run(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(script)
  file:close()
  local pipe = assert(io.popen(("gnuplot -d '%s' 2>'%s.err' </dev/null"):format(path, path), "r"))
  local output = pipe:read("a")
  local ok, _, status = pipe:close()
  os.remove(path)
  local message = read_and_remove(path .. ".err")
  if ok and output:find("</svg>", 1, true) then
    return output
  elseif status == 127 then
    return nil, "gnuplot is not installed; get it with: apt-get install gnuplot-nox"
  end
  return nil, "gnuplot failed: " .. (message:match("line %d+: ([^\n]+)") or message:match("[^\n]+") or "no output")
end

return M
