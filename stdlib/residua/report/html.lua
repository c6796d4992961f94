-- Elements of HTML. All text passes `escape`; only what these functions return counts as markup.

local cells = require("residua.report.cells")
local sorted_keys = require("residua.sorted_keys")
local svg = require("residua.plot.svg")

local M = {}

M.escape = svg.escape

local MOST_ROWS <const> = 300 -- of one table; the CSV file has all
local TALL <const> = 25 -- rows; a longer table scrolls in its box

-- Attributes in a fixed order, so that two equal runs give equal files.
local function attributes(given)
  local parts = {}
  for i, name in ipairs(sorted_keys(given or {})) do
    parts[i] = given[name] == true and " " .. name or (' %s="%s"'):format(name, M.escape(tostring(given[name])))
  end
  return table.concat(parts)
end

--- Returns an element around markup.
---@param name string
---@param given? table  attributes
---@param ... string  markup inside
---@return string
---@example
---assert(require("residua.report.html").element("p", { class = "a" }, "x") == '<p class="a">x</p>')
function M.element(name, given, ...)
  return ("<%s%s>%s</%s>"):format(name, attributes(given), table.concat({ ... }), name)
end

--- Returns an element around text, which is escaped.
---@param name string
---@param text any
---@param given? table  attributes
---@return string
---@example
---assert(require("residua.report.html").text("p", "a<b") == "<p>a&lt;b</p>")
function M.text(name, text, given)
  return M.element(name, given, M.escape(cells.text(text)))
end

--- Returns names and values as a list of definitions; what is empty is left out.
---@param pairs_of any[][]  { name, value }
---@return string
---@example
---assert(require("residua.report.html").definitions({ { "seed", 1 } }):find("<dd>1</dd>", 1, true))
function M.definitions(pairs_of)
  local parts = {}
  for _, pair in ipairs(pairs_of) do
    local shown = cells.text(pair[2])
    if shown ~= "" then
      parts[#parts + 1] = M.element("div", nil, M.text("dt", pair[1]), M.text("dd", shown))
    end
  end
  return M.element("dl", nil, table.concat(parts))
end

-- Which columns hold numbers alone and stand to the right.
local function right_columns(rows)
  local right = {}
  for _, name in ipairs(rows.columns) do
    local any, other
    for _, row in ipairs(rows) do
      any = any or cells.is_numeric(row[name])
      other = other or row[name] ~= nil and not cells.is_numeric(row[name])
    end
    right[name] = any and not other
  end
  return right
end

-- With `labels` each cell carries the name of its column, for where a row is shown as a card.
local function body_row(rows, row, right, labels)
  local parts = {}
  for i, name in ipairs(rows.columns) do
    local value, label = row[name], labels and name or nil
    local markup = type(value) == "table" and value.markup
    local header = markup and value.header or not markup and i == 1 and not right[name]
    parts[i] = M.element(header and "th" or "td", { scope = header and "row" or nil, ["data-label"] = label,
      class = right[name] and not markup and "n" or nil }, markup or M.escape(cells.text(value)))
  end
  return M.element("tr", nil, table.concat(parts))
end

local function head_row(rows, right)
  local parts = {}
  for i, name in ipairs(rows.columns) do
    parts[i] = M.text("th", name, { scope = "col", class = right[name] and "n" or nil })
  end
  return M.element("tr", nil, table.concat(parts))
end

--- Returns rows as a table in a box of its own, which scrolls where the table is wider than the page, or long.
---@param rows Table  cells { markup = ... } are taken as they are
---@param caption string
---@param note? string  markup after the caption
---@param cards? boolean  whole at any length, and on a narrow page each row as a card
---@return string
---@example
---local rows = table_of { { a = 1 } }
---assert(require("residua.report.html").table(rows, "A"):find('<th class="n" scope="col">a</th>', 1, true))
function M.table(rows, caption, note, cards)
  local right, body = right_columns(rows), {}
  for i = 1, math.min(#rows, MOST_ROWS) do
    body[i] = body_row(rows, rows[i], right, cards)
  end
  local more = #rows > MOST_ROWS and (" (first %d of %d rows)"):format(MOST_ROWS, #rows) or ""
  local inner = M.element("table", nil, M.element("caption", nil,
    M.element("span", { class = "caption" }, M.escape(caption .. more), note or "")), "\n",
    M.element("thead", nil, head_row(rows, right)), "\n", M.element("tbody", nil, table.concat(body, "\n")))
  local class = cards and "scroll cards" or #rows > TALL and "scroll tall" or "scroll"
  return M.element("div", { class = class, tabindex = 0, role = "region",
    ["aria-label"] = caption .. " (table)" }, inner)
end

return M
