-- Residua: a lab for quantization research on language models. Its modules, each loaded on first use.
-- The host gives these names to scripts and the REPL as globals; a stock Lua has `local residua = require "residua"`.

local modules = {
  capture = "residua.capture",
  corpus = "residua.corpus",
  disparity = "residua.disparity",
  divergence = "residua.divergence",
  experiment = "residua.experiment",
  given = "residua.given",
  help = "residua.help",
  json = "residua.json",
  model = "residua.model",
  plan = "residua.plan",
  plot = "residua.plot",
  quant = "residua.quant",
  range = "residua.range",
  rate = "residua.rate",
  run = "residua.runner",
  search = "residua.search",
  stats = "residua.stats",
  store = "residua.store",
  sweep = "residua.sweep",
  system = "residua.system",
  table_of = "residua.table",
  tensor = "residua.tensor",
  tokenizer = "residua.tokenizer",
  train = "residua.train",
}

local strict = require("residua.strict")

strict.methods(require("residua.native"))

return setmetatable({ names = require("residua.sorted_keys")(modules) }, {
  __index = function(self, name)
    if not modules[name] then
      return nil
    end
    local module = require(modules[name])
    if type(module) == "table" then
      strict.members(name, module)
    end
    rawset(self, name, module)
    return module
  end,
})
