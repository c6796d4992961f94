-- Figures: what is drawn where, what is said in words, what gnuplot is given and what becomes of its answer.
local disparity = require("residua.disparity")
local gnuplot = require("residua.plot.gnuplot")
local plot = require("residua.plot")
local quant = require("residua.quant")
local source = require("residua.help.source")
local support = require("tests.lua.support")
local svg = require("residua.plot.svg")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local CURVE <const> = {
  { share = 10, gap = { estimate = 1, low = 0.5, high = 2 }, scheme = "sane" },
  { share = 0, gap = 3, scheme = "naive" }, { share = 10, gap = 2, scheme = "naive" },
  { share = 0, gap = 1.5, scheme = "sane" },
}

local function has_gnuplot()
  local drawn, why = plot({ 1, 2 }):svg()
  if not drawn and why:find("not installed", 1, true) then
    t.skip(why)
  end
end

local function holds(text, ...)
  for _, part in ipairs({ ... }) do
    t.ok(text:find(part, 1, true), ("'%s' does not hold '%s'"):format(text, part))
  end
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = line
  end
  return lines
end

function test.lines_in_words()
  local figure = plot(CURVE, { x = "share", y = "gap", by = "scheme", caption = "Gap  by\nshare" })
  t.eq({ figure.kind, figure.caption }, { "lines", "Gap by share" })
  t.eq(figure.alt, "Line chart of gap (0.5 to 3) by share (0 to 10). "
    .. "sane: starts at 1.5 (0), ends at 1 [0.5, 2] (10), lowest 1 (10), highest 1.5 (0). "
    .. "naive: starts at 3 (0), ends at 2 (10), lowest 2 (10), highest 3 (0).")
end

function test.lines_in_the_terminal()
  local drawn = plot(CURVE, { x = "share", y = "gap", by = "scheme", caption = "Gap", x_label = "share [%]" }):draw(60)
  local lines = lines_of(drawn)
  t.eq(lines[1], "Gap")
  t.eq(lines[2], "gap")
  t.eq(lines[#lines], "● sane   ■ naive")
  t.ok(lines[#lines - 1]:find("share [%]", 1, true))
  t.ok(lines[3]:find("┤■", 1, true), lines[3]) -- the highest value at the left end, on the upper border
  for _, line in ipairs(lines) do
    t.ok(utf8.len(line) <= 60, line)
  end
end

function test.points_stand_where_they_should()
  local lines = lines_of(plot({ { x = 0, y = 0 }, { x = 10, y = 10 } }, { x = "x", y = "y", kind = "points" }):draw(44))
  t.ok(lines[2]:find("^10 ┤%s+●$"), lines[2])
  t.eq(utf8.len(lines[2]), 43)
  t.eq(lines[15], " 0 ┤●")
end

function test.a_gap_breaks_a_line()
  local script = gnuplot.script { kind = "lines", log = {}, series = { { name = "a",
    points = { { x = 1, y = 1 }, { x = 2 }, { x = 3, y = 3 } } } } }
  holds(script, "1 1 1 1 1 1\n\n3 3 3 3 3 3\n")
end

function test.bars_have_their_numbers()
  local rows = { { language = "eng", gap = 1 }, { language = "量", gap = { estimate = -2, low = -3, high = -1 } } }
  local figure = plot(rows, { kind = "bars", x = "language", y = "gap" })
  t.eq(lines_of(figure:draw(50)), { "gap", "eng " .. (" "):rep(25) .. "▐████████ 1",
    "量  ├───────▐███████┤████████▌         -2 [-3, -1]" })
  t.eq(figure.alt, "Bar chart of gap (-3 to 1) by language (2: eng to 量). gap: 2 bars, lowest -2 [-3, -1] (量), "
    .. "highest 1 (eng).")
end

function test.heat_maps()
  local rows = { { layer = 10, language = "b", v = 4 }, { layer = 2, language = "b", v = 0 },
    { layer = 2, language = "a", v = 0 / 0 } }
  local figure = plot(rows, { kind = "heat", x = "layer", y = "language", value = "v" })
  local lines = lines_of(figure:draw(40))
  t.eq({ lines[1], lines[2], lines[3] }, { "  2     10", "b ······██████", "a" })
  t.eq(figure.alt, "Heat map of v by layer (2) and language (2): lowest 0 (2, b), highest 4 (10, b). "
    .. "Left out, since not finite: 1.")
end

function test.histograms_count_everything()
  local values = tensor.randn(3, { 200, 2 })
  local figure = plot(values, { kind = "histogram" })
  holds(figure.alt, "Histogram of count", "values: 400 values from ")
  local drawn = figure:draw(60)
  holds(drawn, "█", "count")
  holds(plot({ 5, 5, 5 }, { kind = "histogram" }).alt, "3 values from 4.75 to 5.25 in 1 bins, most (3)")
  holds(plot({ 1, 10, 100, -1 }, { kind = "histogram", log = "x" }).alt, "from 1 to 100 in 5 bins",
    "Left out, since not finite or not positive: 1.")
end

function test.histograms_of_groups_are_shares()
  local figure = plot({ { v = 1, g = "a" }, { v = 2, g = "a" }, { v = 1, g = "b" } },
    { kind = "histogram", y = "v", by = "g" })
  holds(figure.alt, "share [%] (0 to 100)", "a: 2 values", "b: 1 values")
end

function test.an_object_says_where_its_rows_are()
  local m, texts = support.loud_model(), support.texts()
  local d = disparity.of(m:loss(texts), m:quantized(quant.sane()):loss(texts), 1e9)
  for _, opts in ipairs({ {}, { kind = "histogram" }, { x = "language", y = "delta_byte" } }) do
    t.raises("plot: a Disparity is no list of rows; give its field rows, as in plot(d.rows, { x = ..., y = ... }); "
      .. "columns are delta_byte, ", function() plot(d, opts) end)
  end
  t.raises("plot: a Loss is no list of rows; give a list of tables, as in plot(loss:by(\"language\")", function()
    plot(m:loss(texts))
  end)
  t.raises("plot: a table of named values is no list of rows; give a list of tables", function() plot({ a = 1 }) end)
  holds(plot(d.rows, { x = "language", y = "delta_byte" }).alt, "delta_byte")
end

-- A normal sample given by its own quantiles lies on the line; scipy.stats.norm.ppf has the same places.
function test.normal_quantiles()
  local samples = require("residua.plot.samples")
  local points = samples.qq({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { log = {} }).series[1].points
  t.near(points[1].x, -1.6448536, 1e-6)
  t.near(points[4].x, -0.38532047, 1e-6)
  t.near(points[6].x, 0.12566135, 1e-6)
  local many = {}
  for i = 1, 100000 do
    many[i] = i
  end
  points = samples.qq(many, { log = {} }).series[1].points
  t.eq({ #points, points[1].y, points[200].y }, { 200, 1, 100000 })
  t.near(points[1].x, -4.4171734, 1e-6) -- norm.ppf(0.5e-5)
end

function test.what_is_not_finite_is_left_out()
  local figure = plot({ { a = 0 / 0 }, { a = { refused = "collapsed" } }, { a = 1 / 0 } }, { y = "a", caption = "C" })
  t.eq(figure:draw(40), "C\n(no finite values)\n(3 values left out)")
  t.eq(figure.alt, "Line chart without a finite value. Left out, since not finite: 3.")
  t.eq({ figure:svg() }, { nil, "the figure has no finite value" })
  for _, kind in ipairs(plot.KINDS) do
    holds(tostring(plot({}, { kind = kind })), "(no finite values)")
  end
  holds(plot({ { y = 0 }, { y = 2 } }, { y = "y", log = "y" }).alt, "not positive: 1.", "(2 to 2, logarithmic)")
end

function test.constant_values_and_single_points()
  for _, kind in ipairs({ "lines", "points", "bars", "histogram", "qq" }) do
    for _, rows in ipairs({ { 0 }, { 7 }, { -3, -3 }, { 1e-300 }, { 1e300, -1e300 } }) do
      t.ok(#tostring(plot(rows, { kind = kind })) > 0)
    end
  end
  t.ok(#tostring(plot({ { a = 1, b = 1, c = 1 } }, { kind = "heat", x = "a", y = "b", value = "c" })) > 0)
end

function test.mistakes_say_what_to_do()
  local function raises(message, rows, opts)
    t.raises(message, function()
      plot(rows, opts)
    end)
  end
  raises("no row has a column 'gpa' (did you mean 'gap'?); columns are gap, scheme, share", CURVE, { y = "gpa" })
  raises("unknown kind 'bar' (did you mean 'bars'?)", CURVE, { kind = "bar" })
  raises("option 'y' is missing, which kind = \"lines\" needs; columns are gap, scheme, share", CURVE, {})
  raises("option 'value' is missing, which kind = \"heat\" needs", CURVE, { kind = "heat", x = "share", y = "scheme" })
  raises("unknown option 'label'", CURVE, { label = "x" })
  raises("option 'log' must be \"x\", \"y\" or \"xy\", got 'z'", CURVE, { y = "gap", log = "z" })
  raises("option 'x' has 2 values for 4 rows", CURVE, { x = { 1, 2 }, y = "gap" })
  raises("row 2 is a string; give tables of named values, or numbers only", { 1, "a" })
  raises("rows must be a list of tables, a list of numbers or a Tensor, got number", 5)
end

-- Between ends that differ by rounding no tick ever moved on: the list of ticks grew without end.
function test.values_that_differ_by_rounding()
  for _, more in ipairs { {}, { log = "y" }, { kind = "bars" } } do
    more.x, more.y = "x", "y"
    holds(plot({ { x = 1, y = 1 - 2^-53 }, { x = 2, y = 1 } }, more):draw(60), "1")
  end
  holds(plot({ 1 - 2^-53, 1, 1 }, { kind = "histogram" }):draw(60), "1.00")
end

function test.figures_do_not_change()
  local figure = plot({ 1, 2 })
  t.raises("a Figure does not change", function()
    figure.caption = "other"
  end)
  t.ok(plot.is(figure) and not plot.is("figure") and figure.series == nil)
end

function test.texts_cannot_leave_their_quotes()
  local nasty = "it's `id` $HOME \" \\ \n system('x')"
  local script = gnuplot.script { kind = "points", log = {}, x_label = nasty, x_names = { nasty },
    series = { { name = nasty, points = { { x = 1, y = 2 } } }, { name = "b", points = {} } } }
  local safe = "'it''s `id` $HOME \" \\   system(''x'')'"
  holds(script, "set xlabel " .. safe, "title " .. safe, "noenhanced")
end

function test.svg_for_a_page()
  has_gnuplot()
  local figure = plot(CURVE, { x = "share", y = "gap", by = "scheme", caption = "Gap <b> & 'share'" })
  local drawn = assert(figure:svg { id = "f1" })
  holds(drawn, 'role="img"', 'viewBox="0 0 560 ', 'aria-labelledby="f1-title"',
    '<title id="f1-title">Gap &lt;b&gt; &amp; &#39;share&#39;</title>', "currentColor", "var(--series-1,#0072b2)",
    "var(--series-2,#d55e00)", "stroke-dasharray")
  holds(drawn, "<desc id=\"f1-desc\">" .. svg.escape(figure.alt) .. "</desc>")
  for _, word in ipairs({ "black", "white", "xlink", "script", "width=\"560", "GNUPLOT", "href='#gp" }) do
    t.ok(not drawn:find(word, 1, true), word)
  end
  local _, opened = drawn:gsub("<g[ >]", "")
  local _, closed = drawn:gsub("</g>", "")
  t.eq(opened, closed)
  local ids = {}
  for id in drawn:gmatch(" id=['\"]([^'\"]+)") do
    t.ok(not ids[id] and id:find("^f1%-"), id)
    ids[id] = true
  end
  for id in drawn:gmatch("href='#([^']+)'") do
    t.ok(ids[id], id)
  end
end

function test.every_kind_becomes_svg()
  has_gnuplot()
  local rows = { { x = 1, y = { estimate = 2, low = 1, high = 3 }, v = 4 }, { x = 2, y = -1, v = 5 } }
  for _, kind in ipairs(plot.KINDS) do
    local drawn, why = plot(rows, { kind = kind, x = "x", y = "y", value = kind == "heat" and "v" or nil }):svg()
    t.ok(drawn, ("%s: %s"):format(kind, why))
  end
  for _, opts in ipairs({ { log = "xy" }, { kind = "points", log = "y" }, { kind = "bars", log = "y" } }) do
    opts.x, opts.y = "x", "v"
    t.ok(plot(rows, opts):svg())
  end
end

-- The parts of the module are no public modules, so docs_test does not see their examples.
function test.examples_of_the_parts_run()
  local count = 0
  for _, path in ipairs(support.sources("stdlib/residua/plot", { lua = true })) do
    for _, item in ipairs(source.read(path).functions) do
      for _, code in ipairs(item.raw and source.parse(item.raw).examples or {}) do
        local ok, message = pcall(assert(load(code, "=" .. item.name .. " in " .. path)))
        t.ok(ok, message)
        count = count + 1
      end
    end
  end
  t.ok(count > 15, count)
end

return test
