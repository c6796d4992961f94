// Model folders that are incomplete, contradictory or hostile: one line each, naming the file and
// the field.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/sweep/evaluate.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

using namespace residua;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using nlohmann::json;

/// A copy of a golden checkpoint that a test may damage.
class Copy {
 public:
  explicit Copy(const std::string& name) {
    for (const auto& entry : std::filesystem::directory_iterator(golden::path(name)))
      std::filesystem::copy_file(entry.path(), path() / entry.path().filename());
  }
  std::filesystem::path path() const { return scratch_.path(); }
  std::filesystem::path path(const std::string& file) const { return path() / file; }

  void set(const std::string& field, const json& value) const {
    set_in("config.json", field, value);
  }
  void set_in(const std::string& file, const std::string& field, const json& value) const {
    json content = json::parse(read_file(path(file)));
    content[field] = value;
    write_file(path(file), content.dump());
  }
  /// Replaces (or, undefined, removes) a stored tensor.
  void put(const std::string& name, const at::Tensor& value) const {
    auto tensors = Safetensors::open(path("model.safetensors")).tensors();
    tensors.erase(name);
    if (value.defined())
      tensors[name] = value;
    save_safetensors(path("model.safetensors"), {tensors.begin(), tensors.end()});
  }
  /// What loading says; the folder's path is cut off where the message starts with it.
  std::string verdict() const {
    const std::string message = message_of([&] { load_weights(path()); });
    CHECK((message == "no error" || message.find(path().string()) != std::string::npos));
    return message.starts_with(path().string()) ? message.substr(path().string().size()) : message;
  }

 private:
  ScratchFolder scratch_;
};

/// What loading says after one field of config.json was changed.
static std::string after(const std::string& checkpoint, const std::string& field,
                         const json& value) {
  const Copy copy(checkpoint);
  copy.set(field, value);
  return copy.verdict();
}

TEST_CASE("what is missing is named", "[checkpoint]") {
  CHECK_THAT(message_of([] { load_weights("/no/such/model"); }),
             StartsWith("no model in '/no/such/model': no such folder; name a bundled model"));
  const Copy copy("gpt2-tied");
  copy.put("transformer.h.1.mlp.c_fc.weight", {});
  CHECK(copy.verdict() == ": tensor 'h.1.mlp.c_fc.weight' is missing; is the download complete?");
  std::filesystem::remove(copy.path("model.safetensors"));
  CHECK(copy.verdict() == ": no model.safetensors, no pytorch_model.bin and no index of their "
                          "shards; is the download complete?");
  std::filesystem::remove(copy.path("config.json"));
  CHECK(copy.verdict() == "/config.json: no such file; check the path");
}

TEST_CASE("a bias may be absent where the family has some models without", "[checkpoint]") {
  const Copy copy("llama-bf16");
  copy.put("model.layers.1.mlp.up_proj.bias", {});
  const Model model(load_weights(copy.path()));
  CHECK_FALSE(model.has("L1.mlp.up.bias"));
  const at::Tensor zero = at::zeros({40});
  CHECK(evaluate_tokens(model, {1, 2, 3}) ==
        evaluate_tokens(golden::load("llama-bf16").model.with_param("L1.mlp.up.bias", zero),
                        {1, 2, 3}));
  const Copy gpt2("gpt2-tied");
  gpt2.put("transformer.h.1.mlp.c_fc.bias", {});
  CHECK(gpt2.verdict() == ": tensor 'h.1.mlp.c_fc.bias' is missing; is the download complete?");
}

TEST_CASE("config.json that is no configuration", "[checkpoint]") {
  const Copy copy("gpt2-tied");
  const auto says = [&](const std::string& text) {
    write_file(copy.path("config.json"), text);
    return copy.verdict();
  };
  CHECK_THAT(says("{\"n_layer\": }"), StartsWith("/config.json: not valid JSON at byte 13"));
  CHECK_THAT(says(""), StartsWith("/config.json: not valid JSON at byte 1"));
  CHECK_THAT(says("{\"n_layer\": 1e999}"), StartsWith("/config.json: not valid JSON"));
  CHECK_THAT(says("[]"), StartsWith("/config.json: expected a JSON object"));
  CHECK_THAT(says("{}"), StartsWith("/config.json: field 'model_type' is missing"));
  CHECK_THAT(says(R"({"model_type": "gpt2"})"),
             StartsWith("/config.json: field 'n_layer' is missing"));
  CHECK_THAT(says(std::string(100000, '[')),
             StartsWith("/config.json: not valid JSON at byte 100001"));
}

TEST_CASE("fields of the wrong type are named", "[checkpoint]") {
  for (const json& wrong : {json("3"), json(3.5), json(true), json::array({3}), json::object()}) {
    CHECK(after("gpt2-tied", "n_layer", wrong) ==
          "/config.json: field 'n_layer' is not an integer");
    CHECK(after("gpt2-tied", "n_inner", wrong) ==
          "/config.json: field 'n_inner' is not an integer");
  }
  CHECK(after("gpt2-tied", "model_type", 2) == "/config.json: field 'model_type' is not a string");
  CHECK(after("gpt2-tied", "layer_norm_epsilon", "1e-5") ==
        "/config.json: field 'layer_norm_epsilon' is not a number");
  CHECK(after("gpt2-tied", "tie_word_embeddings", 1) ==
        "/config.json: field 'tie_word_embeddings' is not true or false");
  CHECK(after("gpt2-tied", "activation_function", json::array()) ==
        "/config.json: field 'activation_function' is not a string");
  CHECK(after("llama-gqa", "rope_parameters", 7) ==
        "/config.json: field 'rope_parameters' is not an object");
}

TEST_CASE("sizes that are absurd or contradict each other", "[checkpoint]") {
  const std::string range = "; it must lie in 1 to 16777216";
  for (const json& size : {json(0), json(-3), json(16777217), json(9223372036854775807),
                           json(18446744073709551615U)}) {
    CHECK_THAT(after("gpt2-tied", "n_layer", size),
               StartsWith("/config.json: the number of layers is "));
    CHECK_THAT(after("gpt2-tied", "vocab_size", size), EndsWith(range));
    CHECK_THAT(after("gpt2-tied", "n_embd", size), StartsWith("/config.json: "));
    CHECK_THAT(after("gpt2-tied", "n_head", size), StartsWith("/config.json: "));
    CHECK_THAT(after("llama-gqa", "num_attention_heads", size), StartsWith("/config.json: "));
    CHECK_THAT(after("llama-gqa", "num_key_value_heads", size), StartsWith("/config.json: "));
    CHECK_THAT(after("llama-gqa", "intermediate_size", size), EndsWith(range));
  }
  CHECK(after("gpt2-tied", "n_layer", 20000) ==
        "/config.json: 20000 layers; is this the right config.json?");
  CHECK(after("gpt2-tied", "n_head", 5) ==
        "/config.json: the width 32 does not divide over 5 heads");
  CHECK(after("llama-gqa", "num_key_value_heads", 3) ==
        "/config.json: 4 heads do not divide over 3 key/value heads");
  CHECK(after("llama-gqa", "head_dim", 7) ==
        "/config.json: 7 components of a head turn; rotary positions need an even number, at most "
        "65536");
  CHECK(after("gpt2-tied", "n_layer", 4) ==
        ": tensor 'h.3.ln_1.weight' is missing; is the download complete?");
  CHECK(after("gpt2-tied", "n_positions", 33) ==
        ": tensor 'wpe.weight' has shape [32, 32], config.json asks for [33, 32]; do the two files "
        "belong together?");
  CHECK(after("gpt2-tied", "n_inner", 64) ==
        ": tensor 'h.0.mlp.c_fc.weight' has shape [32, 128], config.json "
        "asks for [64, 32] (transposed); do the two files belong together?");
}

TEST_CASE("what the engine does not compute is refused", "[checkpoint]") {
  CHECK(after("gpt2-tied", "model_type", "mamba") ==
        "/config.json: model family 'mamba' is not supported; supported are bloom, gemma2, gpt2, "
        "gpt_neox, llama, mistral, opt, qwen2, qwen3, xglm");
  CHECK_THAT(after("gpt2-tied", "model_type", "a\nb"), StartsWith("/config.json: model family 'a"));
  CHECK(after("gpt2-tied", "quantization_config", json::object()) ==
        "/config.json: an already quantized checkpoint; use the original checkpoint that it was "
        "made from");
  CHECK(
      after("gpt2-tied", "activation_function", "mish") ==
      "/config.json: activation 'mish' is not supported; supported are gelu_new, gelu, silu, relu");
  CHECK(after("gpt2-tied", "scale_attn_weights", false) ==
        "/config.json: scale_attn_weights = false is not supported; use a checkpoint without it");
  CHECK(after("gpt2-tied", "scale_attn_by_inverse_layer_idx", true) ==
        "/config.json: scale_attn_by_inverse_layer_idx = true is not supported; use a checkpoint "
        "without it");
  CHECK(after("llama-gqa", "rope_parameters", {{"rope_type", "longrope"}}) ==
        "/config.json: rope_type 'longrope' is not supported; supported are default, linear, "
        "llama3, yarn");
  CHECK(after("llama-gqa", "rope_parameters", {{"rope_type", "llama3"}}) ==
        "/config.json: field 'factor' is missing; is this a model's config.json?");
  CHECK(after("llama-gqa", "rope_parameters", {{"rope_type", "linear"}, {"factor", 0}}) ==
        "/config.json: factor is 0; it must be above 0");
  CHECK(after("llama-gqa", "rope_parameters", {{"rope_theta", -1}}) ==
        "/config.json: rotary base -1, fraction 1; the base must be above 0, the fraction above 0 "
        "and at most 1");
  CHECK(after("llama-gqa", "rope_scaling", nullptr) == "no error");
}

TEST_CASE("a field that nests deeply does no harm", "[checkpoint]") {
  const Copy copy("llama-gqa");
  std::string config = read_file(copy.path("config.json"));
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  config.insert(config.find("\"rope_theta\""), "\"deep\": " + deep + ", ");
  write_file(copy.path("config.json"), config);
  CHECK(copy.verdict() == "no error");
}

TEST_CASE("tensors of the wrong kind", "[checkpoint]") {
  const Copy copy("gpt2-tied");
  copy.put("transformer.wte.weight", at::ones({61, 31}));
  CHECK(copy.verdict() ==
        ": tensor 'wte.weight' has shape [61, 31], config.json asks for [61, 32]; do the two files "
        "belong together?");
  copy.put("transformer.wte.weight", at::ones({61 * 32}));
  CHECK_THAT(copy.verdict(),
             StartsWith(": tensor 'wte.weight' has shape [1952], config.json asks for [61, 32]"));
  copy.put("transformer.wte.weight", at::ones({61, 32}, at::kChar));
  CHECK(copy.verdict() ==
        ": tensor 'wte.weight' holds Char; already quantized checkpoints are not supported; use "
        "the original one");
}

TEST_CASE("NaN and infinite weights name the param, and spare the others", "[checkpoint]") {
  for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
    const Copy copy("gpt2-tied");
    const auto stored = Safetensors::open(copy.path("model.safetensors")).tensors();
    at::Tensor damaged = stored.at("transformer.h.1.attn.c_attn.weight").clone();
    damaged[3][5] = bad;
    copy.put("transformer.h.1.attn.c_attn.weight", damaged);
    const Model model(load_weights(copy.path()));
    CHECK_THAT(
        message_of([&] {
          evaluate({model}, {{1, 2, 3}});
        }),
        StartsWith("model ") && Contains(copy.path().filename().string()) &&
            EndsWith(
                ": param 'L1.attn.qkv' holds NaN or infinite values; the checkpoint is damaged or "
                "diverged in training"));
    CHECK(model.param("L1.attn.out").isfinite().all().item<bool>());
  }
}

TEST_CASE("the index of a sharded checkpoint", "[checkpoint]") {
  const std::string name = "model.safetensors.index.json";
  const auto says = [&](const json& map) {
    const Copy copy("gpt2-sharded");
    copy.set_in(name, "weight_map", map);
    return copy.verdict();
  };
  for (const char* file : {"../other.safetensors", "/etc/passwd", "sub/x.safetensors"})
    CHECK(says({{"wte.weight", file}}) ==
          "/" + name + ": tensor 'wte.weight' does not name a file of this folder");
  CHECK(says({{"wte.weight", 3}}) ==
        "/" + name + ": tensor 'wte.weight' does not name a file of this folder");
  CHECK_THAT(says({{"wte.weight", ".."}}), Contains("not a regular file"));
  CHECK_THAT(says({{"wte.weight", ""}}), Contains("not a regular file"));
  CHECK_THAT(says({{"wte.weight", "gone.safetensors"}}),
             StartsWith("/gone.safetensors: no such file"));
  CHECK_THAT(says(json::array()), StartsWith("/" + name + ": no JSON object with a weight_map"));
  CHECK_THAT(says(json::object()), StartsWith(": tensor 'wte.weight' is missing"));
  const Copy copy("gpt2-sharded");
  for (const char* text : {"", "[]", "{\"weight_map\": 1e999}", "\xff"}) {
    write_file(copy.path(name), text);
    CHECK_THAT(copy.verdict(), StartsWith("/" + name + ": no JSON object with a weight_map"));
  }
}

TEST_CASE("a saved model is the same model", "[checkpoint]") {
  const ScratchFolder folder;
  const auto checkpoint = golden::load("gpt2-tied");
  save_weights(checkpoint.model.weights(), folder.path() / "deep" / "copy", at::kFloat, "");
  const Model again(load_weights(folder.path() / "deep" / "copy" / ""));
  CHECK(again.weights().name() == "copy");
  CHECK(evaluate_tokens(again, checkpoint.ids(1)) ==
        evaluate_tokens(checkpoint.model, checkpoint.ids(1)));
  CHECK_THAT(
      message_of([&] { again.tokenizer(); }),
      StartsWith("model copy has no tokenizer; put its tokenizer.json into the model's folder"));
  const auto llama = load_weights(golden::path("llama-gqa"));
  CHECK(message_of([&] { save_weights(*llama, folder.path() / "x", at::kFloat, ""); }) ==
        "cannot save a model of family llama; only gpt2 models are trained and saved");
  CHECK(message_of([&] {
          save_weights(checkpoint.model.weights(), folder.path() / "x", at::kBFloat16, "");
        }) == "cannot save weights as bfloat16; use float32 or float16");
  const std::string file = folder.write("file", "").string();
  const std::string message =
      message_of([&] { save_weights(checkpoint.model.weights(), file, at::kFloat, ""); });
  CHECK_THAT(message, StartsWith(file + ": cannot make this folder: "));
}

TEST_CASE("random weights have the params of a published checkpoint", "[checkpoint]") {
  const std::string name =
      GENERATE("gpt2-tied", "opt-pre", "opt-350m", "bloom-4h", "xglm-plain", "neox-parallel",
               "llama-gqa", "mistral-full", "qwen2-tied", "qwen3-gqa", "gemma2-a");
  CAPTURE(name);
  const auto checkpoint = golden::load(name);
  const Weights& published = checkpoint.model.weights();
  const auto made = random_weights(published.architecture(), 1, nullptr);
  REQUIRE(made->params().size() == published.params().size());
  for (const Param& param : published.params()) {
    CAPTURE(param.name);
    CHECK(made->at(param.name).stored.numel() == param.stored.numel());
    if (param.is_bias())
      CHECK(made->at(param.name).stored.count_nonzero().item<int64_t>() == 0);
  }
}

TEST_CASE("random weights are seeded, and refuse absurd sizes", "[checkpoint]") {
  Architecture a = golden::load("gpt2-tied").model.architecture();
  CHECK(random_weights(a, 1, nullptr)->digest() == random_weights(a, 1, nullptr)->digest());
  CHECK(random_weights(a, 1, nullptr)->digest() != random_weights(a, 2, nullptr)->digest());
  // SmallInit, and over sqrt(2 * 3 layers) for what writes to the stream; 4096 values give 2 %,
  // five sigma are 6 %.
  const double std = std::sqrt(2.0 / (5 * 32));
  const auto weights = random_weights(a, 3, nullptr);
  CHECK(weights->at("L0.mlp.up").stored.std().item<double>() == Approx(std).epsilon(0.06));
  CHECK(weights->at("L0.mlp.down").stored.std().item<double>() ==
        Approx(std / std::sqrt(6)).epsilon(0.06));
  CHECK(message_of([&] { weights->at("L9.mlp.up"); }) ==
        "model random has no param 'L9.mlp.up'; model:params() lists them");
  a.layers = 0;
  CHECK_THAT(message_of([&] { random_weights(a, 1, nullptr); }),
             StartsWith("model.new: the number of layers is 0"));
}
