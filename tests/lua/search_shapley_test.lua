-- Shapley values and interaction indices: closed forms, axioms, coverage of the intervals.
local games = require("tests.lua.games")
local search = require("residua.search")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local function majority(n)
  return games.game(n, function(set)
    return 2 * #set > n and 1 or 0
  end)
end

local function shapley_of(problem, opts)
  return games.estimates(search.shapley(problem, opts or { exact = true }), "shapley")
end

function test.shapley_values_in_closed_form()
  t.near(shapley_of(games.additive { 3, -1, 0.5, 0 }), { 3, -1, 0.5, 0 }, 1e-12)
  local unanimity = games.game(5, function(set)
    return games.has(set, 2) and games.has(set, 3) and games.has(set, 5) and 1 or 0
  end)
  t.near(shapley_of(unanimity), { 0, 1 / 3, 1 / 3, 0, 1 / 3 }, 1e-12)
  local gloves = games.game(3, function(set) -- units 1 and 2 hold left gloves, 3 a right one
    return games.has(set, 3) and #set > 1 and 1 or 0
  end)
  t.near(shapley_of(gloves), { 1 / 6, 1 / 6, 2 / 3 }, 1e-12)
  t.near(shapley_of(majority(5)), { 0.2, 0.2, 0.2, 0.2, 0.2 }, 1e-12)
  -- Weighted voting [3; 2, 1, 1, 1]: the heavy unit is pivotal in 2nd or 3rd place of 4.
  local voting = games.game(4, function(set)
    local votes = #set + (games.has(set, 1) and 1 or 0)
    return votes >= 3 and 1 or 0
  end)
  t.near(shapley_of(voting), { 1 / 2, 1 / 6, 1 / 6, 1 / 6 }, 1e-12)
end

-- The mean marginal contribution over all orders, by walking them.
local function by_orders(n, value)
  local total, count, order = {}, 0, {}
  for i = 1, n do
    total[i], order[i] = 0, i
  end
  local function walk(k)
    if k > n then
      local set, before = {}, value {}
      for place, unit in ipairs(order) do
        set[place] = unit
        local after = value(set)
        total[unit], before = total[unit] + after - before, after
      end
      count = count + 1
    end
    for i = k, n do
      order[k], order[i] = order[i], order[k]
      walk(k + 1)
      order[k], order[i] = order[i], order[k]
    end
  end
  walk(1)
  for i = 1, n do
    total[i] = total[i] / count
  end
  return total
end

function test.exact_shapley_values_are_means_over_all_orders()
  for seed = 1, 3 do
    local problem = games.random(5, seed)
    local function value(set)
      local sorted = table.move(set, 1, #set, 1, {})
      table.sort(sorted)
      return problem:value(sorted)
    end
    t.near(shapley_of(problem), by_orders(5, value), 1e-6)
  end
end

function test.shapley_values_are_efficient_exact_or_sampled()
  for seed = 1, 20 do
    local n = 2 + seed % 6
    local problem, all = games.random(n, seed), {}
    for i = 1, n do
      all[i] = i
    end
    local total = problem:value(all) - problem:value {}
    for _, opts in ipairs { { exact = true }, { samples = 3, seed = seed },
      { samples = 4, seed = seed, antithetic = false } } do
      local rows = search.shapley(problem, opts)
      t.near(games.sum(games.estimates(rows, "shapley")), total, 1e-9)
      t.near(rows.total, total, 1e-12)
    end
  end
end

function test.null_units_get_nothing_and_equal_ones_the_same()
  for seed = 1, 10 do
    local noise = tensor.randn(seed, 8):totable()
    -- Unit 1 counts for nothing; 2 and 3 count by their number.
    local problem = games.game(4, function(set)
      return noise[1 + (games.has(set, 2) and 1 or 0) + (games.has(set, 3) and 1 or 0) + (games.has(set, 4) and 3 or 0)]
    end)
    local exact = shapley_of(problem)
    t.near(exact[1], 0, 1e-12)
    t.near(exact[2], exact[3], 1e-12)
    local sampled = search.shapley(problem, { samples = 4, seed = seed })[1].shapley
    t.eq({ sampled.estimate, sampled.low, sampled.high }, { 0, 0, 0 })
  end
end

function test.samples_of_additive_games_are_exact()
  local rows = search.shapley(games.additive { 3, -1, 2 }, { samples = 2 })
  for i, weight in ipairs { 3, -1, 2 } do
    t.near({ rows[i].shapley.estimate, rows[i].shapley.low, rows[i].shapley.high }, { weight, weight, weight }, 1e-12)
  end
  t.near(rows[1].part, 0.75, 1e-12)
  t.eq(rows.scores[2], 1)
end

-- Share of intervals that hold the exact values, over repetitions of a sampled search.
local function coverage(repetitions, exact, ask)
  local hits, count = 0, 0
  for seed = 1, repetitions do
    for i, effect in ipairs(ask(seed)) do
      hits = hits + (effect.low <= exact[i] and exact[i] <= effect.high and 1 or 0)
      count = count + 1
    end
  end
  return hits / count
end

function test.shapley_intervals_cover()
  local problem = games.random(6, 11)
  local exact = shapley_of(problem)
  for _, antithetic in ipairs { true, false } do
    local share = coverage(2000, exact, function(seed)
      return games.column(search.shapley(problem, { samples = 32, seed = seed, antithetic = antithetic }), "shapley")
    end)
    t.ok(share > 0.93 and share < 0.97, share)
  end
end

-- Interaction indices by the sum over all sets of other units.
local function interaction_of(problem, n, i, j)
  local total = 0
  for mask = 0, (1 << n) - 1 do
    if mask & (1 << (i - 1) | 1 << (j - 1)) == 0 then
      local function value(extra)
        local set = {}
        for unit = 1, n do
          if (mask | extra) >> (unit - 1) & 1 == 1 then
            set[#set + 1] = unit
          end
        end
        return problem:value(set), #set
      end
      local base, size = value(0)
      local weight = 1 / (n - 1)
      for k = 1, size do
        weight = weight * k / (n - 1 - k)
      end
      total = total + weight * (value(1 << (i - 1) | 1 << (j - 1)) - value(1 << (i - 1)) - value(1 << (j - 1)) + base)
    end
  end
  return total
end

function test.interactions_in_closed_form()
  for _, row in ipairs(search.interactions(games.additive { 1, 2, 3 }, { exact = true })) do
    t.near(row.interaction.estimate, 0, 1e-12)
  end
  -- Unanimity of a carrier of 3 units: 1 / (3 - 1) inside of it, else 0.
  local rows = search.interactions(games.game(5, function(set)
    return games.has(set, 1) and games.has(set, 2) and games.has(set, 4) and 1 or 0
  end), { exact = true })
  t.near(games.estimates(rows, "interaction"), { 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0 }, 1e-12)
  t.eq({ rows[1].pair, rows[2].pair, rows[3].pair }, { "1 2", "1 4", "2 4" })
  -- A majority of 3: (+1 at no other unit, -1 at one) / 2.
  t.near(games.estimates(search.interactions(majority(3), { exact = true }), "interaction"), { 0, 0, 0 }, 1e-12)
  -- The square of the size: a second difference of 2 anywhere.
  local squares = games.game(6, function(set)
    return (#set) ^ 2
  end)
  for _, opts in ipairs { { exact = true }, { samples = 2 }, { samples = 2, pairs = { { 5, 2 } } } } do
    for _, row in ipairs(search.interactions(squares, opts)) do
      t.near({ row.interaction.estimate, row.interaction.estimate }, { 2, 2 }, 1e-9)
    end
  end
end

function test.sampled_interactions_are_unbiased_and_cover()
  for _, n in ipairs { 5, 6 } do -- an odd and an even number of units
    local problem = games.random(n, n)
    local exact = {}
    for _, row in ipairs(search.interactions(problem, { exact = true })) do
      exact[row.pair] = row.interaction.estimate
      t.near(exact[row.pair], interaction_of(problem, n, row.units[1], row.units[2]), 1e-6)
    end
    local many = search.interactions(problem, { samples = 1500, seed = 3 })
    for _, row in ipairs(many) do
      local spread = (row.interaction.high - row.interaction.low) / 2 / 1.96
      t.ok(math.abs(row.interaction.estimate - exact[row.pair]) < 4 * spread, row.pair)
    end
    local asked = { { 1, 2 }, { 4, 3 } }
    local wanted = { exact["1 2"], exact["3 4"] }
    local share = coverage(500, wanted, function(seed)
      local rows, effects = search.interactions(problem, { samples = 16, seed = seed, pairs = asked }), {}
      for _, row in ipairs(rows) do
        effects[row.pair == "1 2" and 1 or 2] = row.interaction
      end
      return effects
    end)
    t.ok(share > 0.93 and share < 0.97, share) -- 1000 intervals: standard error 0.7 %
  end
end

return test
