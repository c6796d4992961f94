-- Text for terminals and reports: display width, padding, wrapping, aligned columns, near names.
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

local function cell_text(value)
  if type(value) == "number" then
    return M.number(value)
  end
  return value == nil and "" or (tostring(value):gsub("[\r\n\t]+", " "))
end

-- Texts, column widths and alignments of the cells; a column of numbers alone stands right.
local function measure(rows, header, limit)
  local count = header and #header or 0
  for _, row in ipairs(rows) do
    count = math.max(count, row.n or #row)
  end
  local widths, aligns, texts = {}, {}, {}
  for column = 1, count do
    widths[column] = header and math.min(M.width(header[column] or ""), limit) or 0
    aligns[column] = #rows > 0 and "right" or "left"
  end
  for index, row in ipairs(rows) do
    texts[index] = {}
    for column = 1, count do
      local cell = M.cut(cell_text(row[column]), limit)
      texts[index][column] = cell
      widths[column] = math.max(widths[column], M.width(cell))
      if row[column] ~= nil and type(row[column]) ~= "number" then
        aligns[column] = "left"
      end
    end
  end
  return texts, widths, aligns
end

local function join_cells(cells, widths, aligns, gap)
  local out = {}
  for column, width in ipairs(widths) do
    out[column] = M.pad(M.cut(cells[column] or "", math.max(width, 1)), width, aligns[column])
  end
  return (table.concat(out, gap):gsub("%s+$", ""))
end

---@class residua.text.ColumnOpts
---@field header? string[]  names over the columns, with a rule below
---@field align? table<integer, "left"|"right"|"center">  per column; numbers stand right by default
---@field gap? string  between columns, two spaces by default
---@field indent? string  before each line
---@field limit? integer  widest cell before it is cut, 60 by default

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

--- Returns rows of cells as aligned lines. Numbers are shown with 4 digits; a row with holes names
--- its length as `n`.
---@param rows any[][]
---@param opts? residua.text.ColumnOpts
---@return string
---@example
---local text = require("residua.text")
---assert(text.columns({ { "loss", 2.5 }, { "bits", 4 } }) == "loss  2.5\nbits    4")
function M.columns(rows, opts)
  opts = opts or {}
  local gap, indent = opts.gap or "  ", opts.indent or ""
  local texts, widths, aligns = measure(rows, opts.header, opts.limit or 60)
  for column, align in pairs(opts.align or {}) do
    aligns[column] = align
  end
  local lines = {}
  if opts.header then
    local rule = {}
    for column, width in ipairs(widths) do
      rule[column] = ("-"):rep(width)
    end
    lines = { join_cells(opts.header, widths, aligns, gap), join_cells(rule, widths, aligns, gap) }
  end
  for _, cells in ipairs(texts) do
    lines[#lines + 1] = join_cells(cells, widths, aligns, gap)
  end
  return indent .. table.concat(lines, "\n" .. indent)
end

-- Edit distance of two names, a swap of neighbours counting once; bytes are enough for names.
local function distance(a, b)
  local before, previous = {}, {}
  for j = 0, #b do
    previous[j] = j
  end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      current[j] = best
    end
    before, previous = previous, current
  end
  return previous[#b]
end

--- Returns the name of `names` that `word` most likely means, or nil where none is near.
---@param word string
---@param names string[]
---@return string? nearest
---@example
---local text = require("residua.text")
---assert(text.nearest("modle", { "corpus", "model" }) == "model")
---assert(text.nearest("xyz", { "corpus", "model" }) == nil and text.nearest("x", { "y" }) == nil)
function M.nearest(word, names)
  local best, best_distance
  local limit = math.max(1, (#word + 1) // 3)
  for _, name in ipairs(names) do
    if math.abs(#name - #word) <= limit then
      local d = distance(word:lower(), name:lower())
      local akin = d < math.max(#word, #name) -- "x" is not near "_"
      if akin and d <= limit and (not best or d < best_distance or d == best_distance and name < best) then
        best, best_distance = name, d
      end
    end
  end
  return best
end

--- Returns " (did you mean 'NAME'?)" for the nearest of `names`, or "" where none is near.
---@param word string
---@param names string[]
---@return string
---@example
---local text = require("residua.text")
---assert(text.did_you_mean("bit", { "bits", "per" }) == " (did you mean 'bits'?)")
function M.did_you_mean(word, names)
  local name = M.nearest(word, names)
  return name and (" (did you mean '%s'?)"):format(name) or ""
end

return M
