-- JSON to and from Lua values.
local json = require("residua.json")
local t = require("residua.testing")

local test = t.suite()

function test.values_come_back()
  local value = { name = "größe \"x\"\n\\", list = { 1, 2.5, -3, true, false, "x" }, inner = { deep = { 0 } },
    large = math.maxinteger, small = 1e-300, empty = {} }
  t.eq(json.decode(json.encode(value)), value)
  t.eq(json.decode(json.encode(value, true)), value)
end

function test.empty_lists_stay_lists()
  t.eq(json.encode(json.list({})), "[]")
  t.eq(json.encode({}), "{}")
  t.eq(json.encode(json.decode('{"a":[],"b":{},"c":[[]]}')), '{"a":[],"b":{},"c":[[]]}')
  t.eq(json.encode(json.list({ 1 })), "[1]")
  local grown = json.decode("[]")
  grown[1] = 5
  t.eq(json.encode(grown), "[5]")
  t.raises("list: a plain table is needed", function()
    json.list(table_of({}))
  end)
  t.raises("list: a plain table is needed", function()
    json.list("a")
  end)
end

function test.integers_and_floats_stay_apart()
  t.eq(math.type(json.decode(json.encode(3))), "integer")
  t.eq(math.type(json.decode(json.encode(3.5))), "float")
  t.eq(json.encode({ 1, 0.1 }), "[1,0.1]")
end

function test.keys_are_sorted()
  t.eq(json.encode({ b = 1, a = { d = 1, c = 2 } }), '{"a":{"c":2,"d":1},"b":1}')
end

function test.null_and_what_has_no_number()
  t.eq(json.encode({ 0 / 0, 1 / 0, -1 / 0 }), "[null,null,null]")
  t.eq(json.decode("null"), nil)
  t.eq(json.decode('{"a": null, "b": 1}'), { b = 1 })
end

function test.escapes_and_invalid_bytes()
  t.eq(json.decode('"\\u00e9\\ud83d\\ude00"'), "é😀")
  t.eq(json.decode(json.encode("a\xffb")), "a\u{fffd}b")
end

function test.deep_nesting_is_refused()
  t.raises("JSON nests too deep", function()
    json.decode(("["):rep(200) .. ("]"):rep(200))
  end)
  t.raises("JSON nests too deep", function()
    json.decode(("["):rep(2000000))
  end)
  local cycle = {}
  cycle.self = cycle
  t.raises("tables nest too deep for JSON; does a table contain itself?", function()
    json.encode(cycle)
  end)
end

function test.numbers_beyond_integers_and_floats()
  t.eq(json.decode("9223372036854775807"), math.maxinteger)
  t.eq(json.decode("[9223372036854775808, 18446744073709551615]"), { 2.0 ^ 63, 2.0 ^ 64 })
  t.raises("not valid JSON: it holds a number beyond float64", function()
    json.decode("1e999")
  end)
end

function test.keys_may_hold_any_byte()
  local value = { ["a\0b"] = 1, a = 2 }
  t.eq(json.decode(json.encode(value)), value)
end

function test.invalid_text_names_the_byte()
  t.raises("not valid JSON at byte 7", function()
    json.decode('{"a": }')
  end)
  for _, text in ipairs({ "", "{", "[1,]", "nul", "1 2", "'a'", "{a: 1}", '"\xff"' }) do
    t.raises("not valid JSON", function()
      json.decode(text)
    end)
  end
end

function test.values_without_a_form()
  t.raises("a function has no JSON form; convert it with tostring", function()
    json.encode({ f = print })
  end)
  t.raises("a JSON object has string keys", function()
    json.encode({ [true] = 1 })
  end)
end

function test.random_values_come_back()
  math.randomseed(4)
  local function random(depth)
    local kind = math.random(depth > 3 and 3 or 5)
    if kind == 1 then
      return math.random(-1000, 1000)
    elseif kind == 2 then
      return math.random() * 10.0 ^ math.random(-20, 20)
    elseif kind == 3 then
      return utf8.char(math.random(32, 0x2000))
    end
    local value = {}
    for i = 1, math.random(1, 4) do
      value[kind == 4 and i or "k" .. i] = random(depth + 1)
    end
    return value
  end
  for _ = 1, 200 do
    local value = random(0)
    t.eq(json.decode(json.encode(value)), value)
  end
end

return test
