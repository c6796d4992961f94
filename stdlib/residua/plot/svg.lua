-- What gnuplot drew, made fit for a page: a description, ids of its own, the page's colours, nothing left empty.

local gnuplot = require("residua.plot.gnuplot")

local M = {}

local ENTITIES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- Returns text with the characters that mean something in XML and HTML replaced; control characters are dropped.
---@param s string
---@return string
---@example
---assert(require("residua.plot.svg").escape("a<b & 'c'") == "a&lt;b &amp; &#39;c&#39;")
function M.escape(s)
  s = utf8.len(s) and s or s:gsub("[\x80-\xff]", "?")
  return (s:gsub("[%z\1-\8\11\12\14-\31\127]", ""):gsub("[&<>\"']", ENTITIES))
end

-- The colours of series become variables of the page, which may choose others for a dark background.
local function colours(body)
  local name_of = { ["0,0,0"] = "currentColor" }
  for i, colour in ipairs(gnuplot.COLOURS) do
    local r, g, b = colour:match("#(%x%x)(%x%x)(%x%x)")
    local key = ("%d,%d,%d"):format(tonumber(r, 16), tonumber(g, 16), tonumber(b, 16))
    name_of[key] = ("var(--series-%d,%s)"):format(i, colour)
  end
  body = body:gsub("rgb%(%s*(%d+),%s*(%d+),%s*(%d+)%)", function(r, g, b)
    return name_of[("%s,%s,%s"):format(r, g, b)]
  end)
  return (body:gsub("=(['\"])black['\"]", "=%1currentColor%1"))
end

-- Groups in which gnuplot only set a pen, halos of points, titles and ids that it makes up.
local function tidy(body)
  body = body:gsub("<title>[^<]*</title>", ""):gsub("<g id=\"[^\"]*\" ?>", "<g>")
  body = body:gsub("%s*<use [^>]*color='white'/>", "")
  local count
  repeat
    body, count = body:gsub("<g[^>]*>%s*</g>%s*", "")
  until count == 0
  return (body:gsub("[ \t]*\n[ \t\n]*", "\n"))
end

-- The shapes of points that are used, those they are made of included, with ids of this figure.
local function shapes(defs, body, id)
  local used, order = {}, {}
  local function need(name)
    local definition = not used[name] and defs:match("(<[^>]-id='" .. name .. "'[^>]*/>)")
    if definition then
      used[name] = definition
      for inner in definition:gmatch("href='#(%w+)'") do
        need(inner)
      end
      order[#order + 1] = definition
    end
  end
  for name in body:gmatch("href='#(%w+)'") do
    need(name)
  end
  local function own(s)
    return (s:gsub("xlink:href='#(%w+)'", "href='#" .. id .. "-%1'"):gsub(" id='(%w+)'", " id='" .. id .. "-%1'"))
  end
  local list = #order > 0 and "<defs>\n" .. own(table.concat(order, "\n")) .. "\n</defs>\n" or ""
  return list .. own(body)
end

--- Returns a figure as an SVG element.
---@param data table  with caption and alt
---@param id string  begins the ids inside
---@return string? svg  nil where gnuplot is missing or fails
---@return string? why
function M.of(data, id)
  if data.empty then
    return nil, "the figure has no finite value"
  end
  local drawn, why = gnuplot.run(gnuplot.script(data))
  if not drawn then
    return nil, why
  end
  id = id:gsub("[^%w_-]", "-")
  local box = drawn:match('viewBox="([%d%. ]+)"')
  local defs, body = drawn:match("<defs>(.-)</defs>(.*)</g>%s*</svg>")
  body = shapes(defs, colours(tidy(body)), id)
  local caption = data.caption ~= "" and data.caption or data.kind
  local head = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s" role="img" aria-labelledby="%s-title"'
    .. ' aria-describedby="%s-desc" font-family="sans-serif">'):format(box, id, id)
  return ("%s\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n%s</svg>"):format(head, id,
    M.escape(caption), id, M.escape(data.alt), body)
end

return M
