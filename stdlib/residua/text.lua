-- Text for terminals and reports: display width, padding, wrapping, numbers.
-- Every printer of the library uses these, so that a table of Hindi or Chinese stays aligned.
local M = {}

local ranges -- loaded with the first character that is not ASCII

-- Whether `code` lies in a flat list of ascending (first, last) pairs.
local function within(list, code)
  local low, high = 1, #list // 2
  while low <= high do
    local middle = (low + high) // 2
    if code < list[2 * middle - 1] then
      high = middle - 1
    elseif code > list[2 * middle] then
      low = middle + 1
    else
      return true
    end
  end
  return false
end

local function code_width(code)
  if code < 0x300 then
    return (code < 0x20 or code >= 0x7f and code < 0xa0) and 0 or 1
  end
  ranges = ranges or require("residua.text_width")
  if within(ranges.zero, code) then
    return 0
  end
  return within(ranges.wide, code) and 2 or 1
end

-- Iterates over the characters of `s` as (substring, cells); an invalid byte is one of one cell.
local function characters(s)
  local position = 1
  return function()
    if position > #s then
      return nil
    end
    local start = position
    local char = s:match("^[\0-\x7f\xc2-\xf4][\x80-\xbf]*", start)
    if not char or not utf8.len(char) then
      position = start + 1
      return s:sub(start, start), 1
    end
    local length = #utf8.char(utf8.codepoint(char))
    position = start + length
    return s:sub(start, start + length - 1), code_width(utf8.codepoint(char))
  end
end

--- Returns the number of terminal cells that `s` takes: combining marks 0, East Asian wide
--- characters 2, control characters 0, an invalid byte 1.
---@param s string  UTF-8 text
---@return integer cells
---@example
---local text = require("residua.text")
---assert(text.width("naïve") == 5 and text.width("量化") == 4)
function M.width(s)
  if not s:find("[\0-\x1f\x7f-\xff]") then
    return #s
  end
  local cells = 0
  for _, width in characters(s) do
    cells = cells + width
  end
  return cells
end

--- Returns `s` filled with spaces to `cells` cells; a longer text comes back unchanged.
---@param s string
---@param cells integer  width to reach
---@param align? "left"|"right"|"center"  where the text stands; left by default
---@return string
---@example
---local text = require("residua.text")
---assert(text.pad("量", 4, "right") == "  量")
function M.pad(s, cells, align)
  local missing = math.max(0, cells - M.width(s))
  local before = align == "right" and missing or align == "center" and missing // 2 or 0
  return (" "):rep(before) .. s .. (" "):rep(missing - before)
end

--- Returns `s` cut to at most `cells` cells, the last of them an ellipsis where something is lost.
---@param s string
---@param cells integer  at least 1
---@return string
---@example
---local text = require("residua.text")
---assert(text.cut("perplexity", 5) == "perp…")
function M.cut(s, cells)
  if M.width(s) <= cells then
    return s
  end
  local kept, used = {}, 0
  for char, width in characters(s) do
    if used + width > cells - 1 then
      break
    end
    kept[#kept + 1], used = char, used + width
  end
  return table.concat(kept) .. "…"
end

-- Splits a word that is wider than a line into pieces that fit.
local function split_word(word, cells)
  local pieces, piece, used = {}, {}, 0
  for char, width in characters(word) do
    if used + width > cells and used > 0 then
      pieces[#pieces + 1], piece, used = table.concat(piece), {}, 0
    end
    piece[#piece + 1], used = char, used + width
  end
  pieces[#pieces + 1] = table.concat(piece)
  return pieces
end

local function wrap_line(line, cells, out)
  local current, used
  for word in line:gmatch("%S+") do
    for index, piece in ipairs(M.width(word) > cells and split_word(word, cells) or { word }) do
      local width = M.width(piece)
      if current and index == 1 and used + 1 + width <= cells then
        current, used = current .. " " .. piece, used + 1 + width
      else
        out[#out + 1] = current
        current, used = piece, width
      end
    end
  end
  out[#out + 1] = current or ""
end

--- Returns `s` broken into lines of at most `cells` cells. Line breaks of the text are kept, runs
--- of spaces are not; a word wider than a line is split.
---@param s string
---@param cells? integer  line width, 80 by default
---@param indent? string  put before each line, inside the width
---@return string
---@example
---local text = require("residua.text")
---assert(text.wrap("one two three", 8, "  ") == "  one\n  two\n  three")
function M.wrap(s, cells, indent)
  indent = indent or ""
  local lines, room = {}, math.max(1, (cells or 80) - M.width(indent))
  for line in (s .. "\n"):gmatch("(.-)\n") do
    wrap_line(line, room, lines)
  end
  for index, line in ipairs(lines) do
    lines[index] = line == "" and "" or indent .. line
  end
  return table.concat(lines, "\n")
end

--- Returns a number as short as a reader wants it: integers whole, others with `digits` digits.
---@param value number
---@param digits? integer  significant digits, 4 by default
---@return string
---@example
---local text = require("residua.text")
---assert(text.number(0.123456) == "0.1235" and text.number(3) == "3")
function M.number(value, digits)
  if math.type(value) == "integer" then
    return tostring(value)
  end
  if value ~= value then
    return "nan"
  end
  return (("%%.%dg"):format(digits or 4):format(value):gsub("e([+-])0+(%d)", "e%1%2"))
end

--- Returns a count with its noun, which gets an s unless there is one: "1 run", "3 runs".
---@param count integer
---@param noun string
---@return string
---@example
---local text = require("residua.text")
---assert(text.counted(1, "run") == "1 run" and text.counted(0, "run") == "0 runs")
function M.counted(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

--- Returns a time as people say it: "0.4 s", "12 s", "3 min 5 s", "2 h 10 min".
---@param seconds number
---@return string
---@example
---local text = require("residua.text")
---assert(text.duration(185) == "3 min 5 s" and text.duration(0.44) == "0.4 s")
function M.duration(seconds)
  if seconds < 10 then
    return ("%.1f s"):format(seconds)
  elseif seconds < 120 then
    return ("%.0f s"):format(seconds)
  elseif seconds < 7200 then
    return ("%d min %d s"):format(seconds // 60, math.floor(seconds % 60))
  end
  return ("%d h %d min"):format(seconds // 3600, seconds % 3600 // 60)
end

return M
