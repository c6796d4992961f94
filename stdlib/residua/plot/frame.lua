-- Figures with two axes in the terminal: lines, points, histograms, quantiles.

local canvas = require("residua.plot.canvas")
local scale = require("residua.plot.scale")
local text = require("residua.text")

local M = {}

local HEIGHT <const> = 14 -- lines of the canvas
local MARKS <const> = { "●", "■", "▲", "◆", "○", "□", "△", "◇" }
local MARK_GAP <const> = 6 -- cells between the marks of a line with many points
local EIGHTHS <const> = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }

--- Returns the mark of the n-th series: shapes first, letters then.
---@param n integer
---@return string
---@example
---assert(require("residua.plot.frame").mark(1) == "●")
function M.mark(n)
  return MARKS[n] or string.char(97 + (n - #MARKS - 1) % 26)
end

-- The axes of series; categories stand half a step from the ends, histograms on zero.
local function axes_of(data)
  local x_low, x_high = scale.range(data.series, "x", data.log.x)
  local y_low, y_high = scale.range(data.series, "y", data.log.y)
  if data.x_names then
    x_low, x_high = 0.5, #data.x_names + 0.5
  end
  if data.kind == "histogram" and not data.log.y then
    y_low = 0
  end
  local x = scale.of(x_low, x_high, { log = data.log.x, wanted = 7 })
  if data.x_names then
    x.ticks = {}
    for i, name in ipairs(data.x_names) do
      x.ticks[i] = { value = i, text = name }
    end
  end
  return x, scale.of(y_low, y_high, { log = data.log.y, round = true })
end

local function draw_interval(c, p, x, y)
  if p.low then
    local at = x.place(p.x)
    c:line(at, y.place(p.low), at, y.place(p.high), 2)
  end
  if p.x_low then
    local at = y.place(p.y)
    c:line(x.place(p.x_low), at, x.place(p.x_high), at, 2)
  end
end

-- Marks stand at the points; of a line with many points at some, which differ from series to series.
local function draw_series(c, data, one, index, x, y)
  local before, last
  for _, p in ipairs(one.points) do
    if p.y and before and (data.kind == "lines" or one.reference) then
      c:line(x.place(before.x), y.place(before.y), x.place(p.x), y.place(p.y), one.reference and 2 or 1)
    end
    if p.y then
      draw_interval(c, p, x, y)
      local cell = x.place(p.x) * c.width
      local due = data.kind ~= "lines" or not last or cell - last >= MARK_GAP or #one.points * 4 < c.width
      if due and not one.reference then
        c:put(x.place(p.x), y.place(p.y), M.mark(index))
        last = not last and cell - (index - 1) % MARK_GAP or cell
      end
    end
    before = p.y and p or nil
  end
end

-- One sample fills columns; several are outlines.
local function draw_bins(c, data, x, y)
  for index, one in ipairs(data.series) do
    for i, p in ipairs(one.points) do
      local left, right, top = x.place(p.left), x.place(p.right), y.place(p.y)
      if #data.series == 1 then
        local eighths = math.floor(top * c.height * 8 + 0.5)
        for cell = math.floor(left * c.width + 0.5), math.floor(right * c.width + 0.5) - 1 do
          for row = 0, (eighths - 1) // 8 do
            c.over[c.height - row][cell + 1] = EIGHTHS[math.min(8, eighths - 8 * row)]
          end
        end
      else
        local next_top = one.points[i + 1] and y.place(one.points[i + 1].y) or 0
        c:line(left, top, right, top)
        c:line(right, top, right, next_top)
        c:put((left + right) / 2, top, M.mark(index))
      end
    end
  end
end

-- Labels of the y axis by line of the canvas, and their width.
local function y_labels(y, height)
  local labels, width = {}, 0
  for _, tick in ipairs(y.ticks) do
    local row = height - math.floor(y.place(tick.value) * (height - 1) + 0.5)
    labels[row] = tick.text
    width = math.max(width, text.width(tick.text))
  end
  return labels, width
end

-- The x axis: a line of ticks, and below them those labels that have room.
local function x_axis(x, width)
  local line, labels, free = {}, "", 0
  for i = 1, width do
    line[i] = "─"
  end
  for _, tick in ipairs(x.ticks) do
    local cell = math.min(width, 1 + math.floor(x.place(tick.value) * (width - 1) + 0.5))
    local shown = text.cut(tick.text, 16)
    local start = math.max(0, math.min(cell - 1 - text.width(shown) // 2, width - text.width(shown)))
    if cell >= 1 and start >= free then
      line[cell] = "┬"
      labels = text.pad(labels, start) .. shown
      free = start + text.width(shown) + 1
    end
  end
  return table.concat(line), labels
end

--- Returns the lines that say which mark is which series; none for a single one.
---@param series table[]
---@param width integer
---@return string[]
---@example
---local legend = require("residua.plot.frame").legend
---assert(legend({ { name = "a" }, { name = "b" } }, 80)[1] == "● a   ■ b")
function M.legend(series, width)
  local lines = {}
  for i, one in ipairs(#series > 1 and series or {}) do
    local entry = (one.reference and "┈" or M.mark(i)) .. " " .. one.name
    local joined = lines[#lines] and lines[#lines] .. "   " .. entry
    if joined and text.width(joined) <= width then
      lines[#lines] = joined
    else
      lines[#lines + 1] = text.cut(entry, width)
    end
  end
  return lines
end

--- Returns the lines of a figure with two axes, without its caption.
---@param data table  kind, series, log, x_names, x_label, y_label
---@param width integer  of the terminal
---@return string[]
---@example
---local data = { kind = "points", log = {}, series = { { name = "a", points = { { x = 1, y = 2 } } } } }
---assert(table.concat(require("residua.plot.frame").lines(data, 40), "\n"):find("●", 1, true))
function M.lines(data, width)
  local x, y = axes_of(data)
  local labels, label_width = y_labels(y, HEIGHT)
  local c = canvas.new(math.max(10, width - label_width - 3), HEIGHT)
  if data.kind == "histogram" then
    draw_bins(c, data, x, y)
  else
    for index = #data.series, 1, -1 do
      draw_series(c, data, data.series[index], index, x, y)
    end
  end
  local lines = { data.y_label }
  for row, line in ipairs(c:rows()) do
    local tick = labels[row]
    local edge = text.pad(tick or "", label_width, "right") .. (tick and " ┤" or " │")
    lines[#lines + 1] = ((edge .. line):gsub("%s+$", ""))
  end
  local ruler, names = x_axis(x, c.width)
  local indent = (" "):rep(label_width + 2)
  lines[#lines + 1] = (" "):rep(label_width) .. " └" .. ruler
  lines[#lines + 1] = indent .. names
  lines[#lines + 1] = data.x_label
    and (indent .. text.pad(text.cut(data.x_label, c.width), c.width, "center")):gsub("%s+$", "") or nil
  local legend = M.legend(data.series, width)
  return table.move(legend, 1, #legend, #lines + 1, lines)
end

return M
