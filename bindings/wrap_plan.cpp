// Plans: which param gets which quantizer.

#include "bindings/native.hpp"
#include "bindings/values.hpp"

namespace residua {

namespace {

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

int plan_rules(lua_State* L) {
  return push_list(L, PlanBox::check(L, 1).rules(), [L](const Rule& rule) {
    lua_newtable(L);
    set_field(L, "selector", rule.selector);
    if (!rule.quantizer)
      return;
    push_quantizer_options(L, *rule.quantizer);
    lua_setfield(L, -2, "quantizer");
  });
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
    {"plan", quant_plan,
     R"(Returns a plan of ordered rules; of several that match a param the last decides.
@param selectors string[]  Globs of params.
@param quantizers table  A Quantizer for each selector, or false to protect.
@return Plan)"},
};

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
    {"rules", plan_rules, R"(Returns the rules as plain data, which `plan.of` takes.
@return table[]  selector; quantizer (options) unless the rule protects.)"},
    {"digest", plan_digest, R"(Returns a digest of the rules.
@return string)"},
};
const Entry kPlanMeta[] = {{"__tostring", plan_tostring, "Lists the rules."},
                           {"__eq", plan_equal, "Compares the rules."}};

} // namespace

void register_plan(lua_State* L) {
  register_module(L, "quant", kModule);
  register_type<Plan>(L, "quant", "Plan", kPlan, kPlanMeta);
}

} // namespace residua
