-- Declarations of experiments: what is checked before a run.
local experiment = require("residua.experiment")
local t = require("residua.testing")

local test = t.suite()

local function declaration(changes)
  local fields = { id = "X-001", title = "Example", asks = "Is it?", predicts = { up = "it rises" },
    run = function() end }
  for name, value in pairs(changes or {}) do
    fields[name] = value
  end
  return fields
end

function test.a_text_means_above_zero()
  local e = experiment(declaration())
  t.eq(e.predicts.up, { text = "it rises", above = 0 })
  t.eq(e.params, {})
  t.eq(tostring(e), "X-001 Example: Is it?")
end

function test.criteria()
  local e = experiment(declaration { predicts = {
    a = { "falls", below = -1 }, b = { "lies inside", within = { 2, 3 } }, c = { "is high", above = 5 },
    d = { "rises" },
  } })
  t.eq(e.predicts.a, { text = "falls", below = -1 })
  t.eq(e.predicts.b, { text = "lies inside", within = { 2, 3 } })
  t.eq(e.predicts.c, { text = "is high", above = 5 })
  t.eq(e.predicts.d, { text = "rises", above = 0 })
end

function test.the_declaration_stays_as_it_is()
  local fields = declaration { predicts = { up = "it rises" } }
  experiment(fields)
  t.eq(fields.predicts, { up = "it rises" })
end

function test.missing_and_unknown_fields()
  for _, name in ipairs({ "title", "asks", "predicts", "run" }) do
    local fields = declaration()
    fields[name] = nil
    t.raises(("experiment X-001: field '%s' is missing"):format(name), function()
      experiment(fields)
    end)
  end
  t.raises("experiment X-001: 'quick' has 'sentnces', which params lack (did you mean 'sentences'?)", function()
    experiment(declaration { params = { sentences = 9 }, quick = { sentnces = 3 } })
  end)
  t.raises("experiment X-001: 'full': 'sentences' must be a number, as in params, got string", function()
    experiment(declaration { params = { sentences = 9 }, full = { sentences = "all" } })
  end)
  t.raises("experiment X-001: unknown field 'predict' (did you mean 'predicts'?)", function()
    experiment(declaration { predict = {} })
  end)
  t.raises("experiment X-001: field 'run' must be a function, got string", function()
    experiment(declaration { run = "now" })
  end)
  t.raises("experiment ?: field 'id' is missing", function()
    experiment { title = "x" }
  end)
end

function test.of_several_wrong_fields_the_first_is_told()
  t.raises("unknown field 'aa'", function()
    experiment(declaration { ee = 1, dd = 1, cc = 1, bb = 1, aa = 1 })
  end)
  t.raises("prediction 'aa' must be a text", function()
    experiment(declaration { predicts = { ee = 1, dd = 1, cc = 1, bb = 1, aa = 1 } })
  end)
  t.raises("unknown criterion 'aa'", function()
    experiment(declaration { predicts = { up = { "rises", ee = 1, dd = 1, cc = 1, bb = 1, aa = 1 } } })
  end)
end

function test.wrong_predictions()
  t.raises("prediction 'up' must be a text, or { text, above = number }", function()
    experiment(declaration { predicts = { up = 3 } })
  end)
  t.raises("prediction 'up' has an unknown criterion 'over'; use above, below or within", function()
    experiment(declaration { predicts = { up = { "rises", over = 3 } } })
  end)
  t.raises("prediction 'up' has several criteria; use one", function()
    experiment(declaration { predicts = { up = { "rises", above = 3, below = 4 } } })
  end)
  t.raises("prediction 'up': above must be a number", function()
    experiment(declaration { predicts = { up = { "rises", above = "high" } } })
  end)
  t.raises("prediction 'up': within must be { low, high }", function()
    experiment(declaration { predicts = { up = { "rises", within = { 3 } } } })
  end)
end

function test.a_declaration_is_a_table()
  t.raises("experiment: a table of fields expected, as in experiment { id = \"X-001\", ... }, got string", function()
    experiment "X-001"
  end)
end

return test
