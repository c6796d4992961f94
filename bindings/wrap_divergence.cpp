// Divergences of models from a base model, token by token, and their summaries.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/probe/divergence_summary.hpp"

namespace residua {

namespace {

int run_divergence(lua_State* L) {
  const auto found = diverge(ModelBox::check(L, 1), check_models(L, 2), check_tokens(L, 3));
  push_list(L, found.values, [L](const at::Tensor& values) { push_tensor(L, values); });
  return 1 + push(L, found.tokens);
}

int push_summary(lua_State* L, const DivergenceSummary& summary) {
  lua_newtable(L);
  set_field(L, "tokens", summary.tokens);
  for (const auto& [name, interval] : summary.metrics) {
    lua_newtable(L);
    set_field(L, "estimate", interval.estimate);
    set_field(L, "low", interval.low);
    set_field(L, "high", interval.high);
    set_field(L, "level", interval.level);
    lua_setfield(L, -2, name.c_str());
  }
  return 1;
}

int run_divergence_summary(lua_State* L) {
  const int64_t count = check_integer(L, 4, 1, 1 << 20);
  const auto options = check_resampling<DivergenceSummaryOptions>(L, 6);
  const auto summaries =
      summarize(check_tensor(L, 1), check_integers(L, 2), check_indices(L, 3, count), count,
                check_integers(L, 5), options);
  return push_list(L, summaries,
                   [L](const DivergenceSummary& summary) { push_summary(L, summary); });
}

const Entry kModule[] = {
    {"divergence", run_divergence,
     R"(Measures how models diverge from a base model on each predicted token, in one run without whole logits.
@param base Model
@param models Model|Model[]
@param texts Tokens
@return Tensor[]  One per model, [tokens, 4] float64, text after text: KL divergence [nats], NLL of the correct token under the base and under the model [nats], 1 where both find the same token most likely.
@return integer[]  [text], predicted tokens: all but the first.)"},
    {"divergence_summary", run_divergence_summary,
     R"(Returns the metrics of llama.cpp's perplexity tool by group of texts, with intervals over resampled units.
@param values Tensor  [tokens, 4], as `run.divergence` gives them.
@param tokens integer[]  [text]
@param groups integer[]  The group of each text, from 1.
@param count integer  Number of groups.
@param units integer[]  The unit (sentence) of each text; the same ones are drawn in every group.
@param seed? integer
@param level? number  0.95 when absent.
@param resamples? integer  1000 when absent.
@return table[]  By group: tokens, and each metric as estimate, low, high, level.)"},
};

} // namespace

void register_divergence(lua_State* L) {
  register_module(L, "run", kModule);
}

} // namespace residua
