// Model: immutable values that share weights. Options and selectors are resolved in
// stdlib/residua/model.lua.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/dtype.hpp"
#include "engine/model/family.hpp"

#include <ATen/ATen.h>
#include <algorithm>

namespace residua {

std::vector<Model> check_models(lua_State* L, int index) {
  if (const Model* one = ModelBox::test(L, index))
    return {*one};
  std::vector<Model> models;
  read_elements(L, index, [&](int at, int64_t) { models.push_back(ModelBox::check(L, at)); });
  return models;
}

std::vector<Site> check_sites(lua_State* L, int index, const Model& model) {
  std::vector<Site> sites;
  for (const std::string& selector : check_strings(L, index))
    for (const Site& site : find_sites(selector, model.architecture()))
      if (std::find(sites.begin(), sites.end(), site) == sites.end())
        sites.push_back(site);
  return sites;
}

namespace {

int model_load(lua_State* L) {
  return ModelBox::push(L, Model(load_weights(check_string(L, 1))));
}

int model_random(lua_State* L) {
  const Config config = Config::parse(std::string(check_string(L, 1)), "config");
  const auto* tokenizer = TokenizerBox::opt(L, 3);
  return ModelBox::push(
      L, Model(random_weights(family_of(config).describe(config), check_integer(L, 2),
                              tokenizer ? *tokenizer : nullptr)));
}

int model_save(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  constexpr std::string_view kDtypes[] = {"float32", "float16"};
  const auto dtype = *find_dtype(kDtypes[check_enum(L, 3, "dtype", kDtypes)]);
  save_weights(model.weights(), check_string(L, 2), dtype, std::string(check_string(L, 4)));
  return 0;
}

int model_name(lua_State* L) {
  return push(L, ModelBox::check(L, 1).weights().name());
}

int model_architecture(lua_State* L) {
  const Architecture& a = ModelBox::check(L, 1).architecture();
  lua_newtable(L);
  set_field(L, "family", a.family);
  set_field(L, "layers", a.layers);
  set_field(L, "width", a.width);
  set_field(L, "heads", a.heads);
  set_field(L, "kv_heads", a.kv_heads);
  set_field(L, "head_width", a.head_width);
  set_field(L, "mlp_width", a.mlp_width);
  set_field(L, "vocab", a.vocab);
  set_field(L, "context", a.context);
  set_field(L, "tied_head", a.tied_head);
  return 1;
}

int model_layers(lua_State* L) {
  return push(L, ModelBox::check(L, 1).architecture().layers);
}

int model_params(lua_State* L) {
  return push_list(L, ModelBox::check(L, 1).weights().params(), [L](const Param& param) {
    lua_newtable(L);
    set_field(L, "name", param.name);
    set_field(L, "shape", param.oriented().sizes());
    set_field(L, "dtype", dtype_name(param.stored.scalar_type()));
    if (param.layer() >= 0)
      set_field(L, "layer", param.layer());
  });
}

int model_param(lua_State* L) {
  return push_tensor(L, ModelBox::check(L, 1).param(std::string(check_string(L, 2))));
}

int model_has(lua_State* L) {
  return push(L, ModelBox::check(L, 1).has(std::string(check_string(L, 2))));
}

int model_edited(lua_State* L) {
  return push(L, ModelBox::check(L, 1).edited(std::string(check_string(L, 2))));
}

int model_with(lua_State* L) {
  return ModelBox::push(L, ModelBox::check(L, 1).with(PlanBox::check(L, 2)));
}

int model_with_param(lua_State* L) {
  return ModelBox::push(
      L, ModelBox::check(L, 1).with_param(std::string(check_string(L, 2)), check_tensor(L, 3)));
}

int model_ablate_site(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  const at::Tensor* value = opt_tensor(L, 3);
  Model changed = model;
  for (const Site& site : find_sites(std::string(check_string(L, 2)), model.architecture()))
    changed = changed.ablated(site, {value ? *value : at::Tensor(), ""});
  return ModelBox::push(L, std::move(changed));
}

int model_quantize_site(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  ActivationQuantizer edit{QuantizerBox::check(L, 3), {}, {}};
  if (const at::Tensor* smoothing = opt_tensor(L, 4))
    edit.smoothing = *smoothing;
  if (const auto seed = maybe_integer(L, 5))
    edit.rotation = static_cast<uint64_t>(*seed);
  Model changed = model;
  for (const Site& site : find_sites(std::string(check_string(L, 2)), model.architecture()))
    changed = changed.with_activation(site, edit);
  return ModelBox::push(L, std::move(changed));
}

int model_sites(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  const auto sites = find_sites(std::string(opt_string(L, 2, "*")), model.architecture());
  return push_list(L, sites, [L](const Site& site) { push(L, site.name()); });
}

int model_tokenizer(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  model.tokenizer(); // an Error when there is none
  return TokenizerBox::push(L, model.weights().tokenizer());
}

int model_digest(lua_State* L) {
  return push(L, ModelBox::check(L, 1).digest());
}

int model_tostring(lua_State* L) {
  return push(L, ModelBox::check(L, 1).describe());
}

const Entry kModule[] = {
    {"load", model_load, R"(Loads a checkpoint folder in the Hugging Face layout.
@param folder string  Has config.json, model.safetensors or pytorch_model.bin (or their shards), perhaps a tokenizer.
@return Model)"},
    {"random", model_random, R"(Returns a model with random weights, to be trained.
@param config string  JSON as in config.json: model_type, n_layer, n_embd, ...
@param seed integer
@param tokenizer? Tokenizer
@return Model)"},
    {"save", model_save,
     R"(Writes a gpt2 model in the Hugging Face layout. Writes the stored weights, without edits.
@param model Model
@param folder string  Made when absent.
@param dtype string  "float32" or "float16".
@param tokenizer_json string  Text of tokenizer.json; empty for none.)"},
};

const Entry kMethods[] = {
    {"name", model_name, R"(Returns the name of the checkpoint that the model was made from.
@return string)"},
    {"architecture", model_architecture, R"(Returns the sizes of the model.
@return table  Fields family, layers, width, heads, kv_heads, head_width, mlp_width, vocab, context, tied_head.
@example
assert(model.load("mini"):architecture().layers == 12))"},
    {"layers", model_layers, R"(Returns the number of layers; they are called L0 to L(n-1).
@return integer)"},
    {"params", model_params, R"(Returns the params in the order of the checkpoint.
@return table[]  Fields name, shape, dtype, and layer (from 0) for params of a layer.
@example
assert(model.load("mini"):params()[1].name == "embed.tokens"))"},
    {"param", model_param,
     R"(Returns the effective weight: quantized or replaced if the model was made so.
@param name string  Canonical, "L3.attn.qkv".
@return Tensor  float32, [out, in] for a matrix.)"},
    {"has", model_has, R"(Returns whether the model has a param of this name.
@param name string
@return boolean)"},
    {"edited", model_edited,
     R"(Returns whether the param differs from the checkpoint: quantized or replaced.
@param name string
@return boolean)"},
    {"with", model_with,
     R"(Returns a model whose params are quantized as the plan says; this one stays as it is.
@param plan Plan
@return Model
@example
local p = plan.make { with = quant.int { bits = 8 } }
assert(model.load("mini"):with(p):edited("L3.attn.out")))"},
    {"with_param", model_with_param, R"(Returns a model in which one param is replaced.
@param name string
@param value Tensor  Of the param's shape.
@return Model
@example
local m = model.load("mini")
local zero = m:with_param("L0.mlp.down", m:param("L0.mlp.down") * 0)
assert(zero:param("L0.mlp.down"):abs():max() == 0 and m:param("L0.mlp.down"):abs():max() > 0))"},
    {"ablate_site", model_ablate_site,
     R"(Returns a model whose activations at a site are a constant.
@param site string  Glob of sites, "L3.attn.out".
@param value? Tensor  [width], the same at every token; zero when absent.
@return Model)"},
    {"quantize_site", model_quantize_site,
     R"(Returns a model whose activations at sites are quantized; `Model:quantized_activations` has options.
@param site string  Glob of sites, "L*.mlp.in".
@param quantizer Quantizer  Per token or group, or per tensor with a fixed clip.
@param smoothing? Tensor  [width] divides before and multiplies after.
@param rotation? integer  Seed of a rotation before, undone after.
@return Model)"},
    {"sites", model_sites,
     R"(Returns the names of the sites that a glob selects, in the order of the forward pass.
@param selector? string  All when absent; TransformerLens names are understood.
@return string[]
@example
assert(model.load("mini"):sites("blocks.3.hook_resid_post")[1] == "L3.resid.post"))"},
    {"tokenizer", model_tokenizer, R"(Returns the model's tokenizer.
@return Tokenizer)"},
    {"digest", model_digest,
     R"(Returns a digest of weights and edits: equal digests are equal functions.
@return string  32 hexadecimal digits.
@example
local m = model.load("mini")
assert(m:digest() == model.load("mini"):digest()))"},
};

const Entry kMeta[] = {{"__tostring", model_tostring, "Describes the model in a line."}};

} // namespace

void register_model(lua_State* L) {
  register_module(L, "model", kModule);
  register_type<Model>(L, "model", "Model", kMethods, kMeta);
}

} // namespace residua
