// Quantization methods that know what a weight reads: GPTQ, AWQ, SmoothQuant; and HQQ, rotations.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/probe/inputs.hpp"
#include "engine/quant/gptq.hpp"
#include "engine/quant/hqq.hpp"
#include "engine/quant/scaling.hpp"

namespace residua {

namespace {

using InputsBox = Box<Inputs>;

int quant_inputs(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  const auto inputs =
      capture_inputs(model, check_tokens(L, 2), check_sites(L, 3, model), check_numbers(L, 4));
  return push_list(L, inputs, [L](const Inputs& one) { InputsBox::push(L, one); });
}

int quant_gptq(lua_State* L) {
  GptqOptions options;
  options.damp = opt_number(L, 4, options.damp);
  options.block = opt_integer(L, 5, options.block);
  options.act_order = opt_boolean(L, 6, false);
  return push_tensor(
      L, gptq(check_tensor(L, 1), InputsBox::check(L, 2), QuantizerBox::check(L, 3), options));
}

int quant_awq(lua_State* L) {
  const AwqResult result = awq(check_tensor(L, 1), InputsBox::check(L, 2),
                               QuantizerBox::check(L, 3), opt_integer(L, 4, 20));
  push_tensor(L, result.weight);
  push(L, result.alpha);
  return 2;
}

int quant_smoothing_scales(lua_State* L) {
  return push_tensor(L, smoothing_scales(InputsBox::check(L, 1).max_abs, check_tensor(L, 2),
                                         opt_number(L, 3, 0.5)));
}

int quant_scaled(lua_State* L) {
  return push_tensor(
      L, quantize_scaled(check_tensor(L, 1), check_tensor(L, 2), QuantizerBox::check(L, 3)));
}

int quant_rotated(lua_State* L) {
  return push_tensor(L, quantize_rotated(check_tensor(L, 1), QuantizerBox::check(L, 2),
                                         static_cast<uint64_t>(opt_integer(L, 3, 1))));
}

int quant_hqq(lua_State* L) {
  HqqOptions options;
  options.bits = static_cast<int>(check_integer(L, 2, 2, 8));
  options.group_size = check_integer(L, 3, 1, int64_t{1} << 31);
  options.p = opt_number(L, 4, options.p);
  options.steps = opt_integer(L, 5, options.steps);
  return push_tensor(L, hqq(check_tensor(L, 1), options));
}

int quant_output_error(lua_State* L) {
  return push(L, output_error(check_tensor(L, 1), check_tensor(L, 2), InputsBox::check(L, 3)));
}

int inputs_tostring(lua_State* L) {
  const Inputs& inputs = InputsBox::check(L, 1);
  return push(L, cat("Inputs of width ", inputs.gram.defined() ? inputs.gram.size(0) : 0, " over ",
                     inputs.tokens, " tokens"));
}

int inputs_max_abs(lua_State* L) {
  return push_tensor(L, InputsBox::check(L, 1).max_abs);
}

const Entry kModule[] = {
    {"inputs", quant_inputs, R"(Returns what weights read at sites, for the calibrated methods.
@param model Model
@param tokens Tokens
@param sites string[]
@param weights number[]  How often each text counts.
@return Inputs[])"},
    {"gptq", quant_gptq, R"(Returns a weight after GPTQ.
@param weight Tensor  [out, in]
@param inputs Inputs
@param quantizer Quantizer  Per tensor, channel or group.
@param damp? number  0.01 of the mean diagonal when absent.
@param stride? integer  Columns between updates of the rest; 128 when absent.
@param act_order? boolean  Columns of the largest activations first.
@return Tensor)"},
    {"awq", quant_awq, R"(Returns a weight after AWQ, and the exponent found.
@param weight Tensor  [out, in]
@param inputs Inputs
@param quantizer Quantizer
@param grid? integer  Exponents tried; 20 when absent.
@return Tensor
@return number alpha)"},
    {"smoothing_scales", quant_smoothing_scales, R"(Returns SmoothQuant's factor of each column.
@param inputs Inputs
@param max_weight Tensor  [in] greatest |w| of each column, over all weights that read the activation.
@param alpha? number  0.5 when absent.
@return Tensor  [in])"},
    {"scaled", quant_scaled,
     R"(Returns a weight whose columns are scaled, quantized, and scaled back.
@param weight Tensor  [out, in]
@param scales Tensor  [in]
@param quantizer Quantizer
@return Tensor)"},
    {"rotated", quant_rotated,
     R"(Returns a weight whose rows are rotated, quantized, and rotated back.
@param weight Tensor  [out, in]
@param quantizer Quantizer
@param seed? integer  Of the rotation.
@return Tensor)"},
    {"hqq", quant_hqq, R"(Returns a weight after HQQ.
@param weight Tensor  [out, in]
@param bits integer
@param group integer  Must divide the columns.
@param p? number  0.7 when absent.
@param steps? integer  20 when absent.
@return Tensor)"},
    {"output_error", quant_output_error,
     R"(Returns the mean squared error per token at the output when a weight changes.
@param weight Tensor  [out, in]
@param changed Tensor
@param inputs Inputs
@return number)"},
};

const Entry kInputs[] = {
    {"max_abs", inputs_max_abs, R"(Returns the greatest magnitude of each column.
@return Tensor  [width])"},
};
const Entry kInputsMeta[] = {{"__tostring", inputs_tostring, "Describes the inputs in a line."}};

} // namespace

void register_quant_methods(lua_State* L) {
  register_module(L, "quant", kModule);
  register_type<Inputs>(L, "quant", "Inputs", kInputs, kInputsMeta);
}

} // namespace residua
