-- From an error to its one line: what a dot in place of a colon leads to, and whose line it names.
local corpus = require("residua.corpus")
local failure = require("residua.failure")
local model = require("residua.model")
local plan = require("residua.plan")
local plot = require("residua.plot")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local function message_of(f)
  local ok, problem = xpcall(f, failure.handler)
  t.eq(ok, false)
  return problem.message
end

-- Methods in C++ and in Lua, of native types and of the library's classes.
function test.a_dot_in_place_of_a_colon()
  local m, texts, int4 = support.model(), support.texts(), quant.int()
  local ones, loss, order = tensor.ones(2, 3), m:loss(support.texts()), plan.rank(m)
  for expected, f in pairs({
    ["Model:layer is a method: write m:layer(layer), with a colon, where m is a Model"] = function() m.layer(0) end,
    ["Model:layers is a method: write m:layers(), with"] = function() m.layers() end,
    ["Model:loss is a method: write m:loss(texts), with"] = function() m.loss(texts) end,
    ["Model:with is a method: write m:with(plan)"] = function() m.with(plan.make { with = int4 }) end,
    ["Model:capture is a method: write m:capture(texts, sites, opts?)"] = function() m.capture(texts, "L0.mlp.in") end,
    ["Model:head_weights is a method: write m:head_weights(layer)"] = function() m.head_weights(0) end,
    ["Model:quantized is a method: write m:quantized(opts)"] = function() m.quantized { with = int4 } end,
    ["Tensor:sum is a method: write t:sum(dim?, keepdim?)"] = function() ones.sum(1) end,
    ["Corpus:first is a method: write c:first(count)"] = function() texts.first(2) end,
    ["Corpus:text is a method: write c:text(text)"] = function() texts.text(1) end,
    ["Plan:cost is a method: write p:cost(model)"] = function() plan.make({ with = int4 }).cost(m) end,
    ["Quantizer:apply is a method: write q:apply(weight)"] = function() int4.apply(ones) end,
    ["Tokenizer:encode is a method: write t:encode(text, special?)"] = function() m:tokenizer().encode("a") end,
    ["Loss:by is a method: write l:by(axis?)"] = function() loss.by("language") end,
    ["Order:protect_top is a method: write o:protect_top(share, "] = function() order.protect_top(0.5, int4) end,
    ["Figure:draw is a method: write f:draw(width?)"] = function() plot({ 1, 2 }).draw(60) end,
  }) do
    local message = message_of(f)
    t.ok(message:find("^%S+failure_test%.lua:%d+: " .. expected:gsub("%p", "%%%0")), message)
  end
end

function test.other_errors_stay_as_they_are()
  local m, texts = support.model(), support.texts()
  for expected, f in pairs({
    ["Model:up_to: there is no layer 9; give -1 (embeddings) to 3"] = function() m:up_to(9) end,
    ["Corpus:first: cannot keep 0 sentences"] = function() texts:first(0) end,
    ["bad argument #1 to 'sum' (integer expected"] = function() tensor.ones(2):sum("x") end,
    ["Loss:by: no axis 'langage' (did you mean 'language'?)"] = function() m:loss(texts):by("langage") end,
    ["model.load: "] = function() model.load(0) end,
    ["corpus.load: option 'languages' is empty"] = function() corpus.load("parallel16", { languages = {} }) end,
  }) do
    local message = message_of(f)
    t.ok(message:find(expected, 1, true) and not message:find("colon", 1, true), message)
  end
end

function test.a_misspelt_member_is_named()
  for code, expected in pairs({
    ["stats.meen({ 1 })"] = "input:1: stats has no 'meen' (did you mean 'mean'?); ?stats lists what it has\n",
    ["model.load(\"mini\").layer(0)"] = "Model:layer is a method: write m:layer(layer), with a colon, ",
    ["corpus.of({ eng = { \"One.\" } }):first(1):table().language:perplexty()"] =
      "attempt to call a nil value (method 'perplexty') (did you mean 'perplexity'?)\n",
    ["table_of({ { a = 1 } }):sort(\"a\")"] =
      "attempt to call a nil value (method 'sort') (a method of Tensor; ?CLASS lists those of another)\n",
    ["quant:int { bits = 4 }"] = "quant.int is no method: write quant.int(opts?), with a dot\n",
    ["model:load \"mini\""] = "model.load is no method: write model.load(name), with a dot\n",
    ["quant.itn()"] = "input:1: quant has no 'itn' (did you mean 'int'?); ?quant lists what it has\n",
    ["tensor.one(2)"] = "input:1: tensor has no 'one' (did you mean 'ones'?); ?tensor lists what it has\n",
  }) do
    local _, err, status = support.run(("-e '%s'"):format(code))
    t.eq(status, 1)
    t.ok(err:find(expected, 1, true), err)
  end
end

return test
