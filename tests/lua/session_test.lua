-- The Lua side of the program: completion, what is open in half-typed code, display, arguments.
local arguments = require("repl.arguments")
local chunk = require("repl.chunk")
local completion = require("repl.completion")
local context = require("repl.context")
local display = require("repl.display")
local session = require("repl.session")
local t = require("residua.testing")

local test = t.suite()

-- The line after the only candidate is put in, or the candidates joined by "|".
local function complete(line, earlier)
  local start, words = completion.complete(line, earlier)
  return #words == 1 and line:sub(1, start - 1) .. words[1] or table.concat(words, "|")
end

function test.context_knows_what_is_open()
  t.eq(context.at_end('f("a').string, 3)
  t.eq(context.at_end('f("a\\"b').string, 3)
  t.eq(context.at_end('f("a")').string, nil)
  t.eq(context.at_end("x -- it's").comment, true)
  t.eq(context.at_end("x -- it's\n").comment, false)
  t.eq(#context.at_end("[[ ( ]] { (").brackets, 2)
  t.eq(#context.at_end("--[==[ ( ]] ]==] (").brackets, 1)
  t.eq(#context.at_end(")))").brackets, 0)
end

function test.context_names_the_callee()
  local function callee(code)
    local place = context.at_end(code)
    return context.callee(code, place.brackets[#place.brackets])
  end
  t.eq(callee("quant.int { bi"), "quant.int")
  t.eq(callee("x = quant.int({ bi"), "quant.int")
  t.eq(callee("m:quantized { with = quant.int { "), "quant.int")
  t.eq(callee("f().g { "), nil)
end

function test.completes_paths()
  t.eq(complete("string.form"), "string.format")
  t.eq(complete("x = math.ma"), "max|maxinteger")
  t.eq(complete("coro"), "coroutine")
  t.eq(complete("?tensor.zer"), "?tensor.zeros")
  t.eq(complete("f().x"), "")
  t.eq(complete("-- string.form"), "")
  t.eq(complete("3.m"), "")
end

function test.completes_options()
  t.eq(complete("quant.int { symm"), "quant.int { symmetric = ")
  t.eq(complete("symm", "quant.int {"), "symmetric = ")
  t.ok(not complete("quant.int { bits = 4, "):find("|bits = ", 1, true))
end

function test.completes_options_after_other_arguments()
  t.eq(complete('corpus.load("parallel16", { sen'), 'corpus.load("parallel16", { sentences = ')
  t.eq(complete("sweep { precis"), "sweep { precision = ")
  t.eq(complete("experiment { predic"), "experiment { predicts = ")
  t.eq(complete("plot(rows, { x_"), "plot(rows, { x_label = ")
  t.eq(complete("plan.rank(m, { by = 'variance', se"), "plan.rank(m, { by = 'variance', seed = ")
end

function test.completes_what_strings_may_be()
  t.eq(complete('quant.int { clip = "perc'), 'quant.int { clip = "percentile')
  t.eq(complete('plot(rows, { kind = "h'), "heat|histogram")
  t.eq(complete('model.load "mi'), 'model.load "mini')
  t.eq(complete('corpus.load("par'), 'corpus.load("parallel16')
  t.eq(complete('run "T-00'):sub(1, 11), "T-001|T-002")
  t.eq(complete("?S-00"):sub(1, 11), "S-001|S-002")
end

function test.commands_need_more_lines_or_fail()
  t.ok(chunk.compile("1 + 1"))
  t.eq(table.pack(chunk.compile("for i = 1, 2 do")), { n = 1 })
  t.eq(table.pack(chunk.compile("x = [[")), { n = 1 })
  local none, message = chunk.compile("x = = 1")
  t.eq(none, nil)
  t.ok(message:find("unexpected symbol", 1, true))
  t.eq(chunk.compile("f();").silent, true)
end

function test.constants_are_kept()
  local kept
  chunk.compile("local four <const> = 4").run(function() kept = { debug.getlocal(2, 1) } end)
  t.eq(kept, { "four", 4 })
end

function test.help_subjects()
  t.eq(session.help_subject("?quant.int"), "quant.int")
  t.eq(session.help_subject(" m:loss ? "), "m:loss")
  t.eq(session.help_subject("?S-003"), "S-003")
  t.eq(session.help_subject("T-004? -- propagation"), "T-004")
  t.eq(session.help_subject("?effective rank"), "effective rank")
  t.eq(session.help_subject("? 'rank' "), "rank")
  t.eq(session.help_subject("?m:layers()"), "m:layers")
  t.eq(session.help_subject("?"), "")
  t.eq(session.help_subject("x = 1"), nil)
  t.eq(session.help_subject("print('?')"), nil)
end

function test.display_of_values()
  t.eq(display.show(nil), "nil")
  t.eq(display.show("a\n\"b\""), [["a\n\"b\""]])
  t.eq(display.show({}), "{}")
  t.eq(display.show({ 1, 2, x = "y" }), '{ 1, 2, x = "y" }')
  t.eq(display.show({ { { 1 } } }), "{ { {...} } }")
  t.eq(display.show({ ["a b"] = 1, [true] = 2 }), '{ [true] = 2, ["a b"] = 1 }')
  t.eq(display.show({ L10 = 1, L2 = 2, L2b = 3, [10] = 4, [9] = 5 }),
    "{ [9] = 5, [10] = 4, L2 = 2, L2b = 3, L10 = 1 }")
  local own = setmetatable({}, {
    __tostring = function()
      return "own text"
    end,
  })
  t.eq(display.show(own), "own text")
end

function test.display_of_large_tables_is_bounded()
  local cycle = {}
  cycle.self = cycle
  t.eq(display.show(cycle), "{ self = { self = {...} } }")
  local list, map = {}, {}
  for index = 1, 5000 do
    list[index] = index
    map["key" .. index] = index
  end
  t.ok(#display.show(list) < 2000)
  t.ok(#display.show(map) < 4000)
  t.ok(display.show(map):find("... and more", 1, true))
end

function test.display_of_rows()
  t.eq(display.show({ { a = 1, b = "x" }, { a = 22, b = "y" } }), " a  b\n--  -\n 1  x\n22  y")
end

function test.effects_inside_show_as_in_tables()
  local gap = { estimate = 2.5, low = 2, high = 3 }
  t.eq(display.show({ gap = gap, why = { refused = "no data" } }), "{ gap = 2.5 [2, 3], why = no data }")
  t.eq(display.show({ { gap = gap }, { gap = { refused = "no data" } } }), "gap\n----------\n2.5 [2, 3]\nno data")
  t.eq(display.show(gap), "{ estimate = 2.5, high = 3, low = 2 }") -- by itself with all that it has
end

function test.arguments_are_split()
  local options = {
    ["--seed"] = { key = "seed", value = "N", least = 0 }, ["--quick"] = { key = "quick" },
  }
  local found, rest = arguments.parse({ "a", "--seed", "3", "b", "--quick", "--", "--c" }, options)
  t.eq(found, { seed = 3, quick = true })
  t.eq(rest, { "a", "b", "--c" })
  t.eq(arguments.parse({ "--seed=7" }, options), { seed = 7 })
  found, rest = arguments.parse({ "x.lua", "--seed" }, options, true)
  t.eq({ found, rest }, { {}, { "x.lua", "--seed" } })
  t.eq(select(2, arguments.parse({ "--seed", "-1" }, options)),
    "option '--seed' takes a whole number of at least 0, not '-1'")
  t.eq(select(2, arguments.parse({ "--sede", "1" }, options)),
    "unknown option '--sede' (did you mean '--seed'?)")
end

function test.assignments_have_types()
  t.eq({ arguments.assignment("bits=3") }, { "bits", 3 })
  t.eq({ arguments.assignment("on=false") }, { "on", false })
  t.eq({ arguments.assignment("per=channel") }, { "per", "channel" })
  t.eq({ arguments.assignment("text=a=b") }, { "text", "a=b" })
  t.eq(arguments.assignment("T-004"), nil)
end

return test
