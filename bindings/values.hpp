#pragma once
// The engine values that Lua holds, each boxed in its own userdata type. All are immutable but
// Trainer.

#include "bindings/box.hpp"
#include "bindings/wrap_tensor.hpp"
#include "engine/model/model.hpp"
#include "engine/model/packed.hpp"
#include "engine/stats/moments.hpp"
#include "engine/stats/quantile_sketch.hpp"
#include "engine/text/corpus.hpp"
#include "engine/train/trainer.hpp"

#include <memory>

namespace residua {

/// Texts as token ids, ready to run.
struct Tokens {
  std::shared_ptr<const std::vector<TokenIds>> texts;
};

using TokenizerBox = Box<std::shared_ptr<const Tokenizer>>;
using CorpusBox = Box<std::shared_ptr<const Corpus>>;
using TokensBox = Box<Tokens>;
using ModelBox = Box<Model>;
using QuantizerBox = Box<Quantizer>;
using PlanBox = Box<Plan>;
using MomentsBox = Box<stats::Moments>;
using SketchBox = Box<stats::QuantileSketch>;
using TrainerBox = Box<std::unique_ptr<Trainer>>;

/// Pushes the options of a quantizer as plain data; returns 1.
int push_quantizer_options(lua_State* L, const Quantizer& quantizer);

/// The model itself, or each of a list of models.
std::vector<Model> check_models(lua_State* L, int index);
const std::vector<TokenIds>& check_tokens(lua_State* L, int index);
/// The sites that a list of selectors names, in forward order, each once.
std::vector<Site> check_sites(lua_State* L, int index, const Model& model);

/// Pushes a list, one `push_one(element)` each; returns 1.
template <class List, class PushOne>
int push_list(lua_State* L, const List& list, PushOne push_one) {
  reserve(L, 4);
  lua_createtable(L, static_cast<int>(list.size()), 0);
  lua_Integer position = 0;
  for (const auto& element : list) {
    push_one(element);
    lua_rawseti(L, -2, ++position);
  }
  return 1;
}

} // namespace residua
