#include "bindings/native.hpp"

#include "bindings/memory.hpp"
#include "engine/device.hpp"
#include "engine/kernel/buffer_pool.hpp"

namespace residua {

static constexpr void (*kModules[])(lua_State*) = {
    register_memory, // first: tensors lean on it
    register_help,       register_tensor,        register_tokenizer,  register_corpus,
    register_quant,      register_quant_methods, register_plan,       register_model,
    register_checkpoint, register_run,           register_divergence, register_train,
    register_stats,      register_store,         register_system,     register_json,
};

int open_native(lua_State* L) {
  device::set_threads(0); // Debian's libtorch starts with one
  kernel::pool_buffers(std::size_t{64} << 20);
  lua_newtable(L);
  for (const auto register_one : kModules)
    register_one(L);
  return 1;
}

} // namespace residua
