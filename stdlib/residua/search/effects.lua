-- Effects of single units and of pairs.

local direction_of = require("residua.search.direction")
local options = require("residua.options")
local problem_of = require("residua.search.problem").made
local rows_of = require("residua.search.rows")
local subset = require("residua.search.subset")
local table_of = require("residua.table")
local values = require("residua.search.values")

local M = {}

local COLUMNS <const> = { protect = "when_protected", quantize = "when_quantized" }

-- Per direction and unit: value of the changed set less that of the start.
local function single_combinations(problem, directions)
  local combinations = {}
  for _, direction in ipairs(directions) do
    local start, change = direction_of.start(problem, direction)
    for i = 1, problem.n do
      combinations[#combinations + 1] = { [change(start, i)] = 1.0, [start] = -1.0 }
    end
  end
  return combinations
end

-- What protecting a unit costs beyond quantizing it.
local function extra_bytes(problem, i)
  local none = subset.none(problem.n)
  local with, without = values.cost_of(problem, subset.with(none, i)).bytes, values.cost_of(problem, none).bytes
  return with and with - without
end

-- The row of unit i, from effects as `single_combinations` orders them, and the columns of what was measured.
local function row_of(problem, i, effects, directions)
  local row, columns = { unit = problem.units[i].text, label = problem.units[i].label }, { "unit" }
  for place, direction in ipairs(directions) do
    row[COLUMNS[direction]] = effects[(place - 1) * problem.n + i]
    columns[#columns + 1] = COLUMNS[direction]
  end
  return row, columns
end

local function by_unit(problem, directions)
  local effects, rows, scores = values.combine_sparse(problem, single_combinations(problem, directions)), {}, {}
  local columns
  for i, unit in ipairs(problem.units) do
    rows[i], columns = row_of(problem, i, effects, directions)
    rows[i].bytes = extra_bytes(problem, i)
    scores[unit.label] = rows[i].when_quantized and rows[i].when_quantized.estimate
      or -rows[i].when_protected.estimate
  end
  columns[#columns + 1] = rows[1].bytes and "bytes"
  local result = table_of(rows, { columns = columns,
    caption = rows_of.caption(problem, "Change when one unit is protected, or quantized") })
  result.scores = scores
  return result
end

local function by_language(problem, directions)
  local combinations, rows, effects, columns = single_combinations(problem, directions), {}, {}, nil
  values.lookup(problem, { (direction_of.start(problem, directions[1])) }) -- the base, with the languages
  for _, code in ipairs(problem.opts.texts:languages()) do
    effects[code] = values.combine_sparse(problem, combinations, { language = code })
  end
  for i in ipairs(problem.units) do
    for _, code in ipairs(problem.opts.texts:languages()) do
      rows[#rows + 1], columns = row_of(problem, i, effects[code], directions)
      rows[#rows].language = code
    end
  end
  table.insert(columns, 2, "language")
  return table_of(rows, { columns = columns,
    caption = "Change of the loss [nats per byte] when one unit is protected, or quantized" })
end

---@class residua.search.SensitivityOpts
---@field by? string  "unit" (the default) or "language": each unit in each language, in nats per byte
---@field direction? string  measure only "protect" or "quantize", which halves the work; both by default

--- Returns what each unit does alone, in both directions: `when_protected` is the change of the value when it is
--- protected and all others are quantized (below 0: it helps), `when_quantized` the change when it is quantized and all
--- others are protected (above 0: it hurts). `scores` has the latter by unit (the former, where only that is measured,
--- with the opposite sign), for `plan.rank`.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.SensitivityOpts
---@return Table rows  unit, label, when_protected, when_quantized, bytes (that protecting it costs); or by language
---@example
---local m = model.load("mini")
---local texts = corpus.load("parallel16", { sentences = 1, languages = { "eng" } })
---local s = search.sensitivity { model = m, texts = texts, with = quant.int { bits = 3 } }
---assert(#s == 12 and s[1].unit == "L0" and s[1].when_quantized.estimate > 0)
---assert(plan.rank(m, { per = "layer", by = s.scores })[1].score >= s.scores[11])
function M.sensitivity(question, opts)
  local problem = problem_of("search.sensitivity", question)
  opts = options.check("search.sensitivity", opts, { by = { "string", "unit" }, direction = { "string" } })
  local directions = opts.direction
    and { options.one_of("search.sensitivity", "direction", opts.direction, direction_of.NAMES) } or direction_of.NAMES
  if options.one_of("search.sensitivity", "by", opts.by, { "language", "unit" }) == "unit" then
    return by_unit(problem, directions)
  elseif not problem.opts.model then
    error("search.sensitivity: by = \"language\" needs a model and texts", 2)
  end
  return by_language(problem, directions)
end

local function pair_rows(problem, direction)
  local start, change = direction_of.start(problem, direction)
  local combinations, rows = {}, {}
  for i = 1, problem.n do
    for j = i + 1, problem.n do
      local one, other, both = change(start, i), change(start, j), change(change(start, i), j)
      combinations[#combinations + 1] = { [one] = 1.0, [start] = -1.0 }
      combinations[#combinations + 1] = { [other] = 1.0, [start] = -1.0 }
      combinations[#combinations + 1] = { [both] = 1.0, [start] = -1.0 }
      combinations[#combinations + 1] = { [both] = 1.0, [one] = -1.0, [other] = -1.0, [start] = 1.0 }
      rows[#rows + 1] = { pair = problem.units[i].text .. " " .. problem.units[j].text,
        units = { problem.units[i].label, problem.units[j].label } }
    end
  end
  local effects = values.combine_sparse(problem, combinations)
  for k, row in ipairs(rows) do
    row.first, row.second, row.both, row.interaction = table.unpack(effects, 4 * k - 3, 4 * k)
  end
  return rows
end

---@class residua.search.PairsOpts
---@field direction? string  "protect" (the default: a pair of none) or "quantize" (a pair of all)

--- Returns the effect d_ij of every pair of units and its interaction d_ij - d_i - d_j, strongest first, where d is the
--- change of the value from that of the start: nothing protected, or with direction = "quantize" everything.
--- Protecting: an interaction below 0 is synergy, above 0 redundancy. Quantizing: below 0 the errors cancel in part,
--- above 0 they compound. Intervals are not corrected for the number of pairs.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.PairsOpts
---@return Table rows  pair, units, first, second, both, interaction
---@example
---local p = search.problem { units = 3, value = function(sets)
---  local squares = {}
---  for i, set in ipairs(sets) do squares[i] = (#set) ^ 2 end
---  return squares
---end }
---local pairs_of_units = search.pairs(p)
---assert(#pairs_of_units == 3 and pairs_of_units[1].interaction.estimate == 2)
function M.pairs(question, opts)
  local problem = problem_of("search.pairs", question)
  opts = options.check("search.pairs", opts, { direction = { "string", "protect" } })
  options.one_of("search.pairs", "direction", opts.direction, direction_of.NAMES)
  local rows = pair_rows(problem, opts.direction)
  for place, row in ipairs(rows) do
    row.place = place
  end
  table.sort(rows, function(a, b)
    local x, y = math.abs(a.interaction.estimate), math.abs(b.interaction.estimate)
    return x > y or x == y and a.place < b.place
  end)
  return table_of(rows, { columns = { "pair", "first", "second", "both", "interaction" },
    caption = rows_of.caption(problem, opts.direction == "protect" and "Change when a pair is protected"
      or "Change when a pair is quantized") })
end

return M
