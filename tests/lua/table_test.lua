-- Tables of results.
local t = require("residua.testing")
local table_of = require("residua.table")

local test = t.suite()

function test.effects_print_with_their_interval()
  local rows = { { name = "a", gap = { estimate = 0.5, low = 0.25, high = 1 } } }
  t.eq(tostring(table_of(rows, { columns = { "name", "gap" } })), "name  gap\n----  -------------\na     0.5 [0.25, 1]")
end

function test.missing_bounds_and_values()
  local rows = { { gap = { estimate = 0.5, low = 0 / 0 } }, { other = true } }
  t.eq(tostring(table_of(rows)), "gap         other\n----------  -----\n0.5 [?, ?]\n            yes")
end

function test.columns_are_sorted_where_none_are_named()
  t.eq(table_of({ { b = 1, a = 2 }, { c = 3 } }).columns, { "a", "b", "c" })
end

function test.captions_come_first()
  t.eq(tostring(table_of({ { a = 1 } }, { caption = "Loss [nats]" })), "Loss [nats]\na\n-\n1")
end

function test.rows_stay_reachable()
  local rows = table_of { { a = 1 }, { a = 2 }, {} }
  t.eq({ #rows, rows[2].a }, { 3, 2 })
  t.eq(rows:column("a"), { 1, 2 })
end

function test.cells_of_any_kind_print()
  t.eq(tostring(table_of({ { a = { 1, 2 }, b = { estimate = 3 } } })), "a     b\n----  -\n1, 2  3")
end

function test.lists_keep_the_rows_together()
  local rows = table_of { { a = 1, b = 10 }, { a = 2 }, { b = 30 }, { a = 4, b = 40 } }
  t.eq(rows:lists { "a", "b" }, { a = { 1, 4 }, b = { 10, 40 } })
  t.eq(rows:column("a"), { 1, 2, 4 })
end

function test.a_mistyped_option_is_named()
  t.raises("table_of: unknown option 'colums' (did you mean 'columns'?); options are caption, columns", function()
    table_of({ { gap = 1 } }, { colums = { "gap" } })
  end)
end

function test.a_mistyped_column_is_named()
  t.raises("table_of: no row has a column 'gpa' (did you mean 'gap'?)", function()
    table_of({ { gap = 1 } }, { columns = { "gpa" } })
  end)
  t.eq(tostring(table_of({ { gap = 1 } }, { columns = { "gap", "why" } })), "gap  why\n---  ---\n  1")
end

function test.refused_effects_print_why()
  t.eq(tostring(table_of { { ratio = { refused = "collapsed" } } }), "ratio\n---------\ncollapsed")
end

function test.no_rows()
  t.eq(tostring(table_of({}, { columns = { "a" } })), "a\n-")
end

return test
