// The opcodes that files of tensors need, as Lib/pickletools.py of Python describes them.

#include "engine/model/pickle.hpp"

#include "engine/error.hpp"
#include "engine/model/pickle_machine.hpp"

#include <array>

namespace residua {

using Kind = PickleValue::Kind;
using Machine = PickleMachine;

const char* kind_name(Kind kind) {
  static constexpr const char* kNames[] = {"None",     "a boolean", "an integer", "a number",
                                           "a string", "a tuple",   "a list",     "a dict",
                                           "a class",  "an object", "a storage"};
  return kNames[static_cast<int>(kind)];
}

static void protocol(Machine& m) {
  if (const int version = m.number<uint8_t>(); version < 2 || version > 5)
    m.fail(cat("the pickle has protocol ", version, ", not 2 to 5,"));
}

// Little-endian two's complement of any length; sizes of tensors fit in eight bytes.
static void long_integer(Machine& m) {
  const std::string_view digits = m.take(m.number<uint8_t>());
  if (digits.size() > 8)
    m.fail(cat("the pickle has an integer of ", digits.size(), " bytes"));
  const bool negative = !digits.empty() && static_cast<signed char>(digits.back()) < 0;
  int64_t value = negative ? -1 : 0;
  std::memcpy(&value, digits.data(), digits.size());
  m.push_integer(Kind::integer, value);
}

static void real_number(Machine& m) {
  m.take(8);
  m.push(Kind::number);
}

static void append(Machine& m) {
  const PickleValue* item = m.pop();
  m.top(Kind::list).items.push_back(item);
}

static void set_item(Machine& m) {
  const auto pair = m.pop(2);
  auto& items = m.top(Kind::dict).items;
  items.insert(items.end(), pair.begin(), pair.end());
}

static void extend(Machine& m, Kind kind) {
  const auto added = m.pop_to_mark();
  if (kind == Kind::dict && added.size() % 2 != 0)
    m.fail("the pickle has a key without value");
  auto& items = m.top(kind).items;
  items.insert(items.end(), added.begin(), added.end());
}

static void global(Machine& m) {
  const std::string_view module = m.line();
  m.push_global(module, m.line());
}

static void stack_global(Machine& m) {
  const std::string_view name = m.pop(Kind::text)->text;
  m.push_global(m.pop(Kind::text)->text, name);
}

static void reduce(Machine& m) {
  const PickleValue* arguments = m.pop(Kind::tuple);
  const PickleValue* callee = m.pop(Kind::global);
  if (callee->text == "collections.OrderedDict" && arguments->items.empty())
    m.push(Kind::dict);
  else
    m.push_items(Kind::call, {callee, arguments});
}

// Attributes of a dict (`_metadata` of a state_dict) hold no weights; nothing else may have any.
static void build(Machine& m) {
  m.pop();
  m.top(Kind::dict);
}

struct Opcode {
  unsigned char code;
  void (*act)(Machine&);
};

static const Opcode kOpcodes[] = {
    {0x80, protocol},                                             // PROTO
    {0x95, [](Machine& m) { m.take(8); }},                        // FRAME: a length
    {'N', [](Machine& m) { m.push(Kind::none); }},                // NONE
    {0x88, [](Machine& m) { m.push_integer(Kind::boolean, 1); }}, // NEWTRUE
    {0x89, [](Machine& m) { m.push_integer(Kind::boolean, 0); }}, // NEWFALSE
    {'K', [](Machine& m) { m.push_integer(Kind::integer, m.number<uint8_t>()); }},  // BININT1
    {'M', [](Machine& m) { m.push_integer(Kind::integer, m.number<uint16_t>()); }}, // BININT2
    {'J', [](Machine& m) { m.push_integer(Kind::integer, m.number<int32_t>()); }},  // BININT
    {0x8a, long_integer},                                                           // LONG1
    {'G', real_number},                                                             // BINFLOAT
    {'X', [](Machine& m) { m.push_text(m.take(m.number<uint32_t>())); }},           // BINUNICODE
    {0x8c, [](Machine& m) { m.push_text(m.take(m.number<uint8_t>())); }},  // SHORT_BINUNICODE
    {')', [](Machine& m) { m.push(Kind::tuple); }},                        // EMPTY_TUPLE
    {']', [](Machine& m) { m.push(Kind::list); }},                         // EMPTY_LIST
    {'}', [](Machine& m) { m.push(Kind::dict); }},                         // EMPTY_DICT
    {'(', [](Machine& m) { m.mark(); }},                                   // MARK
    {'t', [](Machine& m) { m.push_items(Kind::tuple, m.pop_to_mark()); }}, // TUPLE
    {0x85, [](Machine& m) { m.push_items(Kind::tuple, m.pop(1)); }},       // TUPLE1
    {0x86, [](Machine& m) { m.push_items(Kind::tuple, m.pop(2)); }},       // TUPLE2
    {0x87, [](Machine& m) { m.push_items(Kind::tuple, m.pop(3)); }},       // TUPLE3
    {'a', append},                                                         // APPEND
    {'e', [](Machine& m) { extend(m, Kind::list); }},                      // APPENDS
    {'s', set_item},                                                       // SETITEM
    {'u', [](Machine& m) { extend(m, Kind::dict); }},                      // SETITEMS
    {'q', [](Machine& m) { m.put(m.number<uint8_t>()); }},                 // BINPUT
    {'r', [](Machine& m) { m.put(m.number<uint32_t>()); }},                // LONG_BINPUT
    {0x94, [](Machine& m) { m.put_next(); }},                              // MEMOIZE
    {'h', [](Machine& m) { m.get(m.number<uint8_t>()); }},                 // BINGET
    {'j', [](Machine& m) { m.get(m.number<uint32_t>()); }},                // LONG_BINGET
    {'c', global},                                                         // GLOBAL
    {0x93, stack_global},                                                  // STACK_GLOBAL
    {'Q', [](Machine& m) { m.push_items(Kind::stored, m.pop(1)); }},       // BINPERSID
    {'R', reduce},                                                         // REDUCE
    {'b', build},                                                          // BUILD
};

static const std::array<void (*)(Machine&), 256>& actions() {
  static const auto kActions = [] {
    std::array<void (*)(Machine&), 256> table{};
    for (const Opcode& opcode : kOpcodes)
      table[opcode.code] = opcode.act;
    return table;
  }();
  return kActions;
}

Pickle Pickle::parse(std::string_view bytes, std::span<const std::string_view> globals,
                     const std::string& origin) {
  Pickle pickle;
  Machine machine(bytes, globals, origin, pickle.values_);
  constexpr unsigned char kStop = '.';
  for (unsigned char code = machine.opcode(); code != kStop; code = machine.opcode()) {
    if (actions()[code] == nullptr)
      machine.fail(cat("the pickle has opcode ", int{code}, ", which no file of tensors needs,"));
    actions()[code](machine);
  }
  pickle.root_ = machine.pop();
  return pickle;
}

} // namespace residua
