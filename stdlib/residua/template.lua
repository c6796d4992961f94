-- The experiment that `residua new` writes: a start that runs as it is.

local library = require("residua.library")
local system = require("residua.system")
local write_file = require("residua.write_file")

local M = {}

local TEMPLATE = [==[
-- The method, in a sentence or two: what is changed, what is measured, and why that answers the question. The report
-- prints these lines.
return experiment {
  id = "%s", title = "New experiment",
  asks = "Does one scale per channel cost less than one per tensor, over languages?",
  params = { bits = 4, sentences = 32 },
  quick = { sentences = 8 },
  predicts = { dearer = { "per tensor the loss rises more [nats/byte, over languages]", above = 0 } },
  run = function(p, x) -- the params and the context: residua doc experiment.declare
    local texts = x.texts:first(p.sentences)
    local rises = {}
    for _, per in ipairs { "tensor", "channel" } do
      local q = x.model:quantized { with = quant.int { bits = p.bits, per = per } }
      local d = disparity.compare(x.model, q, texts, { seed = x.seed })
      x:table(d.rows, { columns = { "language", "delta_byte", "ppl_increase" }, caption = "per " .. per })
      rises[per] = {}
      for i, row in ipairs(d.rows) do
        rises[per][i] = row.delta_byte.estimate
      end
    end
    x:verdict("dearer", stats.paired_difference(rises.tensor, rises.channel, { seed = x.seed }))
  end,
}
]==]

-- What is wrong with an id, or nil.
local function problem_with(id, path)
  if not id:find("^%a[%w_-]*$") then
    return ("'%s' cannot name an experiment; use letters, digits, - and _, such as X-001"):format(id)
  elseif pcall(library.find, id) then
    return ("the library has an experiment %s already; choose another name"):format(id)
  elseif system.exists(path) then
    return path .. " is there already; choose another name"
  end
end

--- Writes a new experiment.
---@param name string  its id, or a path that ends in it; the file is called <name>.lua
---@return string? path  nil where the name cannot be used
---@return string? problem
function M.write(name)
  local stem = name:gsub("%.lua$", "")
  local id, path = stem:match("[^/]*$"), stem .. ".lua"
  local problem = problem_with(id, path)
  if problem then
    return nil, problem
  end
  local written, trouble = write_file(path, TEMPLATE:format(id))
  if not written then
    return nil, trouble
  end
  return path
end

return M
