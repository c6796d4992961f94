// Quantizers.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/digest.hpp"
#include "engine/quant/grid_error.hpp"

#include <algorithm>

namespace residua {

namespace {

constexpr std::string_view kScaleFormats[] = {"float32", "power_of_two", "e4m3"};

void push_positions(lua_State* L, std::vector<int64_t> positions) {
  for (int64_t& position : positions)
    ++position;
  push(L, positions);
}

} // namespace

int push_quantizer_options(lua_State* L, const Quantizer& q) {
  lua_newtable(L);
  set_field(L, "grid", kGridNames[static_cast<int>(q.grid.kind)]);
  set_field(L, "bits", q.grid.bits);
  set_field(L, "per", kGranularityNames[static_cast<int>(q.per)]);
  set_field(L, "group", q.group_size);
  set_field(L, "clip", kClipNames[static_cast<int>(q.clip.rule)]);
  set_field(L, "clip_value", q.clip.value);
  set_field(L, "one_sided", q.clip.one_sided);
  set_field(L, "scales", kScaleFormats[static_cast<int>(q.scale_format)]);
  if (q.rounding == Rounding::stochastic)
    set_field(L, "seed", static_cast<int64_t>(q.seed));
  set_field(L, "bias_correction", q.bias_correction);
  set_field(L, "allocate_bits", q.bit_allocation);
  push_positions(L, q.kept_rows);
  lua_setfield(L, -2, "rows");
  push_positions(L, q.kept_columns);
  lua_setfield(L, -2, "columns");
  return 1;
}

namespace {

int quant_make(lua_State* L) {
  Quantizer q;
  q.grid.kind = static_cast<GridKind>(check_enum(L, 1, "grid", kGridNames));
  if (q.grid.is_integer()) // others leave it as it is, so that equal ones are equal
    q.grid.bits = static_cast<int>(check_integer(L, 2, 2, 8));
  q.per = static_cast<Granularity>(check_enum(L, 3, "granularity", kGranularityNames));
  q.group_size =
      opt_integer(L, 4, q.group_size); // others leave the default, so that equal ones are equal
  q.clip.rule = static_cast<ClipRule>(check_enum(L, 5, "clip", kClipNames));
  q.clip.value = opt_number(L, 6, 0);
  q.clip.one_sided = opt_boolean(L, 7, false);
  q.scale_format = static_cast<ScaleFormat>(check_enum(L, 8, "scale format", kScaleFormats));
  q.rounding = is_absent(L, 9) ? Rounding::half_even : Rounding::stochastic;
  q.seed = static_cast<uint64_t>(opt_integer(L, 9, 0));
  q.bias_correction = opt_boolean(L, 10, false);
  q.bit_allocation = opt_boolean(L, 11, false);
  check(q);
  return QuantizerBox::push(L, q);
}

/// Positions from 1 as ascending positions from 0, each once.
std::vector<int64_t> check_positions(lua_State* L, int index) {
  std::vector<int64_t> positions = check_integers(L, index);
  for (int64_t& position : positions) {
    if (position < 1)
      throw ArgError(index, cat("position ", position, "; positions count from 1"));
    --position;
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

int quantizer_keeping(lua_State* L) {
  Quantizer q = QuantizerBox::check(L, 1);
  q.kept_rows = check_positions(L, 2);
  q.kept_columns = check_positions(L, 3);
  return QuantizerBox::push(L, q);
}

int quantizer_error(lua_State* L) {
  const QuantError error = QuantizerBox::check(L, 1).error(check_tensor(L, 2));
  lua_newtable(L);
  set_field(L, "mse", error.mse);
  set_field(L, "sqnr", error.sqnr);
  set_field(L, "clipped_share", error.clipped_share);
  set_field(L, "clipping_mse", error.clipping_mse);
  set_field(L, "rounding_mse", error.rounding_mse);
  set_field(L, "bits", error.bits);
  return 1;
}

int quantizer_options(lua_State* L) {
  return push_quantizer_options(L, QuantizerBox::check(L, 1));
}

constexpr std::string_view kLaws[] = {"gauss", "laplace"};

int quant_aciq_optimum(lua_State* L) {
  const auto law = static_cast<Law>(check_enum(L, 1, "law", kLaws));
  const double bits = check_number(L, 2);
  if (!(bits >= 1 && bits <= 16))
    throw ArgError(2, cat("bits = ", bits, "; use 1 to 16"));
  return push(L, aciq_optimum(law, bits));
}

int quantizer_optimum(lua_State* L) {
  const auto law = static_cast<Law>(check_enum(L, 2, "law", kLaws));
  const Grid& grid = QuantizerBox::check(L, 1).grid;
  const double threshold = grid_optimum(grid, law);
  push(L, threshold);
  push(L, grid_error(grid, law, threshold));
  return 2;
}

int quantizer_apply(lua_State* L) {
  return push_tensor(L, QuantizerBox::check(L, 1).apply(check_tensor(L, 2)));
}

int quantizer_bits(lua_State* L) {
  return push(L, QuantizerBox::check(L, 1).grid.code_bits());
}

int quantizer_per(lua_State* L) {
  return push(L, kGranularityNames[static_cast<int>(QuantizerBox::check(L, 1).per)]);
}

int quantizer_digest(lua_State* L) {
  return push(L, Digest().add(QuantizerBox::check(L, 1).describe()).hex());
}

int quantizer_tostring(lua_State* L) {
  return push(L, QuantizerBox::check(L, 1).describe());
}

const Entry kModule[] = {
    {"make", quant_make,
     R"(Returns a quantizer; `quant.int`, `quant.float` and their like have defaults.
@param grid string  symmetric, full, asymmetric, fp8_e4m3, fp8_e5m2, fp4_e2m1, nf4, ternary or binary.
@param bits integer  2 to 8 of the first three; the others have their own.
@param per string  tensor, channel, group, block or token.
@param group integer?  Values that share a scale, per group; side of a block; 128 when absent.
@param clip string  absmax, percentile, fixed, mse, aciq_gauss, aciq_laplace, aciq, kurtosis_rule or absmean.
@param clip_value number?  Of percentile [%] and fixed.
@param one_sided boolean?
@param scales string  float32, power_of_two or e4m3.
@param seed integer?  Rounds stochastically; half to even when absent.
@param bias_correction boolean?
@param allocate_bits boolean?
@return Quantizer)"},
    {"aciq_optimum", quant_aciq_optimum,
     R"(Returns ACIQ's optimal threshold, in units of the std (gauss) or the mean absolute deviation (laplace).
@param law string  "gauss" or "laplace".
@param bits number
@return number
@example
assert(math.abs(quant.aciq_optimum("laplace", 4) - 5.028640) < 1e-5))"},
};

const Entry kQuantizer[] = {
    {"apply", quantizer_apply,
     R"(Returns the values that a weight takes when quantized (fake quantization).
@param weight Tensor  [out, in], or one row.
@return Tensor  float32, same shape.
@example
local w = tensor.from_table { { 7, -3.4, 0.2 } }
assert(quant.int { bits = 4 }:apply(w):equal(tensor.from_table { { 7, -3, 0 } })))"},
    {"bits", quantizer_bits, R"(Returns the bits of a code; log2 3 for ternary.
@return number)"},
    {"per", quantizer_per,
     R"(Returns what shares a scale: "tensor", "channel", "group", "block" or "token".
@return string)"},
    {"keeping", quantizer_keeping,
     R"(Returns the quantizer that leaves some rows and columns as they are; the others are quantized as if these were
not there.
@param rows integer[]  From 1.
@param columns integer[]  From 1.
@return Quantizer
@example
local w = tensor.from_table { { 9, 1 }, { 0.3, 0.7 } }
local q = quant.int { bits = 2, per = "tensor" }:keeping({}, { 1 })
assert(q:apply(w):equal(tensor.from_table { { 9, 1 }, { 0.3, 1 } })))"},
    {"error", quantizer_error,
     R"(Returns what quantizing does to a tensor, before any bias correction.
@param weight Tensor
@return table  mse, sqnr [dB], clipped_share, clipping_mse and rounding_mse (they add up to mse), bits per value with scales.
@example
local e = quant.int { bits = 8 }:error(model.load("mini"):param "L0.mlp.up")
assert(e.sqnr > 30 and e.clipped_share == 0 and e.bits > 8))"},
    {"options", quantizer_options,
     R"(Returns the options of the quantizer as plain data, which `quant.of` takes.
@return table)"},
    {"optimum", quantizer_optimum,
     R"(Returns the threshold of the least error on this grid for a law of unit scale, and that error, by exact integration.
@param law string  "gauss" (std 1) or "laplace" (mean absolute deviation 1).
@return number threshold
@return number mse
@example
assert(math.abs(quant.int { bits = 4 }:optimum("gauss") - 2.474) < 1e-3))"},
    {"digest", quantizer_digest, R"(Returns a digest: equal quantizers have equal ones.
@return string)"},
};
const Entry kQuantizerMeta[] = {{"__tostring", quantizer_tostring, "Describes the quantizer."}};

} // namespace

void register_quant(lua_State* L) {
  register_module(L, "quant", kModule);
  register_type<Quantizer>(L, "quant", "Quantizer", kQuantizer, kQuantizerMeta);
}

} // namespace residua
