// Statistics: how alike two representations of the same items are.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"

namespace residua {

namespace {

using namespace stats;

int stats_linear_cka(lua_State* L) {
  return push(L, linear_cka(Rows(L, 1).map(), Rows(L, 2).map()));
}

int stats_mean_cosine(lua_State* L) {
  const bool centre = opt_boolean(L, 3, false);
  const Rows x(L, 1), y(L, 2);
  return push(L, centre ? mean_cosine(centered(x.map()), centered(y.map()))
                        : mean_cosine(x.map(), y.map()));
}

int stats_retrieval(lua_State* L) {
  const bool centre = opt_boolean(L, 3, false);
  const Rows x(L, 1), y(L, 2);
  return push(L, centre ? retrieval(centered(x.map()), centered(y.map()))
                        : retrieval(x.map(), y.map()));
}

const Entry kModule[] = {
    {"linear_cka", stats_linear_cka,
     R"(Returns the unbiased linear CKA of two representations (Song et al. 2012).
@param x Tensor  [items, features]
@param y Tensor  [items, features]
@return number  At most 1; about 0 for unrelated ones.)"},
    {"mean_cosine", stats_mean_cosine, R"(Returns the mean cosine of matching rows.
@param x Tensor  [items, features]
@param y Tensor  [items, features]
@param centre? boolean  Subtract each side's mean row first.
@return number  -1 to 1.)"},
    {"retrieval", stats_retrieval,
     R"(Returns how often a row's nearest neighbour by cosine on the other side is its match.
@param x Tensor  [items, features]
@param y Tensor  [items, features]
@param centre? boolean  Subtract each side's mean row first.
@return number  0 to 1, both directions averaged.)"},
};

} // namespace

void register_stats_similarity(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
