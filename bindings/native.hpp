#pragma once
// The one list of native modules.

#include <lua.hpp>

namespace residua {

/// Pushes a new table with one field per native module; returns 1. Call it protected.
int open_native(lua_State* L);

// Each adds its module to the native table on the stack top.
void register_help(lua_State* L);
void register_tensor(lua_State* L);
void register_tokenizer(lua_State* L);
void register_corpus(lua_State* L);
void register_quant(lua_State* L);
void register_quant_methods(lua_State* L);
void register_plan(lua_State* L);
void register_model(lua_State* L);
void register_checkpoint(lua_State* L);
void register_run(lua_State* L);
void register_divergence(lua_State* L);
void register_train(lua_State* L);
void register_stats(lua_State* L);
void register_store(lua_State* L);
void register_system(lua_State* L);
void register_json(lua_State* L);

} // namespace residua
