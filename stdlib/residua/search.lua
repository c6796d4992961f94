-- Searches over what to protect: for a budget, or to explain. Effects of units and pairs, all sets, greedy and beam
-- search, Shapley values and interactions, Pareto fronts, additive predictions. The functions lie in search/.

local problems = require("residua.search.problem")

local SUBJECTS <const> = { "effects", "additive", "sets", "walks", "front", "shapley", "interactions", "neighbours" }

local M = {}

---@class residua.search.ProblemOpts
---@field model? Model  as it is when nothing is quantized
---@field texts? Corpus
---@field with? Quantizer|Method|table  what the units outside of a set get: a quantizer or method for the matrices of
---  all layers, or a scheme, as `quant.sane()` gives it
---@field units? string|integer|any[]  "layer" (the default), "param" (each matrix that is quantized), or a list of
---  units: layers, globs, or lists of these that are protected together; with `value` labels, or how many there are
---@field measure? string|function  "loss" (the default), "gap", or a function of the Loss of the quantized model and
---  that of the model, which returns a number
---@field value? function  instead of a model: takes a list of sets (each a list of labels, in the order of `units`),
---  returns as many numbers
---@field cost? function  with `value`: takes a set, returns its bytes; more units never cost less
---@field seed? integer  of the resampled sentences; 1 by default
---@field resamples? integer  of the sentences; 1000 by default
---@field level? number  of intervals over sentences; 0.95 by default

--- Returns a search problem. A set is a list of units that stay in full precision while `with` quantizes everything
--- else that it is for; its value is what the search lowers. With measure = "loss" that is dNLL: the NLL per predicted
--- token [nats] over all texts, less that of `model` itself on the same texts. With "gap" it is `disparity`'s: the
--- greatest less the least rise per byte [nats] among the languages. Every function of this module takes such a problem
--- or the options of one. Values are measured in batches and kept: searches that share a problem measure no set twice;
--- `measured` counts them.
---@param question residua.search.ProblemOpts
---@return Problem
---@example
---local texts = corpus.load("parallel16", { sentences = 1, languages = { "eng", "heb" } })
---local p = search.problem { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 } }
---assert(p:value { 0, 11 } < p:value {} and p.measured == 2)
function M.problem(question)
  local problem = problems.made("search.problem", question)
  return problem
end

for _, subject in ipairs(SUBJECTS) do
  for name, value in pairs(require("residua.search." .. subject)) do
    M[name] = value
  end
end

return M
