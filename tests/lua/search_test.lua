-- Searches: pairs, sets, greedy and beam search, fronts, additive predictions on games; each set asked once.
local games = require("tests.lua.games")
local search = require("residua.search")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

function test.pairs_from_both_ends()
  local problem = games.random(4, 9)
  for _, row in ipairs(search.pairs(problem)) do
    local i, j = table.unpack(row.units)
    t.near(row.both.estimate, problem:value { i, j } - problem:value {}, 1e-12)
    t.near(row.interaction.estimate, problem:value { i, j } - problem:value { i } - problem:value { j }
      + problem:value {}, 1e-12)
  end
  local rows = search.pairs(problem, { direction = "quantize" })
  for k, row in ipairs(rows) do
    t.near(row.interaction.estimate, row.both.estimate - row.first.estimate - row.second.estimate, 1e-12)
    t.ok(k == 1 or math.abs(rows[k - 1].interaction.estimate) >= math.abs(row.interaction.estimate))
  end
end

function test.no_set_is_measured_twice()
  local seen, calls = {}, 0
  local problem = search.problem { units = { "a", "b", "c", "d", "e" }, value = function(sets)
    calls = calls + 1
    local values = {}
    for i, set in ipairs(sets) do
      local key = table.concat(set, " ")
      t.ok(not seen[key], "again: " .. key)
      seen[key], values[i] = true, #set
    end
    return values
  end }
  search.sensitivity(problem)
  t.eq(calls, 1)
  search.pairs(problem)
  search.shapley(problem, { samples = 2 })
  t.eq(calls, 3)
  search.sets(problem)
  search.interactions(problem)
  search.greedy(problem)
  t.eq({ calls, problem.measured }, { 4, 32 })
end

function test.greedy_is_a_beam_of_width_one()
  for seed = 1, 12 do
    local cost = function(set)
      return 10 + 3 * #set + (set[1] == 1 and 4 or 0)
    end
    for _, direction in ipairs { "protect", "quantize" } do
      for _, budget in ipairs { {}, { size = 3 }, { bytes = 21 } } do
        local opts = { direction = direction, size = budget.size, bytes = budget.bytes }
        local greedy = search.greedy(games.random(6, seed, { cost = cost }), opts)
        opts.width = 1
        local beam = search.beam(games.random(6, seed, { cost = cost }), opts)
        t.eq(games.column(greedy, "set"), games.column(beam, "set"))
        t.eq(greedy.best.set, beam.best.set)
        t.eq(#greedy.order, #greedy - 1)
      end
    end
  end
end

function test.a_full_beam_finds_the_optimum()
  for seed = 1, 8 do
    local weights = tensor.rand(100 + seed, 6):totable()
    local function cost(set)
      local total = 0
      for _, unit in ipairs(set) do
        total = total + weights[unit]
      end
      return total
    end
    local problem = games.random(6, seed, { cost = cost })
    local all = search.sets(problem)
    t.eq(#all, 64)
    for _, budget in ipairs { {}, { size = 2 }, { bytes = 1.3 }, { bytes = 2.2, size = 4 } } do
      local best = search.best(all, budget)
      t.eq(search.beam(problem, { width = 20, size = budget.size, bytes = budget.bytes }).best.set, best.set)
      t.ok((best.bytes or 0) <= (budget.bytes or math.huge) and best.size <= (budget.size or 6))
    end
    t.eq(search.beam(problem, { width = 20, direction = "quantize" }).best.set, all.best.set)
    t.eq(problem.measured, 64)
  end
end

function test.greedy_adds_and_drops()
  local problem = games.additive { -3, -1, -2 }
  t.eq(search.greedy(problem).order, { 1, 3, 2 })
  t.eq(search.greedy(problem, { direction = "quantize" }).order, { 2, 3, 1 })
  t.eq(search.greedy(problem, { size = 1 }).best.units, { 1 })
  t.eq(search.greedy(games.additive { 1, -2, 3 }).best.set, "2")
end

local function dominates(a, b)
  return a.bits <= b.bits and a.dnll <= b.dnll and (a.bits < b.bits or a.dnll < b.dnll)
end

function test.fronts_hold_what_nothing_dominates()
  for seed = 1, 30 do
    local numbers, rows = tensor.rand(seed, 40, 2):totable(), {}
    for i, pair in ipairs(numbers) do
      rows[i] = { id = i, bits = pair[1] * 6 // 1, dnll = pair[2] * 6 // 1 } -- coarse, so that many tie
    end
    local front, on_front = search.pareto(rows), {}
    for i, row in ipairs(front) do
      on_front[row.id] = true
      t.ok(i == 1 or front[i - 1].bits < row.bits and front[i - 1].dnll > row.dnll
        or front[i - 1].bits == row.bits and front[i - 1].dnll == row.dnll)
    end
    for _, row in ipairs(rows) do
      local dominated = false
      for _, other in ipairs(rows) do
        dominated = dominated or dominates(other, row)
      end
      t.eq(on_front[row.id] or false, not dominated)
    end
    t.eq(games.column(search.pareto(front), "id"), games.column(front, "id"))
  end
end

function test.fronts_take_effects_and_drop_what_was_refused()
  local rows = { { mean_bits = 3, ratio = { estimate = 2 } }, { mean_bits = 4, ratio = { refused = "collapsed" } },
    { mean_bits = 5, ratio = { estimate = 0 / 0 } }, { mean_bits = 6, ratio = { estimate = 1 } } }
  local front = search.pareto(rows, { cost = "mean_bits", value = "ratio" })
  t.eq(games.column(front, "mean_bits"), { 3, 6 })
  t.eq(#search.pareto({}), 0)
end

function test.additive_predictions()
  local exact = search.additive(games.additive { 1, -2, 3, 0.5, 4 })
  for _, row in ipairs(exact) do
    t.near({ row.r2, row.rank_correlation, row.mean_error, row.rmse }, { 1, 1, 0, 0 }, 1e-9)
  end
  -- v = size^2: from none each adds 1, from all of 5 each takes 9.
  local problem = games.game(5, function(set)
    return (#set) ^ 2
  end)
  local rows = search.additive(problem, { sets = { { 1, 2 }, { 1, 2, 3 }, { 1, 2, 3, 4 } } })
  t.near(games.column(rows.sets, "truth"), { 4, 9, 16 }, 0)
  t.near(games.column(rows.sets, "protect"), { 2, 3, 4 }, 0)
  t.near(games.column(rows.sets, "quantize"), { -2, 7, 16 }, 0)
  -- The mean is 29 / 3, so SST is (17^2 + 2^2 + 19^2) / 9.
  t.near(rows[1].r2, 1 - (4 + 36 + 144) / ((17 ^ 2 + 2 ^ 2 + 19 ^ 2) / 9), 1e-9)
  t.eq({ rows[1].worst, rows[1].worst_truth, rows[1].worst_predicted }, { "all but 5", 16, 4 })
  t.eq(rows[2].rank_correlation, 1)
  t.eq(#search.additive(problem, { sets = search.sets(problem) }).sets, 32)
end

function test.tables_print()
  t.ok(tostring(search.sets(games.random(6, 1))):find("... and 44 more", 1, true))
  t.ok(tostring(search.sets(games.random(6, 1))):find("all but", 1, true))
  t.ok(tostring(games.random(3, 1)):find("Problem: 3 units, value of a function, 0 sets measured", 1, true))
end

function test.mistakes_are_named()
  local problem = games.random(15, 1)
  t.raises("search.sets: 15 units have 2^15 sets, the most is 2^14", function()
    search.sets(problem)
  end)
  t.raises("search.shapley: exact values of 15 units need 2^15 sets", function()
    search.shapley(problem, { exact = true })
  end)
  t.raises("search.shapley: unknown option 'sample' (did you mean 'samples'?)", function()
    search.shapley(problem, { sample = 3 })
  end)
  t.raises("search.problem: option 'model' is missing", function()
    search.problem { texts = support.texts() }
  end)
  t.raises("option 'model' belongs to a model, which 'value' replaces", function()
    search.sets { model = support.model(), units = 3, value = print }
  end)
  t.raises("search.greedy: unknown option 'width'", function()
    search.greedy({ units = 2, value = function() return { 0, 0, 0 } end }, { width = 2 })
  end)
  t.raises("search.greedy: option 'bits' needs a model", function() -- the first of three
    search.greedy(problem, { share = 3, bytes = 3, bits = 3 })
  end)
  t.raises("search.interactions: pair 1 must be two units", function()
    search.interactions(problem, { pairs = { { 1, 99 } } })
  end)
  t.raises("search.interactions: pair 1 must be two units, such as { 1, 2 }", function()
    search.interactions(problem, { pairs = { 3 } })
  end)
  t.raises("a set is a list of units, such as { 1 }, got number", function()
    search.additive(problem, { sets = { 3, 4 } })
  end)
  t.raises("must return a list of 2 numbers, one per set, got 1", function()
    search.problem({ units = 1, value = function() return { 1 } end }):values { {}, { 1 } }
  end)
  t.raises("search.pareto: row 1 has no number 'dnll'", function()
    search.pareto { { bits = 3, gap = 1 } }
  end)
end

function test.neighbours_hold_every_layer_once()
  for _, layers in ipairs { 1, 2, 3, 5, 12 } do
    local m = support.loud_model(1, layers)
    for count = 3, 8 do
      for _, ends in ipairs { false, true } do
        local units, next_layer = search.neighbours(m, count, { ends = ends }), 0
        for _, unit in ipairs(units) do
          for _, layer in ipairs(type(unit) == "table" and unit or { unit }) do
            t.eq(layer, next_layer)
            next_layer = next_layer + 1
          end
        end
        t.eq({ next_layer, #units }, { layers, math.min(layers, count) })
        t.ok(not ends or units[1] == 0 and units[#units] == layers - 1)
      end
    end
  end
  t.raises("search.neighbours: the count of units is 2, expected at least 3", function()
    search.neighbours(support.loud_model(1, 4), 2, { ends = true })
  end)
end

return test
