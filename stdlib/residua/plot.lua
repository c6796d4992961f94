-- Figures of rows: lines, points, bars, heat maps, histograms. Normal quantile plots, too; drawn in the terminal, and
-- as SVG by gnuplot for the report.

local alt = require("residua.plot.alt")
local bars = require("residua.plot.bars")
local columns = require("residua.plot.columns")
local frame = require("residua.plot.frame")
local grid = require("residua.plot.grid")
local options = require("residua.options")
local samples = require("residua.plot.samples")
local save = require("residua.save")
local screen = require("residua.screen")
local series = require("residua.plot.series")
local shades = require("residua.plot.shades")
local text = require("residua.text")

local M = {}

--- Kinds of figures.
M.KINDS = { "lines", "points", "bars", "heat", "histogram", "qq" }

local SPEC <const> = {
  kind = { "string", "lines" }, x = { "string|table" }, y = { "string|table" }, by = { "string|table" },
  value = { "string|table" }, caption = { "string", "" }, x_label = { "string" }, y_label = { "string" },
  log = { "string", "" },
}
local SVG <const> = { id = { "string", "figure" } }

---@class residua.plot.Opts
---@field kind? string  "lines" (the default), "points", "bars", "heat", "histogram" or "qq" (against normal quantiles)
---@field x? string|any[]  column along the x axis, or a list with one value per row; the number of the row by default
---@field y? string|string[]|number[]  column along the y axis, or several, each a series; with heat an axis as well
---@field by? string  column that tells the series apart: one for each of its values
---@field value? string  column of the colours of a heat map
---@field caption? string
---@field x_label? string  with the unit: "protected share [%]"; the name of the column by default
---@field y_label? string
---@field log? string  "x", "y" or "xy": logarithmic axes, where what is not positive is left out

---@class residua.plot.SvgOpts
---@field id? string  begins the ids inside, which must be unique within a page; "figure" by default

--- A drawn figure: what `plot` returns. Printing it draws it in the terminal.
---@class Figure
---@field kind string  "lines", "points", "bars", "heat", "histogram" or "qq"
---@field caption string
---@field alt string  what it shows, in words
local Figure = {}

-- What each figure shows; the figure itself stays empty, so that it cannot change.
local data_of = setmetatable({}, { __mode = "k" })

local function refuse()
  error("a Figure does not change; plot the rows again with other options", 2)
end

local function figure_of(data)
  local members = { kind = data.kind, caption = data.caption, alt = data.alt }
  for name, method in pairs(Figure) do
    members[name] = method
  end
  local self = setmetatable({}, { __name = "Figure", __index = members, __newindex = refuse,
    __tostring = Figure.draw })
  data_of[self] = data
  return self
end

-- Whether there is anything to draw.
local function is_empty(data)
  if data.cells then
    return not shades.ends(data)
  end
  for _, one in ipairs(data.series) do
    for _, p in ipairs(one.points) do
      if p.y then
        return false
      end
    end
  end
  return true
end

--- Returns the figure as text of braille dots and blocks, which printing it shows.
---@param width? integer  cells per line, at least 40; those of the terminal by default
---@return string
---@example
---local figure = plot({ { bits = 2, loss = 5.5 }, { bits = 4, loss = 3 } }, { x = "bits", y = "loss" })
---assert(figure:draw(60):find("●", 1, true))
function Figure:draw(width)
  local data = data_of[self]
  width = math.max(40, width or screen.width())
  local lines = {}
  if data.caption ~= "" then
    lines[1] = text.wrap(data.caption, width)
  end
  local drawn = data.empty and { "(no finite values)" }
    or (data.cells and shades or data.kind == "bars" and bars or frame).lines(data, width)
  table.move(drawn, 1, #drawn, #lines + 1, lines)
  if data.left_out > 0 then
    lines[#lines + 1] = ("(%s left out)"):format(text.counted(data.left_out, "value"))
  end
  return table.concat(lines, "\n")
end

--- Returns the figure as an SVG element that gnuplot draws: it scales to the width of the page, takes the colour of the
--- text around it for its axes, and has the caption as its title and `figure.alt` as its description.
---@param opts? residua.plot.SvgOpts
---@return string? svg  nil where gnuplot is missing or fails
---@return string? why
---@example
---local svg, why = plot({ 3, 1, 2 }, { caption = "Values" }):svg { id = "f1" }
---assert(svg and svg:find("<title", 1, true) or why)
function Figure:svg(opts)
  opts = options.check("Figure:svg", opts, SVG)
  return require("residua.plot.svg").of(data_of[self], opts.id)
end

--- Writes the figure to a file as SVG.
---@param path string
---@param opts? residua.plot.SvgOpts
---@example
---local name = os.tmpname()
---local saved, why = pcall(function() plot({ 3, 1, 2 }):save(name .. ".svg") end)
---assert(saved and io.open(name .. ".svg"):read("a"):find("<svg", 1, true) or why:find("gnuplot", 1, true))
---os.remove(name .. ".svg")
---os.remove(name)
function Figure:save(path, opts)
  options.argument("Figure:save", "path", path, "string")
  opts = options.check("Figure:save", opts, SVG)
  local svg, why = self:svg(opts)
  if not svg then
    error("Figure:save: " .. why, 2)
  end
  save("Figure:save", path, svg .. "\n", ".svg")
end

local MAKERS <const> = { heat = grid.of, histogram = samples.histogram, qq = samples.qq }

local function log_axes(log)
  if log ~= "" and log ~= "x" and log ~= "y" and log ~= "xy" then
    error(("plot: option 'log' must be \"x\", \"y\" or \"xy\", got '%s'"):format(log), 2)
  end
  return { x = log:find("x", 1, true) ~= nil, y = log:find("y", 1, true) ~= nil }
end

local function made(rows, opts)
  opts = options.check("plot", opts, SPEC)
  options.one_of("plot", "kind", opts.kind, M.KINDS)
  opts.log = log_axes(opts.log)
  columns.require_list(rows)
  local sample = (opts.kind == "histogram" or opts.kind == "qq") and not (opts.x or opts.y)
  local data = (MAKERS[opts.kind] or series.of)(sample and rows or columns.rows(rows), opts)
  data.kind, data.caption, data.log = opts.kind, (opts.caption:gsub("%s+", " ")), opts.log
  data.x_label, data.y_label = opts.x_label or data.x_label, opts.y_label or data.y_label
  data.empty = is_empty(data)
  data.alt = alt.text(data)
  return data
end

--- Returns a Figure of rows. Cells are numbers, texts (categories) or effects { estimate, low, high }, which are drawn
--- with their intervals. Values that are not finite are left out and counted. A figure is a value: printing it draws it
--- in the terminal, `figure:svg()` for a page; `figure.alt` says in words what it shows; `figure.caption` is its title.
---@param rows any  tables of named values, or a list of numbers or a Tensor (for histogram and qq: without x and y)
---@param opts? residua.plot.Opts
---@return Figure
---@example
---local rows = { { bits = 2, loss = 5.5 }, { bits = 4, loss = { estimate = 3, low = 2.5, high = 3.5 } } }
---local figure = plot(rows, { x = "bits", y = "loss", y_label = "loss [nats]", caption = "Loss by bits" })
---assert(figure.alt:find("starts at 5.5 (2), ends at 3 [2.5, 3.5] (4)", 1, true))
function M.of(rows, opts)
  return figure_of(made(rows, opts))
end

--- Returns whether a value is a figure.
---@param value any
---@return boolean
---@example
---assert(plot.is(plot({ 1, 2 })) and not plot.is({}))
function M.is(value)
  return data_of[value] ~= nil
end

--- Returns a Figure of rows, as `plot.of` does.
---@param rows any  tables of named values, or a list of numbers or a Tensor (for histogram and qq: without x and y)
---@param opts? residua.plot.Opts
---@return Figure
local function call(_, rows, opts)
  return M.of(rows, opts)
end

return setmetatable(M, { __call = call })
