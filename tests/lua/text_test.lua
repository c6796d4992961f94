-- Display width, wrapping and numbers.
local t = require("residua.testing")
local text = require("residua.text")

local test = t.suite()

function test.width_counts_cells()
  t.eq(text.width(""), 0)
  t.eq(text.width("abc"), 3)
  t.eq(text.width("größe"), 5)
  t.eq(text.width("e\u{301}"), 1) -- combining acute
  t.eq(text.width("हिन्दी"), 5) -- the virama takes no cell; vowel signs beside a letter do
  t.eq(text.width("日本語"), 6)
  t.eq(text.width("한국어"), 6)
  t.eq(text.width("\u{1112}\u{1161}\u{11ab}"), 2) -- one syllable of three conjoining letters
  t.eq(text.width("שָׁלוֹם"), 4)
  t.eq(text.width("\u{200b}"), 0)
  t.eq(text.width("ﬁ"), 1)
end

function test.invalid_bytes_take_a_cell()
  t.eq(text.width("\xff\xfe"), 2)
  t.eq(text.width("a\xc3"), 2)
  t.eq(text.width("\x80\x80"), 2)
end

function test.pad_aligns()
  t.eq(text.pad("ab", 4), "ab  ")
  t.eq(text.pad("ab", 4, "right"), "  ab")
  t.eq(text.pad("ab", 5, "center"), " ab  ")
  t.eq(text.pad("語", 4), "語  ")
  t.eq(text.pad("abc", 2), "abc")
end

function test.cut_keeps_within_the_width()
  t.eq(text.cut("abcdef", 6), "abcdef")
  t.eq(text.cut("abcdef", 4), "abc…")
  t.eq(text.cut("日本語", 4), "日…")
end

function test.wrap_never_exceeds_the_width()
  math.randomseed(7)
  local words = { "a", "loss", "perplexity", "量子化", "모델", "größer", "supercalifragilistic" }
  for _ = 1, 200 do
    local parts = {}
    for index = 1, math.random(0, 12) do
      parts[index] = words[math.random(#words)]
    end
    local width = math.random(4, 30)
    local joined = table.concat(parts, " ")
    local wrapped = text.wrap(joined, width, "  ")
    for line in (wrapped .. "\n"):gmatch("(.-)\n") do
      t.ok(text.width(line) <= width, wrapped)
    end
    t.eq((wrapped:gsub("%s", "")), (joined:gsub("%s", "")))
  end
end

function test.wrap_keeps_line_breaks()
  t.eq(text.wrap("a b\n\nc", 10), "a b\n\nc")
  t.eq(text.wrap("", 10), "")
end

function test.numbers_are_short()
  t.eq(text.number(12345678), "12345678")
  t.eq(text.number(2.0), "2")
  t.eq(text.number(0.00001234), "1.234e-5")
  t.eq(text.number(1 / 3, 2), "0.33")
  t.eq(text.number(1 / 0), "inf")
  t.eq(text.number(-1 / 0), "-inf")
  t.eq(text.number(0 / 0), "nan")
end

return test
