// Running models over texts: losses and captures. Many models go through one run, which shares
// their common prefixes.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/probe/capture.hpp"
#include "engine/sweep/evaluate.hpp"

namespace residua {

namespace {

// [model][site] -> nested lists.
template <class T, class PushOne>
int push_captured(lua_State* L, const PerModelAndSite<T>& captured, PushOne push_one) {
  return push_list(L, captured,
                   [&](const std::vector<T>& of_model) { push_list(L, of_model, push_one); });
}

int run_losses(lua_State* L) {
  const Losses losses = evaluate(check_models(L, 1), check_tokens(L, 2));
  push(L, losses.nll);
  push(L, losses.tokens);
  return 2;
}

int run_token_losses(lua_State* L) {
  return push(L, evaluate_tokens(ModelBox::check(L, 1), check_integers(L, 2)));
}

int run_continue(lua_State* L) {
  return push(L, continue_greedily(ModelBox::check(L, 1), check_integers(L, 2), check_integer(L, 3),
                                   opt_integer(L, 4, -1)));
}

int run_shared_cost(lua_State* L) {
  return push(L, shared_cost(check_models(L, 1)));
}

/// The group of each text, from 0, and the number of groups: arguments 4 and 5.
std::pair<std::vector<int64_t>, int64_t> check_groups(lua_State* L, std::size_t texts) {
  std::vector<int64_t> groups = check_integers(L, 4);
  const int64_t count = check_integer(L, 5, 1, 1 << 20);
  if (groups.size() != texts)
    throw ArgError(4, cat(groups.size(), " groups for ", texts, " texts"));
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = index_from_one(groups[i], count, 4, static_cast<int64_t>(i) + 1);
  return {std::move(groups), count};
}

/// One Statistic by model, site and group of texts, as `capture` of the engine folds them.
template <class Statistic, auto capture> int run_folded(lua_State* L) {
  const auto models = check_models(L, 1);
  const auto& texts = check_tokens(L, 2);
  const auto [groups, count] = check_groups(L, texts.size());
  const auto captured = capture(models, texts, check_sites(L, 3, models.at(0)), groups, count);
  return push_captured(L, captured, [L](const std::vector<Statistic>& by_group) {
    push_list(L, by_group, [L](const Statistic& one) { Box<Statistic>::push(L, one); });
  });
}

int run_means(lua_State* L) {
  const auto models = check_models(L, 1);
  const auto captured = capture_means(models, check_tokens(L, 2), check_sites(L, 3, models.at(0)));
  return push_captured(L, captured, [L](const at::Tensor& means) { push_tensor(L, means); });
}

int run_tensors(lua_State* L) {
  const auto models = check_models(L, 1);
  const auto captured =
      capture_tensors(models, check_tokens(L, 2), check_sites(L, 3, models.at(0)));
  return push_captured(L, captured, [L](const std::vector<at::Tensor>& by_text) {
    push_list(L, by_text, [L](const at::Tensor& value) { push_tensor(L, value); });
  });
}

int run_compare(lua_State* L) {
  constexpr std::string_view kComparisons[] = {"cosine", "relative_error"};
  const Model& reference = ModelBox::check(L, 1);
  const auto models = check_models(L, 2);
  const auto sites = check_sites(L, 4, reference);
  const auto comparison = static_cast<Comparison>(check_enum(L, 5, "comparison", kComparisons));
  const auto centers = is_absent(L, 6) ? std::vector<at::Tensor>{} : check_tensors(L, 6);
  if (!centers.empty() && centers.size() != sites.size())
    throw ArgError(6, cat(centers.size(), " centers for ", sites.size(), " sites"));
  const auto captured = compare(reference, models, check_tokens(L, 3), sites, comparison, centers);
  return push_captured(L, captured, [L](const std::vector<double>& by_text) { push(L, by_text); });
}

const Entry kModule[] = {
    {"losses", run_losses, R"(Returns the loss of each text under each model, in one run.
@param models Model|Model[]
@param texts Tokens
@return number[][]  [model][text], NLL summed over predicted tokens [nats].
@return integer[]  [text], predicted tokens: all but the first.)"},
    {"token_losses", run_token_losses, R"(Returns the NLL of each predicted token of one text.
@param model Model
@param ids integer[]
@return number[]  [nats], one less than ids.)"},
    {"continue", run_continue, R"(Continues a text by the most likely token each time.
@param model Model
@param ids integer[]
@param count integer  Tokens to add; fewer when the context is full.
@param stop? integer  Id to stop after; none when absent.
@return integer[]  Prompt and continuation.)"},
    {"shared_cost", run_shared_cost,
     R"(Returns the layers that one run of all models computes over those of one run each.
@param models Model[]
@return number  1 means that nothing is shared.)"},
    {"moments", run_folded<stats::Moments, capture_moments>,
     R"(Returns the moments of all activation values at each site, by group of texts.
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@param groups integer[]  The group of each text, from 1.
@param count integer  Number of groups.
@return Moments[][][]  [model][site][group].)"},
    {"sketches", run_folded<stats::QuantileSketch, capture_sketches>,
     R"(Returns the sketches of all activation values at each site, by group of texts.
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@param groups integer[]  The group of each text, from 1.
@param count integer  Number of groups.
@return QuantileSketch[][][]  [model][site][group].)"},
    {"means", run_means, R"(Returns the mean activation of each text.
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@return Tensor[][]  [model][site], each [texts, width] float64.)"},
    {"tensors", run_tensors, R"(Returns whole activations.
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@return Tensor[][][]  [model][site][text], each [tokens, width], or [heads, tokens, tokens] for patterns.)"},
    {"compare", run_compare, R"(Compares activations with those of a reference model, text by text.
@param reference Model
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@param comparison string  "cosine" (mean over tokens) or "relative_error" (Frobenius norms).
@param centers? Tensor[]  One [width] vector per site, subtracted from both sides first.
@return number[][][]  [model][site][text].)"},
};

} // namespace

void register_run(lua_State* L) {
  register_module(L, "run", kModule);
}

} // namespace residua
