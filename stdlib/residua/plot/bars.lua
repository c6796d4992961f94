-- Bars in the terminal: one line each, with its number, so that long names have room.

local frame = require("residua.plot.frame")
local scale = require("residua.plot.scale")
local text = require("residua.text")

local M = {}

local EIGHTHS <const> = { "▏", "▎", "▍", "▌", "▋", "▊", "▉" }
local MOST <const> = 60 -- lines

local function value_text(p)
  if not p.low then
    return text.number(p.y)
  end
  return ("%s [%s, %s]"):format(text.number(p.y), text.number(p.low), text.number(p.high))
end

-- All bars, those of one category together: name, mark, point, text.
local function bars_of(data)
  local by_place, bars = {}, {}
  for index, one in ipairs(data.series) do
    for _, p in ipairs(one.points) do
      by_place[p.x] = by_place[p.x] or {}
      table.insert(by_place[p.x], { mark = #data.series > 1 and frame.mark(index) .. " " or "", point = p })
    end
  end
  for place, name in ipairs(data.x_names) do
    for i, bar in ipairs(by_place[place] or {}) do
      bar.name, bar.text = i == 1 and text.cut(name, 24) or "", value_text(bar.point)
      bars[#bars + 1] = bar
    end
  end
  return bars
end

-- A bar from its base to its value, eighths of a cell at the right end; an interval as a line around the end.
local function draw(p, axis, base, width)
  local cells = {}
  local from, to = axis.place(base) * width, axis.place(p.y) * width
  local left, right = math.min(from, to), math.max(from, to)
  for i = 1, width do
    local filled = math.min(right, i) - math.max(left, i - 1)
    local eighths = math.floor(filled * 8 + 0.5)
    cells[i] = eighths >= 8 and "█" or eighths > 0 and (left > i - 1 and "▐" or EIGHTHS[eighths]) or " "
  end
  if p.low then
    local first = math.max(1, math.min(width, math.floor(axis.place(p.low) * width + 0.5)))
    local last = math.max(1, math.min(width, math.floor(axis.place(p.high) * width + 0.5)))
    for i = first, last do
      cells[i] = i == first and "├" or i == last and "┤" or cells[i] == " " and "─" or cells[i]
    end
  end
  return table.concat(cells)
end

--- Returns the lines of a figure of bars, without its caption.
---@param data table  series, log, x_names, x_label, y_label
---@param width integer  of the terminal
---@return string[]
---@example
---local data = { log = {}, x_names = { "eng" }, series = { { name = "gap", points = { { x = 1, y = 2 } } } } }
---assert(require("residua.plot.bars").lines(data, 12)[1] == "eng ██████ 2")
function M.lines(data, width)
  local bars, low, high = bars_of(data), scale.range(data.series, "y", data.log.y)
  local names, texts = 0, 0
  for _, bar in ipairs(bars) do
    names = math.max(names, text.width(bar.name .. bar.mark))
    texts = math.max(texts, text.width(bar.text))
  end
  local base = data.log.y and low / 2 or 0
  local axis = scale.of(math.min(base, low), math.max(data.log.y and high or 0, high), { log = data.log.y })
  local room, lines = math.max(6, width - names - texts - 2), { data.y_label }
  for i = 1, math.min(#bars, MOST) do
    local bar = bars[i]
    local label = text.pad(bar.name, names - text.width(bar.mark)) .. bar.mark
    lines[#lines + 1] = ("%s %s %s"):format(label, draw(bar.point, axis, base, room), bar.text)
  end
  lines[#lines + 1] = #bars > MOST and ("... %d more"):format(#bars - MOST) or nil
  local legend = frame.legend(data.series, width)
  return table.move(legend, 1, #legend, #lines + 1, lines)
end

return M
