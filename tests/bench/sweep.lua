-- Residua's side of sweep.py. Usage: sweep.lua JOB, where JOB is JSON: folder, work, sentences; some works also give
-- languages and points. Prints one line of JSON: seconds, peak, nats, and what the peer needs to do the same.

local job = json.decode(arg[1])
local int4 = quant.int { bits = 4 } -- symmetric, per output channel, absmax
local m = model.load(job.folder)
local texts = corpus.load("parallel16", { sentences = job.sentences, languages = job.languages })
local short = corpus.of { eng = { "I am." } }

-- VmRSS or VmHWM, its peak [bytes].
local function memory(field)
  for line in io.lines("/proc/self/status") do
    local kib = line:match("^" .. field .. ":%s+(%d+)")
    if kib then
      return tonumber(kib) * 1024
    end
  end
end

-- Protects every layer that `keeps` answers true for.
local function by_layers(keeps)
  local protected = {}
  for layer = 0, m:layers() - 1 do
    if keeps(layer) then
      protected[#protected + 1] = layer
    end
  end
  return plan.make { with = int4, protect = protected }
end

local works = {}

-- Each layer quantized alone.
function works.single()
  local plans = {}
  for only = 0, m:layers() - 1 do
    plans[#plans + 1] = by_layers(function(layer)
      return layer ~= only
    end)
  end
  return plans
end

-- Exp-088: 0 to 50 % protected in steps of 0.5 %, in the order of two rankings.
local function grid(per)
  local plans = {}
  for _, by in ipairs { "variance", "kurtosis" } do
    local order = plan.rank(m, { by = by, per = per })
    for step = 0, 100 do
      plans[#plans + 1] = order:protect_top(step / 200, { with = int4 })
    end
  end
  return plans
end

works["grid-params"] = function()
  return grid("param")
end

works["grid-rows"] = function()
  return grid("row")
end

-- All subsets of the first 12 layers.
function works.sets()
  local plans = {}
  for set = 0, 2 ^ math.min(12, m:layers()) - 1 do
    plans[#plans + 1] = by_layers(function(layer)
      return set >> layer & 1 == 1
    end)
  end
  return plans
end

-- Per layer a number that is the same in plans that do the same to it, and what the peer does to each param.
local numbers, known = {}, 0
local function described(made)
  local by_layer, keys, params = {}, {}, {}
  for name, quantizer in pairs(made:params(m)) do
    local layer = tonumber(name:match("^L(%d+)%."))
    by_layer[layer] = by_layer[layer] or {}
    table.insert(by_layer[layer], name .. quantizer:digest())
    params[name] = quantizer
  end
  for layer = 0, m:layers() - 1 do
    table.sort(by_layer[layer] or {})
    local key = layer .. " " .. table.concat(by_layer[layer] or {}, " ")
    if not numbers[key] then
      numbers[key], known = known, known + 1
    end
    keys[layer + 1] = numbers[key]
  end
  return keys, params
end

-- Positions, from 1, of `points` plans evenly spread over `count`, the first and the last among them.
local function spread(count, points)
  local chosen = {}
  points = math.min(points or count, count)
  for i = 0, points - 1 do
    chosen[i + 1] = points == 1 and (count + 1) // 2 or 1 + math.floor(i * (count - 1) / (points - 1) + 0.5)
  end
  return chosen
end

-- What the peer computes: the params of each plan, with the rows that it keeps.
local function handed_over(plans)
  local list = {}
  for i, made in ipairs(plans) do
    local _, params = described(made)
    for name, quantizer in pairs(params) do
      params[name] = quantizer:options().rows
    end
    list[i] = params
  end
  return list
end

-- The loss of one model; above what is resident after a short text, weights and libraries included.
local function one_model(out)
  local before = memory("VmRSS")
  io.open("/proc/self/clear_refs", "w"):write("5"):close() -- the peak starts anew
  local start = system.clock()
  local loss = m:loss(texts)
  out.seconds, out.peak, out.nats = system.clock() - start, memory("VmHWM") - before, loss.nll
end

-- The losses under the plans, which are given on both sides; making the models counts.
local function many_models(out, plans)
  local start, models = system.clock(), {}
  for i, made in ipairs(plans) do
    models[i] = m:with(made)
  end
  local rows = sweep { models = models, texts = texts }
  out.seconds, out.nats, out.keys = system.clock() - start, {}, {}
  for i, made in ipairs(plans) do
    out.keys[i] = described(made)
  end
  local chosen, picked = spread(#plans, job.points), {}
  for i, position in ipairs(chosen) do
    out.nats[i], picked[i] = rows[position].loss.nll, plans[position]
  end
  out.plans = handed_over(picked)
end

local tok = m:tokenizer()
local out = { tokens = {}, texts = {}, warm = tok:encode(short:text(1)) }
for i = 1, texts:count() do
  out.texts[i] = texts:text(i)
  out.tokens[i] = tok:encode(out.texts[i])
end
sweep.tokens(m, texts) -- both sides have the tokens, and have touched all weights, before their clocks start
m:loss(short)
if job.work == "nll" then
  one_model(out)
else
  many_models(out, works[job.work]())
end
out.gflops = system.gflops(2048)
print(json.encode(out))
