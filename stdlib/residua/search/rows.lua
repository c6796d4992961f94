-- Rows of results: what a set is, what it is worth, what it costs.

local subset = require("residua.search.subset")
local table_of = require("residua.table")
local values = require("residua.search.values")

local function text_of(problem, set)
  local texts = {}
  for _, i in ipairs(subset.members(set)) do
    texts[#texts + 1] = problem.units[i].text
  end
  return table.concat(texts, " ")
end

-- "none", "L0 L11", "all but L3", "all".
local function name_of(problem, set)
  local size = subset.size(set)
  if size == 0 or size == problem.n then
    return size == 0 and "none" or "all"
  elseif size <= problem.n - size + 2 then
    return text_of(problem, set)
  end
  local rest = subset.all(problem.n)
  for _, i in ipairs(subset.members(set)) do
    rest = subset.without(rest, i)
  end
  return "all but " .. text_of(problem, rest)
end

-- Rows of sets whose values are known or then measured.
local function of(problem, sets)
  local numbers, rows = values.lookup(problem, sets), {}
  for i, set in ipairs(sets) do
    local cost, summary = values.cost_of(problem, set), problem.summaries[set] or {}
    rows[i] = { set = name_of(problem, set), size = subset.size(set), units = values.labels_of(problem, set),
      protect = problem.opts.model and values.selectors_of(problem, set), dnll = summary.dnll, gap = summary.gap,
      collapsed = summary.collapsed, bytes = cost.bytes, bits = cost.bits, share = cost.share }
    rows[i][problem.column] = numbers[i]
  end
  return rows
end

-- Puts effects with intervals over sentences in place of numbers.
local function with_effects(problem, rows, sets)
  local combinations = {}
  for i, set in ipairs(sets) do
    combinations[i] = { [set] = 1.0 }
  end
  for i, effect in ipairs(values.combine_sparse(problem, combinations)) do
    rows[i][problem.column] = effect
  end
  return rows
end

-- The columns that rows of this problem have.
local function columns(problem)
  local list = { "set", "size" }
  local function add(...)
    for _, name in ipairs({ ... }) do
      list[#list + 1] = name
    end
  end
  if problem.opts.model then
    if problem.column == "value" then
      add("value")
    end
    add("dnll", "gap", "bits", "bytes", "share")
  else
    add("value")
    if problem.opts.cost then
      add("bytes")
    end
  end
  for _, summary in pairs(problem.summaries) do
    if summary.collapsed then
      add("collapsed")
      break
    end
  end
  return list
end

local UNITS <const> = { dnll = "dNLL [nats per token]", gap = "gap [nats per byte]", value = "value" }

-- Names the measure (that of the problem by default) and, where there are any, its intervals.
local function caption(problem, what, measure)
  local note = values.resampled(problem)
    and (", %g %% intervals over %d sentences"):format(100 * problem.opts.level, problem.base.sentences) or ""
  return ("%s: %s%s"):format(what, UNITS[measure or problem.column] or measure, note)
end

-- A table of sets that knows its problem, so that fronts and predictions can ask for more.
local function table_of_sets(problem, rows, described)
  local result = table_of(rows, { columns = columns(problem), caption = described })
  result.problem, result.measure = problem, problem.column
  return result
end

return { of = of, with_effects = with_effects, caption = caption, table_of_sets = table_of_sets, name_of = name_of,
  UNITS = UNITS }
