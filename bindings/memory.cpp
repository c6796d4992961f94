#include "bindings/memory.hpp"

#include "bindings/args.hpp"
#include "bindings/entry.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace residua {

void TensorBudget::add(const void* storage, std::size_t bytes) {
  auto [entry, fresh] = storages_.try_emplace(storage, Storage{bytes, 0});
  ++entry->second.handles;
  if (!fresh)
    return;
  live_ += bytes;
  peak_ = std::max(peak_, live_);
}

void TensorBudget::remove(const void* storage) noexcept {
  const auto entry = storages_.find(storage);
  if (entry == storages_.end() || --entry->second.handles > 0)
    return;
  live_ -= entry->second.bytes;
  storages_.erase(entry);
}

void TensorBudget::settle(lua_State* L) {
  // In a finalizer, as after collectgarbage("stop"), the collector does not run, and says so.
  const bool many = storages_.size() > most_storages_;
  if ((live_ <= budget_ && !many) || lua_gc(L, LUA_GCISRUNNING) != 1)
    return;
  lua_gc(L, LUA_GCCOLLECT);
  ++collections_;
  if (static_cast<double>(storages_.size()) > 0.8 * static_cast<double>(most_storages_))
    most_storages_ = static_cast<std::size_t>(1.4 * static_cast<double>(most_storages_));
  if (static_cast<double>(live_) > 0.8 * static_cast<double>(budget_))
    budget_ = static_cast<std::size_t>(1.4 * static_cast<double>(budget_));
}

Lease::Lease(std::shared_ptr<TensorBudget> budget, const void* storage, std::size_t bytes)
    : budget_(std::move(budget)), storage_(storage) {
  budget_->add(storage_, bytes);
}

Lease::~Lease() {
  if (budget_)
    budget_->remove(storage_);
}

Lease::Lease(Lease&& other) noexcept
    : budget_(std::move(other.budget_)), storage_(std::exchange(other.storage_, nullptr)) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(storage_, other.storage_);
  return *this;
}

namespace {

using Holder = std::shared_ptr<TensorBudget>;
constexpr char kKey = 0; // its address is the registry key

int drop_holder(lua_State* L) {
  static_cast<Holder*>(lua_touserdata(L, 1))->reset();
  return 0;
}

Holder& make_holder(lua_State* L) {
  auto* holder = new (lua_newuserdatauv(L, sizeof(Holder), 0)) Holder();
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, drop_holder);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kKey);
  *holder = std::make_shared<TensorBudget>();
  return *holder;
}

int memory_stats(lua_State* L) {
  const auto budget = tensor_budget(L);
  lua_createtable(L, 0, 4);
  set_field(L, "live", budget->live());
  set_field(L, "peak", budget->peak());
  set_field(L, "budget", budget->budget());
  set_field(L, "collections", budget->collections());
  return 1;
}

int memory_set_budget(lua_State* L) {
  tensor_budget(L)->set_budget(static_cast<std::size_t>(check_integer(L, 1, 1, int64_t{1} << 50)));
  return 0;
}

const Entry kModule[] = {
    {"stats", memory_stats, R"(Returns what the tensors that scripts hold take, in bytes.

`live` counts each storage once, however many tensors view it; `peak` is its highest value so far; `budget` is the
level that starts a full collection, as 100 000 small tensors do; `collections` counts these.
@return {live: integer, peak: integer, budget: integer, collections: integer}
@example
local kept = tensor.zeros(1000)
assert(memory.stats().live >= 4000 and kept:numel() == 1000))"},
    {"set_budget", memory_set_budget,
     R"(Sets the level of live tensor bytes that starts a full collection.

If more than 80 % of it is still live after the collection, it rises by 40 %.
@param bytes integer  At least 1; 268435456 at the start.
@example
memory.set_budget(512 * 1024 * 1024)
assert(memory.stats().budget == 536870912))"},
};

} // namespace

std::shared_ptr<TensorBudget> tensor_budget(lua_State* L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &kKey);
  auto* holder = static_cast<Holder*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return holder ? *holder : make_holder(L);
}

void register_memory(lua_State* L) {
  tensor_budget(L); // older than every tensor, and so finalized after them
  register_module(L, "memory", kModule);
}

} // namespace residua
