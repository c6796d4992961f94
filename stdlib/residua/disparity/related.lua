-- How numbers of languages go with what the languages lose, where script is a confounder.

local native = require("residua.native").stats
local options = require("residua.options")
local stats = require("residua.stats")

local M = {}

---@class residua.disparity.RelatedOpts
---@field kind? string  "spearman" (the default) or "pearson"
---@field seed? integer  1 by default

-- Latin script or not by language, 1 and 0; and why script can not be told apart, or nil.
local function latin_of(rows)
  local latin, count = {}, 0
  for i, row in ipairs(rows) do
    latin[i] = row.script == "Latin" and 1 or 0
    count = count + latin[i]
  end
  local few = math.min(count, #rows - count) < native.fewest_units
  return latin, few and ("%d languages in Latin script, %d in others; %d of each are needed"):format(count,
    #rows - count, native.fewest_units)
end

--- Returns how numbers of languages go with the rise of their loss [nats/byte]: `correlation` as `stats.correlation`
--- has it, `beside_script` the partial correlation beside script (Latin or not), `within_script` the correlation with
--- the p of numbers permuted within script. All are refused where the model collapsed; the latter two are not run where
--- fewer than 3 languages have Latin script, or other.
---@param d Disparity
---@param values number[]  of each language, in the order of `d.rows`
---@param opts? residua.disparity.RelatedOpts
---@return table effects  correlation, beside_script, within_script
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 3 })
---local d = disparity.compare(m, m:quantized(quant.sane()), texts)
---local same = disparity.related(d, d:rises())
---assert(same.correlation.estimate == 1 and same.beside_script.estimate > 0.999)
function M.related(d, values, opts)
  opts = options.check("disparity.related", opts, { kind = { "string", "spearman" }, seed = { "integer", 1 } })
  options.argument("disparity.related", "d", d, "Disparity")
  options.numbers("disparity.related", "values", values)
  if #values ~= #d.rows then
    error(("disparity.related: %d values for %d languages; give one of each"):format(#values, #d.rows), 2)
  elseif d.collapsed then
    local effect = { refused = d.refused }
    return { correlation = effect, beside_script = effect, within_script = effect }
  end
  local rises, latin, few = d:rises(), latin_of(d.rows)
  local one = few and { not_run = few }
  return { correlation = stats.correlation(values, rises, { kind = opts.kind, seed = opts.seed }),
    beside_script = one or stats.partial_correlation(values, rises, { latin = latin },
      { kind = opts.kind, permutations = 2000, seed = opts.seed }),
    within_script = one or stats.correlation(values, rises, { kind = opts.kind, groups = latin, seed = opts.seed }) }
end

return M
