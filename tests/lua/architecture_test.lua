-- Who may know whom, and how long a file may be.
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local CPP <const>, LUA <const> = { cpp = true, hpp = true }, { lua = true }
local LONGEST <const> = 400 -- lines

-- Checks that no file of a folder contains one of the texts; comments do not count.
local function check_absent(folder, extensions, comment, texts)
  local files = support.sources(folder, extensions)
  t.ok(#files > 0, folder .. " has no sources")
  for _, path in ipairs(files) do
    local code = ("\n" .. support.read(path)):gsub(comment .. "[^\n]*", "")
    for _, text in ipairs(texts) do
      t.ok(not code:find(text, 1, true), ("%s knows %s"):format(path, text))
    end
  end
end

function test.the_engine_knows_no_lua()
  check_absent("engine", CPP, "//", { "lua.h", "lauxlib.h", "lualib.h", "lua_State", '"bindings/', '"repl/',
    '"tests/' })
end

function test.bindings_know_no_library_and_no_program()
  check_absent("bindings", CPP, "//", { "stdlib", "scripts/", '"repl/', '"tests/' })
end

function test.the_library_knows_no_program()
  check_absent("stdlib/residua", LUA, "%-%-", { "residua.terminal", 'require("repl', "tests.lua" })
end

function test.scripts_know_the_library_only()
  check_absent("scripts", LUA, "%-%-", { "residua.native", "residua.terminal", 'require("repl', "tests.lua" })
end

function test.no_global_function_is_replaced()
  for _, folder in ipairs({ "stdlib/residua", "repl", "scripts" }) do
    for _, path in ipairs(support.sources(folder, LUA)) do
      local code = "\n" .. support.read(path)
      for _, name in ipairs({ "print", "require", "error", "pcall", "_G" }) do
        t.ok(not code:find("\n%s*" .. name .. "%s*="), ("%s replaces %s"):format(path, name))
      end
    end
  end
end

function test.files_are_short()
  for _, folder in ipairs({ "engine", "bindings", "repl", "stdlib", "scripts", "tests" }) do
    for _, path in ipairs(support.sources(folder, { cpp = true, hpp = true, lua = true, py = true })) do
      local generated = path:find("/stdlib/residua/meta/", 1, true)
      local lines = select(2, support.read(path):gsub("\n", "\n"))
      t.ok(generated or lines <= LONGEST, ("%s has %d lines"):format(path, lines))
    end
  end
end

function test.files_open_with_what_they_are()
  for _, folder in ipairs({ "engine", "bindings", "repl" }) do
    for _, path in ipairs(support.sources(folder, { cpp = true, hpp = true, lua = true })) do
      local text = support.read(path)
      local known = text:find("^//") or text:find("^%-%-") or text:find("^#pragma once\n+//")
        or path:find("%.cpp$") -- its header says it
      t.ok(known, path .. " opens without a comment")
    end
  end
end

function test.nothing_names_this_machine()
  for _, folder in ipairs({ "engine", "bindings", "repl", "stdlib", "scripts", "tests" }) do
    for _, path in ipairs(support.sources(folder, { cpp = true, hpp = true, lua = true, py = true })) do
      t.ok(not support.read(path):find(support.home() .. "/", 1, true), path)
    end
  end
end

return test
