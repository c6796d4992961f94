-- The units of a search problem: what may be protected together, under which label.

local plan = require("residua.plan")
local quant = require("residua.quant")

local MOST <const> = 1000000 -- units of a problem without model

-- A scheme with the quantizer of a method in the method's place: what plans know and cost. HQQ has none of its own; it
-- stores what an asymmetric one per group does.
local function plain(scheme)
  local copy = {}
  for name, value in pairs(scheme) do
    copy[name] = value
  end
  if quant.is_method(copy.with) then
    local method = copy.with
    copy.with = type(method.with) == "userdata" and method.with
      or quant.int { bits = method.bits, per = "group", group = method.group, symmetric = false }
  end
  return copy
end

-- The params that a scheme quantizes, in the order of the model: name, layer.
local function quantized(scheme, model)
  local chosen, list = plan.make(plain(scheme), model):params(model), {}
  for _, param in ipairs(model:params()) do
    if chosen[param.name] then
      list[#list + 1] = param
    end
  end
  return list
end

local function layer_units(params)
  local units, seen = {}, {}
  for _, param in ipairs(params) do
    if param.layer and not seen[param.layer] then
      seen[param.layer] = true
      units[#units + 1] = { label = param.layer, text = "L" .. param.layer, selectors = { param.layer } }
    end
  end
  return units
end

local function param_units(params)
  local units = {}
  for i, param in ipairs(params) do
    units[i] = { label = param.name, text = param.name, selectors = { param.name } }
  end
  return units
end

local function text_of(selector)
  return math.type(selector) == "integer" and "L" .. selector or tostring(selector)
end

local function selector_units(where, list)
  local units = {}
  for i, item in ipairs(list) do
    local selectors, texts = type(item) == "table" and item or { item }, {}
    for j, selector in ipairs(selectors) do
      if type(selector) ~= "string" and math.type(selector) ~= "integer" then
        error(("%s: unit %d must be a layer, a glob or a list of these, got %s"):format(where, i, type(selector)), 6)
      end
      texts[j] = text_of(selector)
    end
    local text = table.concat(texts, "+")
    units[i] = { label = type(item) == "table" and text or item, text = text, selectors = selectors }
  end
  return units
end

-- Labels of a problem without model: a list, or 1 to a number.
local function labelled(where, given)
  local units = {}
  if type(given) == "number" and given > MOST then
    error(("%s: %d units are too many; at most %d"):format(where, given, MOST), 6)
  end
  for i = 1, type(given) == "table" and #given or given do
    local label = type(given) == "table" and given[i] or i
    units[i] = { label = label, text = tostring(label), selectors = { label } }
  end
  return units
end

-- A selector that matches nothing is an error here, not in the first measurement.
local function check_selectors(where, units, opts, scheme)
  for _, unit in ipairs(units) do
    local copy = plain(scheme)
    copy.protect = unit.selectors
    local ok, message = pcall(quantized, copy, opts.model)
    if not ok then
      error(where .. ": " .. tostring(message):gsub("^.-selector", "selector"), 6)
    end
  end
end

local function made(where, opts, scheme)
  if opts.value then
    return labelled(where, opts.units)
  elseif type(opts.units) == "table" then
    local units = selector_units(where, opts.units)
    check_selectors(where, units, opts, scheme)
    return units
  elseif opts.units == "layer" then
    return layer_units(quantized(scheme, opts.model))
  elseif opts.units == "param" then
    return param_units(quantized(scheme, opts.model))
  end
  error(("%s: unknown units '%s', expected \"layer\", \"param\" or a list of selectors"):format(where, opts.units), 5)
end

-- Units of a problem, each { label, text, selectors }, and their positions by label.
local function of(where, opts, scheme)
  local units, number_of = made(where, opts, scheme), {}
  for i, unit in ipairs(units) do
    if number_of[unit.label] then
      error(("%s: unit '%s' is given twice"):format(where, unit.text), 4)
    end
    number_of[unit.label] = i
  end
  if #units == 0 then
    error(where .. ": there is no unit to protect", 4)
  end
  return units, number_of
end

-- What a scheme protects in every set, as a list of selectors.
local function always_protected(scheme, model)
  local protect, list = scheme.protect, {}
  if type(protect) == "function" then
    for _, param in ipairs(model:params()) do
      list[#list + 1] = protect(param) and param.name or nil
    end
  elseif protect then
    protect = type(protect) == "table" and protect or { protect }
    table.move(protect, 1, #protect, 1, list)
  end
  return list
end

return { of = of, plain = plain, always_protected = always_protected }
