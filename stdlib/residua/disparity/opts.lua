-- The options of a disparity, checked before anything is measured.

local options = require("residua.options")

local SPEC <const> = { reference = { "string" }, seed = { "integer", 1 }, resamples = { "integer", 1000 },
  level = { "number", 0.95 } }

-- English where there is English, else the first.
local function default_reference(codes)
  for _, code in ipairs(codes) do
    if code == "eng" then
      return code
    end
  end
  return codes[1]
end

---@class residua.disparity.Opts
---@field reference? string  language code; "eng" where there is one, else the first
---@field seed? integer  1 by default
---@field resamples? integer  1000 by default
---@field level? number  0.95 by default

--- Returns the options with defaults filled in; errors blame the caller of the function that checks its options.
---@param where string  name of that function
---@param opts? residua.disparity.Opts
---@param texts Corpus
---@return residua.disparity.Opts
---@example
---local texts = corpus.of { deu = { "Eins." }, fra = { "Un." } }
---assert(require("residua.disparity.opts")("f", { seed = 2 }, texts).reference == "deu")
return function(where, opts, texts)
  opts = options.check(where, opts, SPEC, 4)
  local codes = texts:languages()
  opts.reference = options.one_of(where, "reference", opts.reference or default_reference(codes), codes, 4)
  return opts
end
