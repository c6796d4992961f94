-- What made a result: parameters, digests, versions, machine, time.

local cells = require("residua.report.cells")
local sorted_keys = require("residua.sorted_keys")
local text = require("residua.text")

local M = {}

--- Returns the parameters of an experiment, sorted by name.
---@param record table
---@return string[][]  { name, value }
---@example
---assert(require("residua.report.provenance").params({ plain = { params = { bits = 4 } } })[1][2] == "4")
function M.params(record)
  local list = {}
  for i, name in ipairs(sorted_keys(record.plain.params or {})) do
    list[i] = { name, cells.text(record.plain.params[name]) }
  end
  return list
end

--- Returns what an experiment ran on and with.
---@param record table
---@return any[][]  { name, value }; values may be nil
---@example
---local plain = { digests = { model = "ab" }, versions = {}, seconds = 2 }
---assert(require("residua.report.provenance").of({ plain = plain })[2][2] == "ab")
function M.of(record)
  local plain = record.plain
  local digests, versions = plain.digests or {}, plain.versions or {}
  return { { "model", plain.model }, { "digest of the model", digests.model },
    { "second model", plain.model2 }, { "digest of the second model", digests.model2 }, { "texts", plain.texts },
    { "digest of the texts", digests.texts }, { "digest of the tokenizer", digests.tokenizer },
    { "digest of the script", digests.script }, { "size", plain.size }, { "seed", plain.seed },
    { "Residua", versions.residua }, { "libtorch", versions.libtorch }, { "products by", versions.products },
    { "Lua", versions.lua }, { "device", plain.device }, { "threads", plain.threads },
    { "started (UTC)", plain.started }, { "took", plain.seconds and text.duration(plain.seconds) } }
end

return M
