// Running models over texts: losses and captures. Many models go through one run, which shares
// their common prefixes.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/probe/capture.hpp"
#include "engine/store/shared_results.hpp"
#include "engine/sweep/continuation.hpp"
#include "engine/sweep/cost.hpp"
#include "engine/sweep/evaluate.hpp"

namespace residua {

namespace {

// [model][site] -> nested lists.
template <class T, class PushOne>
int push_captured(lua_State* L, const PerModelAndSite<T>& captured, PushOne push_one) {
  return push_list(L, captured,
                   [&](const std::vector<T>& of_model) { push_list(L, of_model, push_one); });
}

void push_report(lua_State* L, const Losses& losses) {
  lua_createtable(L, 0, 4);
  set_field(L, "remembered", losses.remembered);
  set_field(L, "stream_bytes", losses.report.stream_bytes);
  set_field(L, "layer_tokens", losses.report.layer_tokens);
  set_field(L, "trie_tokens", losses.report.trie_tokens);
}

int run_losses(lua_State* L) {
  constexpr std::string_view kPrecisions[] = {"float32", "bfloat16"};
  const auto store = shared_results();
  EvaluateOptions options;
  options.store = store.get();
  if (!is_absent(L, 3))
    options.stream_bytes = check_number(L, 3);
  if (!(options.stream_bytes > 0))
    throw ArgError(3, "must be above 0");
  if (!is_absent(L, 4))
    options.precision = static_cast<kernel::Precision>(check_enum(L, 4, "precision", kPrecisions));
  const Losses losses = evaluate(check_models(L, 1), check_tokens(L, 2), options);
  push(L, losses.nll);
  push(L, losses.tokens);
  push_report(L, losses);
  return 3;
}

int run_token_losses(lua_State* L) {
  return push(L, evaluate_tokens(ModelBox::check(L, 1), check_integers(L, 2)));
}

int run_continue(lua_State* L) {
  return push(L, continue_greedily(ModelBox::check(L, 1), check_integers(L, 2), check_integer(L, 3),
                                   opt_integer(L, 4, -1)));
}

int run_cost(lua_State* L) {
  const SweepCost cost = cost_of_sweep(check_models(L, 1), check_tokens(L, 2));
  lua_createtable(L, 0, 7);
  set_field(L, "models", cost.models);
  set_field(L, "distinct", cost.distinct);
  set_field(L, "layers", cost.layers);
  set_field(L, "separate_layers", cost.separate_layers);
  set_field(L, "flops", cost.flops);
  set_field(L, "separate_flops", cost.separate_flops);
  set_field(L, "tensors", cost.tensors);
  return 1;
}

/// Models of a capture: the first one's sites are meant.
std::vector<Model> check_some_models(lua_State* L, int index) {
  std::vector<Model> models = check_models(L, index);
  if (models.empty())
    throw ArgError(index, "at least one Model expected, got an empty list");
  return models;
}

/// The group of each text, from 0, and the number of groups: arguments 4 and 5.
std::pair<std::vector<int64_t>, int64_t> check_groups(lua_State* L, std::size_t texts) {
  const int64_t count = check_integer(L, 5, 1, 1 << 20);
  std::vector<int64_t> groups = check_indices(L, 4, count);
  if (groups.size() != texts)
    throw ArgError(4, cat(groups.size(), " groups for ", texts, " texts"));
  return {std::move(groups), count};
}

template <class Statistic> void push_statistic(lua_State* L, const Statistic& one) {
  Box<Statistic>::push(L, one);
}

template <> void push_statistic(lua_State* L, const ValueSummary& one) {
  lua_createtable(L, 0, 2);
  MomentsBox::push(L, one.moments);
  lua_setfield(L, -2, "moments");
  SketchBox::push(L, one.sketch);
  lua_setfield(L, -2, "sketch");
}

/// One Statistic by model, site and group of texts, as `capture` of the engine folds them.
template <class Statistic, auto capture> int run_folded(lua_State* L) {
  const auto models = check_some_models(L, 1);
  const auto& texts = check_tokens(L, 2);
  const auto [groups, count] = check_groups(L, texts.size());
  const auto captured = capture(models, texts, check_sites(L, 3, models.front()), groups, count);
  return push_captured(L, captured, [L](const std::vector<Statistic>& by_group) {
    push_list(L, by_group, [L](const Statistic& one) { push_statistic(L, one); });
  });
}

int run_means(lua_State* L) {
  const auto models = check_some_models(L, 1);
  const auto captured =
      capture_means(models, check_tokens(L, 2), check_sites(L, 3, models.front()));
  return push_captured(L, captured, [L](const at::Tensor& means) { push_tensor(L, means); });
}

int run_tensors(lua_State* L) {
  const auto models = check_some_models(L, 1);
  const auto captured =
      capture_tensors(models, check_tokens(L, 2), check_sites(L, 3, models.front()));
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
@param stream_bytes? number  What the residual streams of shared prefixes may take at once; 1e9 by default.
@param precision? string  "float32", or "bfloat16" for the products of linear layers and head.
@return number[][]  [model][text], NLL summed over predicted tokens [nats].
@return integer[]  [text], predicted tokens: all but the first.
@return table  remembered (results from the store), stream_bytes (the most used), layer_tokens (tokens through layers
and heads), trie_tokens (the same as the plan asked for).)"},
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
    {"cost", run_cost, R"(Returns what one run of all models would cost.
@param models Model[]
@param texts Tokens
@return table  models, distinct (models that differ), layers (to run, heads included), separate_layers (if each model
ran by itself), flops, separate_flops, tensors (changed weights to make).)"},
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
    {"summaries", run_folded<ValueSummary, capture_summaries>,
     R"(Returns moments and sketches of all activation values at each site, by group of texts, from one run.
@param models Model|Model[]
@param texts Tokens
@param sites string[]  Globs.
@param groups integer[]  The group of each text, from 1.
@param count integer  Number of groups.
@return table[][][]  [model][site][group]: moments, sketch.)"},
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
