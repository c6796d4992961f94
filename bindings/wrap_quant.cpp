// Quantizer and Plan.

#include "bindings/native.hpp"
#include "bindings/values.hpp"

namespace residua {

namespace {

constexpr std::string_view kGranularities[] = {"tensor", "channel", "group"};

int quant_integer(lua_State* L) {
  Quantizer quantizer;
  quantizer.bits = static_cast<int>(check_integer(L, 1, 2, 8));
  quantizer.symmetric = check_boolean(L, 2);
  quantizer.per = static_cast<Granularity>(check_enum(L, 3, "granularity", kGranularities));
  quantizer.group_size = opt_integer(L, 4, quantizer.group_size);
  check(quantizer);
  return QuantizerBox::push(L, quantizer);
}

int quant_plan(lua_State* L) {
  const auto selectors = check_strings(L, 1);
  std::vector<Rule> rules;
  read_elements(L, 2, [&](int at, int64_t position) {
    if (position > static_cast<int64_t>(selectors.size()))
      throw ArgError(2, "more quantizers than selectors");
    const bool protects = lua_isboolean(L, at) && !check_boolean(L, at);
    rules.push_back({selectors[position - 1],
                     protects ? std::nullopt : std::optional(QuantizerBox::check(L, at))});
  });
  if (rules.size() != selectors.size())
    throw ArgError(2, "fewer quantizers than selectors");
  return PlanBox::push(L, Plan(std::move(rules)));
}

int quantizer_apply(lua_State* L) {
  return push_tensor(L, QuantizerBox::check(L, 1).apply(check_tensor(L, 2)));
}

int quantizer_bits(lua_State* L) {
  return push(L, QuantizerBox::check(L, 1).bits);
}

int quantizer_per(lua_State* L) {
  return push(L, kGranularities[static_cast<int>(QuantizerBox::check(L, 1).per)]);
}

int quantizer_symmetric(lua_State* L) {
  return push(L, QuantizerBox::check(L, 1).symmetric);
}

int quantizer_tostring(lua_State* L) {
  return push(L, QuantizerBox::check(L, 1).describe());
}

int plan_cost(lua_State* L) {
  const Cost cost = PlanBox::check(L, 1).cost(ModelBox::check(L, 2).weights());
  lua_newtable(L);
  set_field(L, "values", cost.values);
  set_field(L, "protected_share", cost.protected_share());
  set_field(L, "mean_bits", cost.mean_bits());
  set_field(L, "bytes", cost.bytes());
  return 1;
}

int plan_params(lua_State* L) {
  const auto chosen = PlanBox::check(L, 1).resolve(ModelBox::check(L, 2).weights());
  lua_newtable(L);
  reserve(L, 4);
  for (const auto& [name, quantizer] : chosen) {
    QuantizerBox::push(L, quantizer);
    lua_setfield(L, -2, name.c_str());
  }
  return 1;
}

int plan_digest(lua_State* L) {
  return push(L, PlanBox::check(L, 1).digest());
}

int plan_equal(lua_State* L) {
  return push(L, PlanBox::check(L, 1).digest() == PlanBox::check(L, 2).digest());
}

int plan_tostring(lua_State* L) {
  return push(L, "Plan " + PlanBox::check(L, 1).describe());
}

const Entry kModule[] = {
    {"integer", quant_integer,
     R"(Returns an integer quantizer with absmax clip and half-to-even rounding.
@param bits integer  2 to 8.
@param symmetric boolean
@param per string  "tensor", "channel" (one scale per output channel) or "group".
@param group_size? integer  Values that share a scale; 128 when absent.
@return Quantizer)"},
    {"plan", quant_plan,
     R"(Returns a plan of ordered rules; of several that match a param the last decides.
@param selectors string[]  Globs of params.
@param quantizers table  A Quantizer for each selector, or false to protect.
@return Plan)"},
};

const Entry kQuantizer[] = {
    {"apply", quantizer_apply,
     R"(Returns the values that a weight takes when quantized (fake quantization).
@param weight Tensor  [out, in], or one row.
@return Tensor  float32, same shape.
@example
local w = tensor.from_table { { 7, -3.4, 0.2 } }
assert(quant.int { bits = 4 }:apply(w):equal(tensor.from_table { { 7, -3, 0 } })))"},
    {"bits", quantizer_bits, R"(Returns the bits of a code.
@return integer)"},
    {"per", quantizer_per, R"(Returns what shares a scale: "tensor", "channel" or "group".
@return string)"},
    {"symmetric", quantizer_symmetric, R"(Returns whether the grid is symmetric about 0.
@return boolean)"},
};
const Entry kQuantizerMeta[] = {{"__tostring", quantizer_tostring, "Describes the quantizer."}};

const Entry kPlan[] = {
    {"cost", plan_cost, R"(Returns what the plan costs on a model.
@param model Model
@return table  values, protected_share (0 to 1, of all weights), mean_bits per weight, bytes; scales included.
@example
local m = model.load("mini")
assert(plan.make { with = quant.int { bits = 4 } }:cost(m).mean_bits < 16))"},
    {"params", plan_params, R"(Returns the quantizer of each param that the plan quantizes.
@param model Model
@return table<string, Quantizer>)"},
    {"digest", plan_digest, R"(Returns a digest of the rules.
@return string)"},
};
const Entry kPlanMeta[] = {{"__tostring", plan_tostring, "Lists the rules."},
                           {"__eq", plan_equal, "Compares the rules."}};

} // namespace

void register_quant(lua_State* L) {
  register_module(L, "quant", kModule);
  register_type<Quantizer>(L, "quant", "Quantizer", kQuantizer, kQuantizerMeta);
  register_type<Plan>(L, "quant", "Plan", kPlan, kPlanMeta);
}

} // namespace residua
