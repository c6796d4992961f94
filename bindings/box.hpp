#pragma once
// Typed userdata: Box<T> keeps a T inside a Lua value. One recipe makes the metatable of every
// type.

#include "bindings/args.hpp"
#include "bindings/entry.hpp"

#include <concepts>
#include <lua.hpp>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace residua {

namespace detail {

/// What a type's metatable is made of; `key` is an address that identifies the C++ type.
struct TypeRecipe {
  const void* key;
  const char* module;
  const char* name;
  std::span<const Entry> methods;
  std::span<const Entry> metamethods;
  lua_CFunction drop; ///< __gc and __close
  const Entry* release;
  lua_CFunction equal; ///< __eq where the entries define none; may be null
};

void make_type(lua_State* L, const TypeRecipe& recipe);
void add_methods(lua_State* L, const void* key, std::span<const Entry> methods);
void add_metamethods(lua_State* L, const void* key, std::span<const Entry> metamethods);
/// Sets the metatable of the type at `key` on the userdata on the stack top.
void set_type(lua_State* L, const void* key);
/// Whether the value at `index` is a userdata of the type at `key`. Allocates nothing.
bool has_type(lua_State* L, int index, const void* key) noexcept;
/// "Tensor expected, got number" with the name registered for `key`.
[[noreturn]] void throw_not_type(lua_State* L, int index, const void* key);
/// "Tensor was released".
[[noreturn]] void throw_released(lua_State* L, int index, const void* key);

} // namespace detail

/// A userdata that holds a T, or nothing once released or collected.
template <class T> class Box {
  // Lua aligns userdata to 8 bytes; stricter types live on the heap.
  static constexpr bool kInline = alignof(T) <= alignof(double);
  using Holder = std::conditional_t<kInline, std::optional<T>, std::unique_ptr<T>>;

 public:
  /// Pushes the value; returns 1. The type must be registered.
  static int push(lua_State* L, T value) {
    reserve(L, 4);
    auto* holder = new (lua_newuserdatauv(L, sizeof(Holder), 0)) Holder();
    detail::set_type(L, key()); // while still empty, so that an error leaves nothing half-made
    if constexpr (kInline)
      holder->emplace(std::move(value));
    else
      *holder = std::make_unique<T>(std::move(value));
    return 1;
  }

  /// The value of the argument; throws ArgError for another type and for a released value.
  static T& check(lua_State* L, int index) {
    if (!is(L, index))
      detail::throw_not_type(L, index, key());
    Holder& holder = holder_at(L, index);
    if (!holder)
      detail::throw_released(L, index, key());
    return *holder;
  }

  /// The value, or null when the argument is of another type; throws for a released value.
  static T* test(lua_State* L, int index) { return is(L, index) ? &check(L, index) : nullptr; }

  /// Null also when the argument is absent; throws for any other type.
  static T* opt(lua_State* L, int index) {
    return is_absent(L, index) ? nullptr : &check(L, index);
  }

  /// Whether the argument is a T, alive or released.
  static bool is(lua_State* L, int index) noexcept { return detail::has_type(L, index, key()); }

  /// Drops the value now; again is allowed and does nothing.
  static void release(lua_State* L, int index) {
    if (!is(L, index))
      detail::throw_not_type(L, index, key());
    holder_at(L, index).reset();
  }

  /// Identifies the type in the registry.
  static const void* key() noexcept {
    static const char address = 0;
    return &address;
  }

 private:
  template <class U>
  friend void register_type(lua_State*, const char*, const char*, std::span<const Entry>,
                            std::span<const Entry>);

  static Holder& holder_at(lua_State* L, int index) noexcept {
    return *static_cast<Holder*>(lua_touserdata(L, index));
  }

  // __gc and __close: no throw, no allocation. A script may call them with anything.
  static int drop(lua_State* L) {
    if (is(L, 1))
      holder_at(L, 1).reset();
    return 0;
  }

  static int release_body(lua_State* L) {
    release(L, 1);
    return 0;
  }

  static constexpr bool kComparable = requires(const T& a) {
    { a == a } -> std::same_as<bool>;
  };

  static int equal(lua_State* L) {
    bool same = false;
    if constexpr (kComparable)
      same = is(L, 1) && is(L, 2) && holder_at(L, 1) && holder_at(L, 2) &&
             *holder_at(L, 1) == *holder_at(L, 2);
    lua_pushboolean(L, same);
    return 1;
  }

  static inline const Entry kRelease{
      "release", release_body,
      R"(Drops what this value holds now instead of at the next collection; later use is an error.

`local x <close> = ...` does the same at the end of the block.
@example
local t = tensor.zeros(2)
t:release()
assert(not pcall(t.numel, t)))"};
};

/// Registers T under `name` ("Tensor") in the field `module` of the native table on the stack top:
/// methods, `release`, and the metamethods `__gc __close __tostring __eq __name`. The method table
/// becomes native[module][name], so that the Lua library can add methods to it.
template <class T>
void register_type(lua_State* L, const char* module, const char* name,
                   std::span<const Entry> methods, std::span<const Entry> metamethods = {}) {
  using B = Box<T>;
  detail::make_type(L, {B::key(), module, name, methods, metamethods, B::drop, &B::kRelease,
                        B::kComparable ? B::equal : nullptr});
}

/// Adds methods to the registered type T, for a type whose methods are spread over files.
template <class T> void register_methods(lua_State* L, std::span<const Entry> methods) {
  detail::add_methods(L, Box<T>::key(), methods);
}

/// Adds metamethods to the registered type T.
template <class T> void register_metamethods(lua_State* L, std::span<const Entry> metamethods) {
  detail::add_metamethods(L, Box<T>::key(), metamethods);
}

/// Pushes the table of all registered types, name -> metatable; a metatable's `__methods` is the
/// method table.
void push_types(lua_State* L);

} // namespace residua
