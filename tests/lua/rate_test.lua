-- The grid of bits and shares, and laws fitted to cells that follow one.
local disparity = require("residua.disparity")
local plan = require("residua.plan")
local quant = require("residua.quant")
local rate = require("residua.rate")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

-- D = e^ln_a 2^(-b n) (1 - c share), n = 1 + log2(2^(bits - 1) - 1), in plain Lua.
local function cells(ln_a, b, c)
  local rows = {}
  for bits = 2, 8 do
    for _, share in ipairs { 0, 0.1, 0.3 } do
      local halvings = 1 + math.log(2 ^ (bits - 1) - 1) / math.log(2)
      rows[#rows + 1] = { bits = bits, share = share,
        gap = { estimate = math.exp(ln_a) * 2 ^ (-b * halvings) * (1 - c * share) } }
    end
  end
  return rows
end

function test.a_planted_law_is_found()
  local rows = cells(0.7, 1.6, 0.9)
  local fit = rate.fit(rows)
  t.near({ fit.params[1].estimate, fit.params[2].estimate, fit.params[3].estimate }, { 0.7, 1.6, 0.9 }, 1e-4)
  for i, row in ipairs(rows) do
    t.near(fit.at(row), math.log(row.gap.estimate), 1e-4)
    t.near(fit.cells[i].log, math.log(row.gap.estimate), 1e-12)
  end
  t.near(rate.fit(rows, { start = { 0, 1, 0.5, 0 } }).params[4].estimate, 0, 1e-3)
end

-- In 20 draws of noise of 0.1 the 95 % interval of b holds 1.6 in at least 16 (of 20 at 95 %: p < 0.003 else).
function test.intervals_hold_what_was_planted()
  local held = 0
  for seed = 1, 20 do
    local rows, noise = cells(0, 1.6, 0.9), tensor.randn(seed, { 21 }):totable()
    for i, row in ipairs(rows) do
      row.gap.estimate = row.gap.estimate * math.exp(0.1 * noise[i])
    end
    local b = rate.fit(rows).params[2]
    held = held + (b.low < 1.6 and b.high > 1.6 and 1 or 0)
  end
  t.ok(held >= 16, held)
end

-- What the law misses at a width all shares of it miss: more shares tell no more of the exponent. In 20 draws of noise
-- that is one number per width the interval of b holds 1.6 in at least 16, and is as wide for 9 shares as for 3.
function test.widths_are_the_units_of_the_exponent()
  local held, width = 0, {}
  for seed = 1, 20 do
    for _, copies in ipairs { 1, 3 } do
      local rows, noise = {}, tensor.randn(seed, { 7 }):totable()
      for _ = 1, copies do
        for _, row in ipairs(cells(0, 1.6, 0.9)) do
          row.gap.estimate = row.gap.estimate * math.exp(0.3 * noise[row.bits - 1])
          rows[#rows + 1] = row
        end
      end
      local b = rate.fit(rows).params[2]
      held, width[copies] = held + (b.low < 1.6 and b.high > 1.6 and 1 or 0) / 2, b.high - b.low
    end
    t.near(width[3], width[1], 1e-3)
  end
  t.ok(held >= 16, held)
end

function test.two_widths_say_nothing_of_the_exponent()
  local rows = cells(0, 2, 1)
  local fit = rate.fit(table.move(rows, 1, 6, 1, {}))
  t.eq(fit.params[2].refused, "2 bit widths are of use; 3 are needed")
  t.near(fit.params[3].estimate, 1, 1e-3)
  t.near(fit.at(rows[6]), math.log(rows[6].gap.estimate), 1e-4)
end

function test.cells_of_no_use_are_left_out()
  local rows = cells(0, 2, 1)
  rows[1].collapsed, rows[1].gap.estimate = true, 1000
  rows[2].gap.estimate, rows[3].gap = 0, { refused = "?" }
  local fit = rate.fit(rows)
  t.eq(#fit.cells, 18)
  t.near(fit.params[2].estimate, 2, 1e-4)
end

function test.too_few_or_equal_cells_are_refused()
  local rows = cells(0, 2, 1)
  local fit = rate.fit(table.move(rows, 1, 5, 1, {}))
  t.eq({ fit.refused, fit.params[3].refused }, { "5 of 5 cells are of use; 6 are needed", fit.refused })
  local equal = {}
  for i = 1, 9 do
    equal[i] = rows[1]
  end
  t.ok(rate.fit(equal).refused:find("^the cells do not determine the law"))
end

function test.the_power_law_is_one_of_the_halvings()
  local at = { bits = 5, share = 0.5 }
  t.near(rate.power(at, { 0.3, 2, 1 }), 0.3 - 2 * math.log(1 + math.log(15, 2)) + math.log(0.5), 1e-12)
end

function test.a_grid_has_every_width_with_every_share()
  local m, texts = support.loud_model(), support.texts()
  local order = plan.rank(m)
  local rows = rate.grid { model = m, texts = texts, order = order, with = quant.naive, bits = { 3, 8 },
    shares = { 0, 40 } }
  local matrices, all = 0, 0
  for _, param in ipairs(m:params()) do
    all = all + (m:quantized(quant.naive { bits = 3 }):edited(param.name) and m:param(param.name):numel() or 0)
  end
  for _, name in ipairs((order:top(0.4))) do
    matrices = matrices + m:param(name):numel()
  end
  t.eq({ rows[1].bits, rows[2].bits, rows[3].bits, rows[4].bits }, { 3, 3, 8, 8 })
  t.near({ rows[1].share, rows[2].share }, { 0, matrices / all }, 1e-9)
  t.near(rows[2].gap.estimate, disparity.compare(m, m:with(order:protect_top(0.4,
    quant.naive { bits = 3 })), texts).gap.estimate, 1e-6)
end

function test.mistakes_are_named()
  t.raises("rate.fit: unknown measure 'gaps' (did you mean 'gap'?), expected one of: gap, mean_delta, ratio",
    function() rate.fit({}, { measure = "gaps" }) end)
  t.raises("rate.grid: option 'bits' is missing", function()
    rate.grid { model = support.loud_model(), texts = support.texts(), order = {}, with = quant.sane }
  end)
end

return test
