-- Documentation: complete, true to the code, in one vocabulary; examples run, stubs are fresh.
local help = require("residua.help")
local lookup = require("residua.help.lookup")
local module_names = require("residua.help.names")
local native = require("residua.native")
local source = require("residua.help.source")
local stubs = require("residua.stubs")
local support = require("tests.lua.support")
local system = require("residua.system")
local t = require("residua.testing")

local test = t.suite()

local META <const> = support.home() .. "/stdlib/residua/meta"

-- Lua files of the library, without the generated stubs.
local function library_files()
  local files = {}
  for _, path in ipairs(support.sources("stdlib/residua", { lua = true })) do
    if not path:find("/meta/", 1, true) then
      files[#files + 1] = path
    end
  end
  return files
end

-- Public functions written in Lua: those of `M` and of classes, as the source has them.
local function public_functions()
  local list = {}
  for _, path in ipairs(library_files()) do
    for _, item in ipairs(source.read(path).functions) do
      if item.name:find("^%u[%w_]*[%.:]%l") then
        item.place = path:match("([^/]+)$") .. ": " .. item.name
        list[#list + 1] = item
      end
    end
  end
  return list
end

local function option_classes()
  local list = {}
  for _, path in ipairs(library_files()) do
    for name, class in pairs(source.read(path).classes) do
      list[#list + 1] = { name = name, fields = class.fields }
    end
  end
  return list
end

function test.every_function_has_a_text()
  local count = 0
  for _, entry in ipairs(help.index()) do
    count = count + 1
    t.ok(entry.raw and entry.doc.summary ~= "", entry.name .. " has no documentation")
    t.ok(not entry.doc.summary:find("^The "), entry.name .. ": begin with a verb")
  end
  t.ok(count > 200, count)
  for _, item in ipairs(public_functions()) do
    t.ok(item.raw, item.place .. " has no documentation")
  end
end

function test.every_parameter_is_named()
  for _, item in ipairs(public_functions()) do
    local names = {}
    for index, param in ipairs(source.parse(item.raw).params) do
      names[index] = param.name
      t.ok(param.type ~= "", ("%s: @param %s has no type"):format(item.place, param.name))
    end
    t.eq(table.concat(names, ", "), item.args, item.place)
  end
end

function test.modules_that_are_called_are_documented()
  for _, name in ipairs({ "range", "table" }) do
    local f = require("residua." .. name)
    local doc = help.doc(f)
    for index, param in ipairs(doc.params) do
      t.eq(debug.getlocal(f, index), param.name, name)
    end
    t.eq(#doc.params, debug.getinfo(f, "u").nparams, name)
  end
end

function test.values_that_come_back_are_documented()
  for _, path in ipairs(library_files()) do
    local text = support.read(path)
    for _, item in ipairs(source.read(path).functions) do
      -- A summary that says "Returns" has a @return line, and the other way round.
      if item.raw and item.name:find("^%u[%w_]*[%.:]%l") then
        local doc = source.parse(item.raw)
        t.ok(not doc.summary:find("^Returns ") or doc.returns[1], path .. ": " .. item.name .. " has no @return")
      end
    end
    t.ok(text:find("^%-%-"), path .. ": a file opens with a comment that says what it is")
  end
end

-- Runs one example; what it prints is dropped. Examples of a native module that the library wraps mean the native one.
local function run_example(name, code)
  local env = setmetatable({ print = function() end }, { __index = _G })
  local wrapped = name:match("^native%.(%w+)%.")
  if wrapped then
    env[wrapped] = native[wrapped]
  end
  local chunk = assert(load(code, "=example of " .. name, "t", env))
  local ok, message = pcall(chunk)
  t.ok(ok, ("example of %s: %s"):format(name, message))
end

local function each_example(wanted)
  local count = 0
  for _, entry in ipairs(help.index()) do
    for _, code in ipairs(entry.doc.examples) do
      if (code:find('"mini"', 1, true) ~= nil) == wanted.mini then
        run_example(entry.name, code)
        count = count + 1
      end
    end
  end
  return count
end

function test.examples_run()
  t.ok(each_example { mini = false } > 80)
end

function test.examples_with_mini_run()
  support.mini()
  t.ok(each_example { mini = true } > 20)
end

function test.stubs_are_fresh()
  local expected = {}
  for _, name in ipairs(stubs.modules()) do
    expected[#expected + 1] = name .. ".d.lua"
    local path = ("%s/%s.d.lua"):format(META, name)
    t.ok(system.exists(path) and support.read(path) == stubs.text(name), path .. " is stale; run: residua stubs")
  end
  t.eq(system.list(META), expected)
end

function test.stubs_are_lua()
  for _, name in ipairs(stubs.modules()) do
    local chunk = assert(load(stubs.text(name)))
    t.raises("a meta file is read by editors", chunk)
  end
end

function test.modules_that_are_called_say_how()
  local count = 0
  for _, name in ipairs(module_names.modules()) do
    local meta = getmetatable(module_names.module(name))
    if type(meta) == "table" and meta.__call then
      count = count + 1
      t.ok(help.page(name):find("\n\n" .. name .. "(", 1, true), help.page(name))
    end
  end
  t.ok(count >= 6, count)
end

function test.options_of_every_function_are_shown()
  for _, entry in ipairs(help.index()) do
    for _, param in ipairs(entry.doc.params) do
      for name in param.type:gmatch("residua%.[%w_%.]+") do
        t.ok(lookup.class(name, entry.path), ("%s: no class %s"):format(entry.name, name))
      end
    end
  end
  t.ok(help.page("disparity.compare"):find("Options in opts\n  reference?", 1, true))
end

-- One word per thing: what not to call it, and what to.
local BANNED <const> = {
  block = "layer", blocks = "layer", keep = "protect", exclude = "protect", excluded = "protect", freeze = "protect",
  nbits = "bits", bit = "bits", bitwidth = "bits", threshold = "clip", thresholds = "clip", lang = "language",
  langs = "languages", locale = "language", hook = "site", hooks = "site", hookpoint = "site", ppl = "perplexity",
  utterance = "sentence", segment = "sentence", calc = "", compute = "", get = "", util = "", utils = "", misc = "",
}

local function check_name(name, place)
  for word in name:lower():gmatch("%a+") do
    t.ok(not BANNED[word], ("%s: '%s' says '%s'; the word is '%s'"):format(place, name, word, BANNED[word] or ""))
  end
end

function test.one_word_per_thing()
  for _, entry in ipairs(help.index()) do
    check_name(entry.name:match("[^.:]+$"), entry.name)
    for _, param in ipairs(entry.doc.params) do
      check_name(param.name, entry.name)
    end
  end
  for _, class in ipairs(option_classes()) do
    for _, field in ipairs(class.fields) do
      check_name(field.name, class.name)
    end
  end
end

return test
