-- Help: parsing of documentation, lookup of values and names, layout.
local help = require("residua.help")
local lookup = require("residua.help.lookup")
local native = require("residua.native")
local render = require("residua.help.render")
local source = require("residua.help.source")
local support = require("tests.lua.support")
local t = require("residua.testing")
local text = require("residua.text")

local test = t.suite()

function test.parse_reads_tags()
  local doc = source.parse([[
Returns a thing. It costs
little.

More.
@param a? integer|nil  first
  goes on
@param f fun(x: number, y: string): boolean, string  callback
@param ... any
@return string? name  what it is
@return table<string, integer>
@example
local x = 1
assert(x)
@example assert(true)]])
  t.eq(doc.summary, "Returns a thing.")
  t.eq(doc.text, "Returns a thing. It costs\nlittle.\n\nMore.")
  t.eq(doc.params[1], { name = "a", optional = true, type = "integer|nil", text = "first goes on" })
  t.eq(doc.params[2].type, "fun(x: number, y: string): boolean, string")
  t.eq(doc.params[2].text, "callback")
  t.eq(doc.params[3].name, "...")
  t.eq(doc.returns[1], { type = "string?", name = "name", text = "what it is" })
  t.eq(doc.returns[2].type, "table<string, integer>")
  t.eq(doc.examples, { "local x = 1\nassert(x)", "assert(true)" })
end

function test.parse_reads_classes()
  local raw = '@class A.Opts: B\n@field per? "tensor"|"channel"  scale\n@field n integer'
  local doc = source.parse(raw)
  t.eq(doc.classes[1].name, "A.Opts")
  t.eq(doc.classes[1].parent, "B")
  t.eq(doc.classes[1].fields[1].type, '"tensor"|"channel"')
  t.eq(doc.classes[1].fields[2].name, "n")
end

function test.parse_survives_anything()
  math.randomseed(3)
  local pieces = { "@param", "@return", "@field", "@class", "(", "<", '"', "|", " ", "\n", "x" }
  for _ = 1, 500 do
    local parts = {}
    for index = 1, math.random(0, 30) do
      parts[index] = pieces[math.random(#pieces)]
    end
    t.eq(type(source.parse(table.concat(parts)).summary), "string")
  end
end

function test.lua_functions_are_found_by_value()
  t.ok(help.text(text.wrap):find("@param s string", 1, true))
  t.eq(lookup.entry(text.wrap).name, "residua.text.wrap")
  t.eq(lookup.entry(help.page).name, "help.page")
  t.eq(help.text(next), nil)
  t.eq(help.text(function() end), nil)
end

function test.native_functions_are_found_by_value()
  t.eq(lookup.entry(native.tensor.zeros).name, "tensor.zeros")
  t.eq(lookup.entry(native.tensor.Tensor.matmul).name, "Tensor:matmul")
  t.ok(#help.examples(native.tensor.zeros) > 0)
end

function test.names_lead_to_values()
  t.eq(lookup.value("string.format"), string.format)
  t.eq(lookup.value("Tensor:matmul"), native.tensor.Tensor.matmul)
  t.eq(lookup.value("help.page"), help.page)
  t.eq(lookup.value("help.page.deeper"), nil)
  t.eq(lookup.value("no_such.thing"), nil)
end

function test.pages()
  t.ok(help.page():find("count from 1", 1, true))
  t.ok(help.page():find("count from 0", 1, true))
  t.ok(help.page(help):find("help.text(f)", 1, true))
  t.ok(help.page(native.tensor.ones(2)):find("Tensor:matmul(other)", 1, true))
  t.ok(help.page("Tensor:matmul"):find("^Tensor:matmul%(other%) %-> Tensor\n"))
  t.ok(help.page("matrix product"):find("Tensor:matmul", 1, true))
  t.ok(help.page(next):find("Lua itself", 1, true))
  local page, message = help.page("Tensor:matmull")
  t.eq(page, nil)
  t.ok(message:find("did you mean 'Tensor:matmul'", 1, true), message)
end

function test.option_classes_show_with_their_function()
  local page = help.page(require("residua.strict").install)
  t.ok(page:find("Options in opts\n  env?", 1, true), page)
end

function test.pages_fit_80_columns()
  for _, entry in ipairs(help.index()) do
    local before = render.entry(entry):match("^(.-)\nExample\n") or render.entry(entry)
    for line in before:gmatch("[^\n]+") do
      local formula = line:find("^   ")
      t.ok(formula or text.width(line) <= 80, entry.name .. ": " .. line)
    end
  end
end

function test.examples_of_help_and_friends_run()
  for _, name in ipairs({ "help", "help.lookup", "help.names", "help.objects", "help.render", "help.source",
    "strict", "stubs", "testing", "text" }) do
    for key, f in pairs(require("residua." .. name)) do
      for _, code in ipairs(type(f) == "function" and help.examples(f) or {}) do
        if not code:find("help.index", 1, true) then
          assert(load(code, "=example of " .. name .. "." .. key))()
        end
      end
    end
  end
end

function test.classes_in_lua_have_pages()
  for name, parts in pairs({
    Context = { "What an experiment's `run` gets as x", "Fields\n  model ", "Context:not_run(why)" },
    Loss = { "nll        number[]   per text, summed over predicted tokens [nats]", "Loss:by(axis?)" },
    Disparity = { "refused?       string   why no ratio is given", "Disparity:rises()" },
  }) do
    local page = help.page(name)
    for _, part in ipairs(parts) do
      t.ok(page:find(part, 1, true), ("'%s' is not in %s"):format(part, page))
    end
  end
end

-- Every class that has public methods, and every member that an experiment is told of.
function test.classes_in_lua_are_documented()
  local types, classes, declared = lookup.types(), lookup.classes(), lookup.class("residua.experiment.Declaration")
  for _, entry in ipairs(lookup.index()) do
    local class, method = entry.name:match("^(%u%w*):(.*)$")
    t.ok(not class or types[class] or classes[class] and classes[class].text ~= "", entry.name)
    if class == "Context" then
      local run = declared.fields[#declared.fields]
      t.eq(run.name, "run")
      t.ok(run.text:find(("x:%s("):format(method), 1, true), method)
    end
  end
end

function test.types_list_the_methods_that_lua_adds()
  for name, method in pairs({ Model = "Model:layer(layer)", Corpus = "Corpus:first(count)" }) do
    local out = support.run("doc " .. name)
    t.ok(out:find(method, 1, true), out)
  end
end

function test.near_names_of_any_kind()
  for word, near in pairs({ ["T-04"] = "T-004", Contxt = "Context", ["quan.int"] = "quant.int", Tensro = "Tensor" }) do
    t.eq({ help.page(word) }, { nil, ("nothing found for '%s' (did you mean '%s'?)"):format(word, near) })
  end
end

function test.modules_that_are_not_called_have_no_call()
  for _, name in ipairs({ "quant", "json", "tensor" }) do
    t.ok(not help.page(name):find("\n\n" .. name .. "(", 1, true), help.page(name))
  end
  t.ok(help.page("plot"):find("plot(rows, opts?) -> Figure", 1, true))
end

function test.examples_keep_their_indentation()
  t.ok(help.page("experiment.declare"):find("\n  local e = experiment {\n    id = ", 1, true))
end

function test.objects_in_lua_have_pages()
  local m = model.load("mini")
  for page, value in pairs({ LayerView = m:layer(0), Info = model.info("mini"), Method = quant.hqq(),
    Given = given { source = "x" }, Spectrum = stats.spectrum(tensor.eye(2)) }) do
    t.eq(help.page(value), help.page(page))
    t.ok(help.page(page):find("^" .. page .. "\n\n  %u"), help.page(page))
  end
end

function test.the_overview_says_all_of_each_module()
  t.ok(not help.page():find("…", 1, true), help.page())
end

function test.words_may_stand_in_any_order()
  t.ok(help.page("rank effective"):find("stats.effective_ranks", 1, true))
  t.eq({ help.page("no such words") }, { nil,
    "nothing found for 'no such words'; help() and residua doc list the modules" })
end

return test
