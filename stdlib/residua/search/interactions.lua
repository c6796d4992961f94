-- Shapley interaction indices of pairs of units (Grabisch and Roubens 1999): exactly, or from random orders.

local options = require("residua.options")
local problem_of = require("residua.search.problem").made
local rows_of = require("residua.search.rows")
local sampling = require("residua.search.sampling")
local subset = require("residua.search.subset")
local table_of = require("residua.table")
local values = require("residua.search.values")

local M = {}

local MOST_UNITS <const> = 14 -- 2^14 sets

local function all_pairs(n)
  local list = {}
  for i = 1, n do
    for j = i + 1, n do
      list[#list + 1] = { i, j }
    end
  end
  return list
end

-- Pairs of labels as positions, the smaller first.
local function chosen_pairs(problem, given)
  if not given then
    return all_pairs(problem.n)
  end
  local list = {}
  for k, labels in ipairs(given) do
    local two = type(labels) == "table" and #labels == 2
    local i, j = two and problem.number_of[labels[1]], two and problem.number_of[labels[2]]
    if not i or not j or i == j then
      error(("search.interactions: pair %d must be two units, such as { %s, %s }"):format(k,
        problem.units[1].text, problem.units[2].text), 3)
    end
    list[k] = { math.min(i, j), math.max(i, j) }
  end
  return list
end

-- v(S + i + j) - v(S + i) - v(S + j) + v(S) for a set S of other units: first two sets that count +1, then two -1.
local function corners(set, pair)
  local i, j = pair[1], pair[2]
  return { subset.with(subset.with(set, i), j), set, subset.with(set, i), subset.with(set, j) }
end

-- All other units than those of a pair and a set.
local function rest_of(set, pair)
  local rest = subset.all(#set)
  for _, i in ipairs(subset.members(set)) do
    rest = subset.without(rest, i)
  end
  return subset.without(subset.without(rest, pair[1]), pair[2])
end

-- Orders in which every two of m things are neighbours once, m even: zigzags (Walecki). Elements from 0.
local function zigzags(m)
  local list = {}
  for start = 0, m // 2 - 1 do
    list[start + 1] = {}
    for step = 1, m do
      local offset = step % 2 == 0 and step // 2 or -(step // 2)
      list[start + 1][step] = (start + offset) % m
    end
  end
  return list
end

-- Per pair of all, one random set of the others. A random naming of zigzag orders makes each pair neighbours once;
-- what stands before them is the set, of uniform size. An odd number of units gets a dummy, which is then left out.
local function round(n, names)
  local set_of, m = {}, #names
  for _, path in ipairs(zigzags(m)) do
    local before = subset.none(n)
    for step = 1, m - 1 do
      local i, j = names[path[step] + 1], names[path[step + 1] + 1]
      if i <= n and j <= n then
        set_of[math.min(i, j) * m + math.max(i, j)] = before
      end
      before = i <= n and subset.with(before, i) or before
    end
  end
  return function(pair)
    return set_of[pair[1] * m + pair[2]]
  end
end

-- Random sets of other units for chosen pairs: [sample][pair].
local function sets_for(problem, pairs_asked, opts)
  local n, samples = problem.n, {}
  if not opts.pairs then
    for k, names in ipairs(subset.orders(n + n % 2, opts.samples, opts.seed)) do
      samples[k] = {}
      local before = round(n, names)
      for p, pair in ipairs(pairs_asked) do
        samples[k][p] = before(pair)
      end
    end
    return samples
  end
  local drawn = subset.random(n - 2, opts.samples * #pairs_asked, opts.seed)
  for k = 1, opts.samples do
    samples[k] = {}
    for p, pair in ipairs(pairs_asked) do
      local set = drawn[(k - 1) * #pairs_asked + p]
      set = set:sub(1, pair[1] - 1) .. "0" .. set:sub(pair[1]) -- room for the pair, the smaller one first
      samples[k][p] = set:sub(1, pair[2] - 1) .. "0" .. set:sub(pair[2])
    end
  end
  return samples
end

local function sampled(problem, pairs_asked, opts)
  local samples, asked = sets_for(problem, pairs_asked, opts), {}
  local of_sample = {} -- sets per pair and sample
  for k, sets in ipairs(samples) do
    for p, pair in ipairs(pairs_asked) do
      of_sample = opts.antithetic and { sets[p], rest_of(sets[p], pair) } or { sets[p] }
      for _, set in ipairs(of_sample) do
        table.move(corners(set, pair), 1, 4, #asked + 1, asked)
      end
    end
    samples[k] = nil
  end
  local known, at, by_pair = values.lookup(problem, asked), 1, {}
  for k = 1, opts.samples do
    for p = 1, #pairs_asked do
      local sum = 0
      for _ = 1, #of_sample do
        sum = sum + known[at] + known[at + 1] - known[at + 2] - known[at + 3]
        at = at + 4
      end
      by_pair[p] = by_pair[p] or {}
      by_pair[p][k] = sum / #of_sample
    end
  end
  local effects = {}
  for p, list in ipairs(by_pair) do
    effects[p] = sampling.mean(list, opts.level)
  end
  return effects
end

-- 1 / (n - 1) / binomial(n - 2, s), for a set of s other units.
local function weight(n, s)
  local w = 1 / (n - 1)
  for k = 1, s do
    w = w * k / (n - 1 - k)
  end
  return w
end

local function exact(problem, pairs_asked)
  local sets, weights = subset.every(problem.n), {}
  for p, pair in ipairs(pairs_asked) do
    weights[p] = {}
    for k, set in ipairs(sets) do
      local i, j = subset.has(set, pair[1]), subset.has(set, pair[2])
      local w = weight(problem.n, subset.size(set) - (i and 1 or 0) - (j and 1 or 0))
      weights[p][k] = i == j and w or -w
    end
  end
  return values.combine(problem, sets, weights)
end

---@class residua.search.InteractionOpts
---@field pairs? any[][]  of units: { { 0, 11 } }; all pairs by default
---@field exact? boolean  from all 2^L sets of at most 14 units; false by default
---@field samples? integer  2 or more; 16 by default
---@field antithetic? boolean  each sample is a set of other units and the set of the remaining ones (true by default)
---@field seed? integer  1 by default
---@field level? number  of the intervals over samples; 0.95 by default

local spec = { pairs = { "table" }, exact = { "boolean", false }, samples = { "integer", 16 },
  antithetic = { "boolean", true }, seed = { "integer", 1 }, level = { "number", 0.95 } }

local function checked(problem, opts)
  opts = options.check("search.interactions", opts, spec, 4)
  if problem.n < 2 then
    error("search.interactions: one unit has nothing to interact with", 3)
  elseif opts.exact and problem.n > MOST_UNITS then
    error(("search.interactions: exact values of %d units need 2^%d sets, the most is 2^%d; leave 'exact' out to "
      .. "sample"):format(problem.n, problem.n, MOST_UNITS), 3)
  elseif not opts.exact and opts.samples < 2 then
    error(("search.interactions: samples is %d, expected at least 2"):format(opts.samples), 3)
  end
  return opts
end

--- Returns the Shapley interaction index of pairs of units, strongest first: how much more protecting both changes the
--- value than protecting each does, v(S + i + j) - v(S + i) - v(S + j) + v(S), averaged over the sets S of other units,
--- all sizes alike (`search.pairs` has it for the empty S, or for all others). Below 0 is synergy, above 0 redundancy.
--- Sampled ones have Student's interval over the samples, exact ones over sentences. Over all pairs a sample measures
--- about 2 L^2 sets; `pairs` asks for few: 8 sets per pair and sample.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.InteractionOpts
---@return Table rows  pair, units, interaction (effect)
---@example
---local p = search.problem { units = 4, value = function(sets)
---  local won = {}
---  for i, set in ipairs(sets) do won[i] = set[1] == 1 and set[2] == 2 and 1 or 0 end
---  return won
---end }
---local rows = search.interactions(p, { samples = 4 })
---assert(rows[1].pair == "1 2" and rows[1].interaction.estimate == 1 and rows[2].interaction.estimate == 0)
function M.interactions(question, opts)
  local problem = problem_of("search.interactions", question)
  opts = checked(problem, opts)
  local pairs_asked, rows = chosen_pairs(problem, opts.pairs), {}
  local effects = (opts.exact and exact or sampled)(problem, pairs_asked, opts)
  for p, pair in ipairs(pairs_asked) do
    local one, other = problem.units[pair[1]], problem.units[pair[2]]
    rows[p] = { pair = one.text .. " " .. other.text, units = { one.label, other.label }, interaction = effects[p],
      place = p }
  end
  table.sort(rows, function(a, b)
    local x, y = math.abs(a.interaction.estimate), math.abs(b.interaction.estimate)
    return x > y or x == y and a.place < b.place
  end)
  local how = opts.exact and rows_of.caption(problem, "Shapley interaction indices")
    or ("Shapley interaction indices: %s, %g %% intervals over %d samples"):format(rows_of.UNITS[problem.column],
      100 * opts.level, opts.samples)
  return table_of(rows, { columns = { "pair", "interaction" }, caption = how })
end

return M
