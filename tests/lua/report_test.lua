-- Reports: what they hold, that text stays text, that the page needs nothing but itself.
local context = require("residua.context")
local csv = require("residua.report.csv")
local experiment = require("residua.experiment")
local given = require("residua.given")
local json = require("residua.json")
local record = require("residua.record")
local report = require("residua.report")
local source = require("residua.help.source")
local support = require("tests.lua.support")
local system = require("residua.system")
local t = require("residua.testing")
local table_of = require("residua.table")
local verdict = require("residua.verdict")

local test = t.suite()

local NASTY <const> = "<script>alert('x')</script> & \"y\" | `z` _a_\n<b>"

local function declared(id)
  return experiment { id = id, title = "Title " .. NASTY, asks = "Is " .. NASTY .. " so?",
    params = { bits = 4, note = NASTY }, predicts = { up = "rises " .. NASTY, down = { "falls", below = 0 },
      other = "is there", inside = { "lies", within = { 5, 15 } } }, run = function() end }
end

-- A record as a run makes it, with everything that a report can show.
local function made(id)
  local e = declared(id)
  local x = context.new { experiment = e, model = support.model(), texts = support.texts(), seed = 7,
    write = function() end }
  local rows = { { name = NASTY, gap = { estimate = 1.5, low = 1, high = 2 }, count = 3 },
    { name = "plain", gap = { refused = "collapsed, \"all\"" }, count = 0.1 } }
  x:table(rows, { caption = "Gaps " .. NASTY, columns = { "name", "gap", "count" } })
  x:plot({ 3, 1, 2 }, { caption = "Figure " .. NASTY })
  x:plot({}, { y = "a", caption = "Empty" })
  x:warn("mind " .. NASTY)
  x:verdict("down", { estimate = 1, low = 0.5, high = 1.5, n = 9, p = 0.001 })
  x:verdict("other", { not_run = "needs a second model: --model2" })
  x:verdict("inside", { refused = "no data" })
  local typed = given { source = "the record", value = 1 }
  x:verdict("up", { estimate = typed.value, low = 0.5, high = 1.5, n = 9, p = 0.001 })
  return record.of { experiment = e, params = e.params, context = x, verdicts = verdict.of(e.predicts, x.effects),
    started = "2026-01-02T03:04:05Z", seconds = 2 }
end

local written -- once for all tests: folder, page, markdown

local function pages()
  if not written then
    local folder <close> = support.folder()
    report.write({ made("X-001"), made("X 2") }, folder.path .. "/run", { { id = "X-9", message = "broke " .. NASTY } })
    written = { names = system.list(folder.path .. "/run"), tables = system.list(folder.path .. "/run/tables"),
      html = support.read(folder.path .. "/run/report.html"), md = support.read(folder.path .. "/run/report.md"),
      csv = support.read(folder.path .. "/run/tables/X-001-1.csv") }
  end
  return written
end

local function holds(text, ...)
  for _, part in ipairs({ ... }) do
    t.ok(text:find(part, 1, true), ("no '%s'"):format(part))
  end
end

function test.files_of_a_run()
  t.eq(pages().names, { "report.html", "report.md", "tables" })
  t.eq(pages().tables, { "X-001-1.csv", "X_2-1.csv" })
end

function test.text_stays_text()
  local page = pages().html
  holds(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;")
  t.ok(not page:find("<script", 1, true) and not page:find("<b>", 1, true))
  local _, opened = page:gsub("<section[ >]", "")
  t.eq(opened, 3)
  for tag in ("div table thead tbody tr td th span section svg g figure ul li p dl dt dd"):gmatch("%a+") do
    local _, first = page:gsub("<" .. tag .. "[ >]", "")
    local _, last = page:gsub("</" .. tag .. ">", "")
    t.eq(first, last, tag)
  end
end

function test.the_page_holds_everything()
  holds(pages().html, "2 experiments, 8 predictions: 2 supported, 2 refuted, 2 inconclusive, 2 not run.",
    "rests on given numbers: the record", "needs a second model: --model2", "no data", "1.5 [1, 2]",
    '<span class="nowrap">1</span> <span class="nowrap">[0.5, 1.5]</span>', "5 to 15", 'data-label="why"',
    "2026-01-02T03:04:05Z", "<dt>seed</dt><dd>7</dd>", "<dt>bits</dt><dd>4</dd>", support.model():digest(),
    "X-9: broke", "mind ", "Reports: what they hold", 'href="tables/X-001-1.csv"')
end

-- The verdict is a word and a sign; colour is added by a class.
function test.verdicts_are_words()
  holds(pages().html, 'supported"><span aria-hidden="true">✓ </span>supported</span>',
    'not-run"><span aria-hidden="true">– </span>not run</span>', 'refuted"><span aria-hidden="true">✗ </span>refuted')
end

function test.nothing_leaves_the_page()
  local page = pages().html
  for _, word in ipairs({ "http", "src=", "@import", "url(", "<link", "<iframe", "<object", "javascript", "onload" }) do
    t.ok(not page:find(word, 1, true), word)
  end
  for target in page:gmatch('href=["\']([^"\']*)') do
    t.ok(target:find("^#") or target:find("^tables/[%w_-]+%.csv$"), target)
    t.ok(not target:find("^#") or page:find("id=[\"']" .. target:sub(2):gsub("%-", "%%-") .. "[\"']"), target)
  end
end

function test.ids_are_unique()
  local seen = {}
  for id in pages().html:gmatch("%sid=[\"']([^\"']+)") do
    t.ok(not seen[id], id)
    seen[id] = true
  end
  for reference in pages().html:gmatch('aria%-labelledby="([^"]+)"') do
    t.ok(seen[reference], reference)
  end
end

function test.headings_are_in_order()
  local before, first = 0, nil
  for level in pages().html:gmatch("<h(%d)[ >]") do
    level = tonumber(level)
    first = first or level
    t.ok(level <= before + 1, ("h%d after h%d"):format(level, before))
    before = level
  end
  t.eq(first, 1)
  t.eq(select(2, pages().html:gsub("<h1[ >]", "")), 1)
end

function test.figures_have_text_alternatives()
  local count = 0
  for tag in pages().html:gmatch('<[^>]*role="img"[^>]*>') do
    t.ok(tag:find("aria-label", 1, true), tag)
    count = count + 1
  end
  t.eq(count, 4)
  for figure in pages().html:gmatch("<svg.-</svg>") do
    t.ok(figure:find("<title[^>]*>Figure ") and figure:find("<desc[^>]*>Line chart of "), "no title or description")
  end
end

function test.tables_can_be_read_and_reached()
  local page = pages().html
  for box in page:gmatch('<div[^>]*class="scroll[^>]*>') do
    holds(box, 'tabindex="0"', 'role="region"', "aria-label=")
  end
  t.eq(select(2, page:gsub("<table>", "")), select(2, page:gsub("<caption>", "")))
  for head in page:gmatch("<th[ >][^>]*>") do
    t.ok(head:find('scope="', 1, true), head)
  end
  holds(page, '<a class="skip" href="#results">', '<main id="results"', '<html lang="en">',
    "prefers-color-scheme: dark", "@media print", 'name="viewport"')
end

function test.markdown()
  local md = pages().md
  holds(md, "# Residua report: X-001, X 2\n", "## Predictions and verdicts", "✓ supported", "✗ refuted", "– not run",
    "\\<script\\>alert('x')\\</script\\> & \"y\" \\| \\`z\\` \\_a\\_ \\<b\\>", "```text\n", "1.5 \\[1, 2\\]")
  for line in md:gmatch("[^\n]+") do
    if line:find("^| X%-001 ") then
      t.eq(select(2, line:gsub("([^\\])|", "%1|")), 9, line)
    end
  end
end

-- Reads CSV as RFC 4180 says, character by character, for the round trip.
local function parsed(text)
  local rows, row, field, quoted, position = {}, {}, "", false, 1
  while position <= #text do
    local char = text:sub(position, position)
    if quoted and char == '"' and text:sub(position + 1, position + 1) == '"' then
      field, position = field .. char, position + 1
    elseif char == '"' then
      quoted = not quoted
    elseif not quoted and (char == "," or char == "\n") then
      row[#row + 1], field = field, ""
      if char == "\n" then
        rows[#rows + 1], row = row, {}
      end
    elseif quoted or char ~= "\r" then
      field = field .. char
    end
    position = position + 1
  end
  return rows
end

function test.csv_names_units_and_levels()
  local rows = { { gap = { estimate = 1, low = 0, high = 2, n = 12, level = 0.9 } }, { gap = { refused = "few" } } }
  local read = parsed(csv.text(table_of(rows, { columns = { "gap" } })))
  t.eq(read, { { "gap", "gap_low", "gap_high", "gap_n", "gap_level", "gap_refused" },
    { "1", "0", "2", "12", "0.9", "" }, { "", "", "", "", "", "few" } })
  rows[1].gap_n, rows[2].gap_n = 7, 8
  t.eq(parsed(csv.text(table_of(rows, { columns = { "gap", "gap_n" } })))[1],
    { "gap", "gap_low", "gap_high", "gap_n_", "gap_level", "gap_refused", "gap_n" }, "no two columns of one name")
  t.eq(csv.text(table_of { { gap = { estimate = 1 } } }), "gap,gap_low,gap_high\r\n1,,\r\n")
end

function test.csv_has_every_digit()
  local rows = { { name = 'a "b", c\nd', value = 0.1 + 0.2, gap = { estimate = 1 / 3, low = -1e-9, high = 2 ^ 60 } },
    { name = "plain", value = 3, gap = { refused = "why, though" } }, { value = 0 / 0, gap = 5 } }
  local read = parsed(csv.text(table_of(rows, { columns = { "name", "value", "gap" } })))
  t.eq(read[1], { "name", "value", "gap", "gap_low", "gap_high", "gap_refused" })
  t.eq(read[2][1], rows[1].name)
  t.eq({ tonumber(read[2][2]), tonumber(read[2][3]), tonumber(read[2][4]), tonumber(read[2][5]) },
    { 0.1 + 0.2, 1 / 3, -1e-9, 2.0 ^ 60 })
  t.eq(read[3], { "plain", "3", "", "", "", "why, though" })
  t.eq(read[4], { "", "", "5", "", "", "" })
  t.eq(pages().csv:match("^[^\r]+"), "name,gap,gap_low,gap_high,gap_refused,count")
end

function test.figures_in_the_plain_record()
  local plain = json.decode(json.encode(made("X-001").plain))
  t.eq({ #plain.figures, plain.figures[1].kind }, { 2, "lines" })
  holds(plain.figures[1].alt, "starts at 3 (1), ends at 2 (3)")
end

function test.equal_runs_give_equal_reports()
  local folder <close> = support.folder()
  for _, name in ipairs({ "a", "b" }) do
    report.write({ made("X-001") }, folder.path .. "/" .. name)
  end
  t.ok(support.read(folder.path .. "/a/report.html") == support.read(folder.path .. "/b/report.html"))
  t.ok(support.read(folder.path .. "/a/report.md") == support.read(folder.path .. "/b/report.md"))
end

function test.equal_ids_do_not_collide()
  local folder <close> = support.folder()
  report.write({ made("X-001"), made("X-001") }, folder.path)
  t.eq(system.list(folder.path .. "/tables"), { "X-001-1.csv", "X-001_2-1.csv" })
end

function test.a_folder_that_cannot_be_written()
  local folder <close> = support.folder()
  folder:write("file", "")
  t.raises("file", function()
    report.write({ made("X-001") }, folder.path .. "/file")
  end)
end

function test.examples_of_the_parts_run()
  for _, path in ipairs(support.sources("stdlib/residua/report", { lua = true })) do
    for _, item in ipairs(source.read(path).functions) do
      for _, code in ipairs(item.raw and source.parse(item.raw).examples or {}) do
        local ok, message = pcall(assert(load(code, "=" .. item.name .. " in " .. path)))
        t.ok(ok, message)
      end
    end
  end
end

return test
