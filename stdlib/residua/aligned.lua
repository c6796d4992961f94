-- Rows as aligned columns, for terminals and Markdown.

local text = require("residua.text")

local function cell_text(value)
  if type(value) == "number" then
    return text.number(value)
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
    widths[column] = header and math.min(text.width(header[column] or ""), limit) or 0
    aligns[column] = #rows > 0 and "right" or "left"
  end
  for index, row in ipairs(rows) do
    texts[index] = {}
    for column = 1, count do
      local cell = text.cut(cell_text(row[column]), limit)
      texts[index][column] = cell
      widths[column] = math.max(widths[column], text.width(cell))
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
    out[column] = text.pad(text.cut(cells[column] or "", math.max(width, 1)), width, aligns[column])
  end
  return (table.concat(out, gap):gsub("%s+$", ""))
end

---@class residua.aligned.Opts
---@field header? string[]  names over the columns, with a rule below
---@field align? table<integer, "left"|"right"|"center">  per column; numbers stand right by default
---@field gap? string  between columns, two spaces by default
---@field indent? string  before each line
---@field limit? integer  widest cell before it is cut, 60 by default

--- Returns rows of cells as aligned lines. Numbers are shown with 4 digits; a row with holes names
--- its length as `n`.
---@param rows any[][]
---@param opts? residua.aligned.Opts
---@return string
---@example
---local aligned = require("residua.aligned")
---assert(aligned({ { "loss", 2.5 }, { "bits", 4 } }) == "loss  2.5\nbits    4")
return function(rows, opts)
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
