-- Strict globals.
local strict = require("residua.strict")
local t = require("residua.testing")

local test = t.suite()

local function fresh(opts)
  local env = { print = print }
  opts.env = env
  strict.install(opts)
  return env, function(code)
    return assert(load(code, "=script", "t", env))()
  end
end

-- Modules that count how often they are loaded.
local function modules()
  local loaded = {}
  return setmetatable({ names = { "model", "corpus" } }, {
    __index = function(self, name)
      loaded[#loaded + 1] = name
      rawset(self, name, { module = name })
      return rawget(self, name)
    end,
  }), loaded
end

function test.reading_names_the_global_and_the_nearest()
  local _, run = fresh({})
  t.raises("script:2: undefined global 'prnt' (did you mean 'print'?)", function()
    run("\nreturn prnt")
  end)
  t.raises("undefined global 'xyzzy'", function()
    run("return xyzzy")
  end)
end

function test.writing_a_new_global_fails_in_scripts()
  local env, run = fresh({})
  t.raises("script:1: assignment to new global 'x'; write 'local x'", function()
    run("x = 1")
  end)
  run("print = 5")
  t.eq(env.print, 5)
end

function test.sessions_may_assign()
  local env, run = fresh({ assign = true })
  run("bits = 1")
  t.eq(rawget(env, "bits"), 1)
  t.raises("did you mean 'bits'", function()
    run("return bist")
  end)
end

function test.modules_load_on_first_use()
  local library, loaded = modules()
  local _, run = fresh({ modules = library })
  t.eq(loaded, {})
  t.eq(run("return model.module"), "model")
  t.eq(run("return model.module"), "model")
  t.eq(loaded, { "model" })
  t.raises("did you mean 'corpus'", function()
    run("return copus")
  end)
end

function test.hiding_a_module_is_told()
  local hidden = {}
  local _, run = fresh({ modules = modules(), assign = true, on_hide = function(name)
    hidden[#hidden + 1] = name
  end })
  run("model = 1 other = 2 model = nil")
  t.eq(hidden, { "model" })
  t.eq(run("return model.module"), "model")
end

function test.optional_globals_may_be_read()
  local _, run = fresh({ optional = { "_" } })
  t.eq(run("return _"), nil)
end

function test.installed_libraries_are_exempt()
  local env = fresh({})
  local chunk = assert(load("x = 1 return unpack", "@/usr/share/lua/5.4/some.lua", "t", env))
  t.eq(chunk(), nil)
  t.eq(rawget(env, "x"), 1)
end

function test.names_hold_globals_and_modules()
  local env = fresh({ modules = modules() })
  t.eq(strict.names(env), { "corpus", "model", "print" })
end

function test.unknown_methods_are_named()
  t.raises("Model has no 'los' (did you mean 'loss'?); ?Model lists what it has", function()
    require("residua.model").load("mini"):los()
  end)
end

function test.native_values_are_no_lists()
  local x = require("residua.tensor").ones(2, 3)
  local message = "Tensor cannot be indexed by [1]; write t:at(i, ...) for a number, t:row(i) for a row"
  t.raises(message, function() return x[1] end)
  t.raises(message, function() for _ in ipairs(x) do x = nil end end)
  t.raises("Corpus cannot be indexed by [1]; ?Corpus lists what it has", function()
    return require("tests.lua.support").texts()[1]
  end)
end

return test
