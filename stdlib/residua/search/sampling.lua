-- Intervals of means over independent samples, by Student's t.

local stats = require("residua.stats")
local tensor = require("residua.tensor")

local factors = {}

-- The quantile of Student's t for a level and n samples, read off the interval of a regression on a constant.
local function factor(n, level)
  local key = ("%d %.17g"):format(n, level)
  if not factors[key] then
    local values = {}
    for i = 1, n do
      values[i] = i
    end
    local c = stats.ols(values, tensor.ones(n, 1):to("float64"), { intercept = false, level = level })
      .coefficients[1].coefficient
    factors[key] = (c.high - c.estimate) / c.standard_error
  end
  return factors[key]
end

-- The mean of samples with its interval; two samples at least have one.
local function mean(samples, level)
  local n, sum, squares = #samples, 0, 0
  for _, value in ipairs(samples) do
    sum = sum + value
  end
  local estimate = sum / n
  for _, value in ipairs(samples) do
    squares = squares + (value - estimate) ^ 2
  end
  local half = n > 1 and factor(n, level) * math.sqrt(squares / (n - 1) / n) or 0 / 0
  return { estimate = estimate, low = estimate - half, high = estimate + half, n = n, level = level }
end

return { mean = mean }
