// Model folders: which files are read, and one line for each form that is not.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/model/layout.hpp"
#include "engine/model/safetensors.hpp"
#include "engine/model/stored_tensors.hpp"
#include "engine/model/unsupported.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

static const std::string kOriginal = "; use the original checkpoint that it was made from";

/// What loading `folder` says; its path is cut off where the message starts with it.
static std::string verdict(const fs::path& folder) {
  const std::string message = message_of([&] { load_weights(folder); });
  return message.starts_with(folder.string()) ? message.substr(folder.string().size()) : message;
}

static fs::path bins(const std::string& name) {
  return golden::path("bins") / name;
}

static std::vector<std::string> names_of(const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  for (const fs::path& file : files)
    names.push_back(file.filename().string());
  return names;
}

TEST_CASE("one model in three layouts of files is one model", "[checkpoint]") {
  const auto safe = load_weights(bins("gpt2-safe"));
  for (const char* name : {"gpt2-bin", "gpt2-shards"}) {
    const auto weights = load_weights(bins(name));
    CHECK(weights->name() == name);
    CHECK(weights->digest() == safe->digest());
  }
}

TEST_CASE("safetensors come first, a single file before an index", "[checkpoint]") {
  using Names = std::vector<std::string>;
  CHECK(names_of(weight_files(bins("gpt2-shards"))) ==
        Names{"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"});
  CHECK(names_of(weight_files(golden::path("gpt2-sharded"))).size() == 2);
  const ScratchFolder folder;
  for (const auto& entry : fs::directory_iterator(bins("gpt2-shards")))
    fs::copy(entry.path(), folder.path() / entry.path().filename());
  for (const char* name : {"pytorch_model.bin", "model.safetensors"}) {
    folder.write(name, "");
    CHECK(names_of(weight_files(folder.path())) == Names{name});
  }
}

TEST_CASE("the layout digest tells checkpoints apart, not folders", "[checkpoint]") {
  const auto digest = [](const fs::path& folder) {
    return layout_digest(*load_weights(folder), folder);
  };
  const ScratchFolder copy;
  for (const auto& entry : fs::directory_iterator(bins("gpt2-safe")))
    fs::copy(entry.path(), copy.path() / entry.path().filename());
  CHECK(digest(copy.path()) == digest(bins("gpt2-safe")));
  CHECK(digest(bins("gpt2-bin")) != digest(bins("gpt2-safe")));
  copy.write("config.json", read_file(bins("gpt2-safe") / "config.json") + " ");
  CHECK(digest(copy.path()) != digest(bins("gpt2-safe")));
}

TEST_CASE("a snapshot of the Hugging Face cache has the repository's name", "[checkpoint]") {
  const ScratchFolder cache;
  for (const auto& [repository, name] : std::map<std::string, std::string>{
           {"models--gpt2", "gpt2"}, {"models--owner--na-me.v1", "owner/na-me.v1"}}) {
    const fs::path folder = cache.path() / repository / "snapshots" / "0123abc";
    fs::create_directories(folder);
    for (const auto& entry : fs::directory_iterator(bins("gpt2-safe")))
      fs::create_symlink(entry.path(), folder / entry.path().filename());
    CHECK(load_weights(folder)->name() == name);
    CHECK(load_weights(folder / "")->name() == name);
  }
}

TEST_CASE("config.json names the method of an already quantized checkpoint", "[checkpoint]") {
  const auto says = [](const std::string& field) {
    return message_of([&] { refuse_quantized(Config::parse("{" + field + "}", "config.json")); });
  };
  const std::string start = "config.json: an already quantized checkpoint";
  for (const std::string method : {"gptq", "awq", "bitsandbytes", "compressed-tensors", "fp8"})
    CHECK(says(R"("quantization_config": {"quant_method": ")" + method + "\"}") ==
          start + " ('" + method + "')" + kOriginal);
  CHECK(says(R"("compression_config": {"format": "pack-quantized"})") == start + kOriginal);
  CHECK(says(R"("quantization_config": {})") == start + kOriginal);
  CHECK(says(R"("quantization_config": null)") == "no error");
  CHECK(says(R"("quantization_config": 4)") ==
        "config.json: field 'quantization_config' is not an object");
}

TEST_CASE("tensors of an already quantized checkpoint are named", "[checkpoint]") {
  for (const auto& [ending, method] :
       std::map<std::string, std::string>{{"qweight", "GPTQ or AWQ"},
                                          {"qzeros", "GPTQ or AWQ"},
                                          {"scales", "GPTQ or AWQ"},
                                          {"weight_packed", "compressed-tensors"},
                                          {"SCB", "bitsandbytes"}}) {
    const ScratchFolder folder;
    fs::copy(bins("gpt2-safe") / "config.json", folder.path());
    save_safetensors(folder.path() / "model.safetensors",
                     {{"h.0.attn.c_attn." + ending, at::ones({2}, at::kLong)}});
    CHECK(verdict(folder.path()) == ": tensor 'h.0.attn.c_attn." + ending +
                                        "' is part of an already quantized weight (" + method +
                                        ")" + kOriginal);
  }
}

TEST_CASE("weights in other formats are named with what to do", "[checkpoint]") {
  const std::map<std::string, std::string> expected = {
      {"model.Q4_K_M.gguf", "a GGUF file, which is quantized or converted" + kOriginal},
      {"consolidated.00.pth", "weights in the layout of their makers; get the checkpoint in the "
                              "Hugging Face layout, with model.safetensors"},
      {"tf_model.h5", "TensorFlow weights only; convert them with transformers 4: "
                      "from_pretrained(FOLDER, from_tf=True).save_pretrained(FOLDER)"},
      {"flax_model.msgpack", "Flax weights only; convert them with transformers 4: "
                             "from_pretrained(FOLDER, from_flax=True).save_pretrained(FOLDER)"},
      {"adapter_model.safetensors",
       "an adapter, not a model; merge it into its base model and save that"},
      {"model.onnx", "an ONNX graph only" + kOriginal}};
  for (const auto& [file, message] : expected) {
    const ScratchFolder folder;
    folder.write(file, "");
    folder.write("README.md", "");
    CHECK(verdict(folder.path()) == "/" + file + ": " + message);
    fs::copy(bins("gpt2-safe") / "config.json", folder.path());
    CHECK(verdict(folder.path()) == "/" + file + ": " + message);
    fs::copy(bins("gpt2-safe") / "model.safetensors", folder.path());
    CHECK(verdict(folder.path()) == "no error");
  }
}

TEST_CASE("a file where a folder belongs", "[checkpoint]") {
  const ScratchFolder folder;
  const std::string gguf = folder.write("x.gguf", "").string();
  CHECK(verdict(gguf) == ": a GGUF file, which is quantized or converted" + kOriginal);
  const fs::path file = bins("gpt2-safe") / "model.safetensors";
  CHECK(verdict(file) == "no model in '" + file.string() +
                             "': a file; name the folder that holds config.json and the weights");
}

TEST_CASE("pointers of Git LFS are told from damaged files", "[checkpoint]") {
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    const ScratchFolder folder;
    fs::copy(bins("gpt2-safe") / "config.json", folder.path());
    folder.write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n");
    CHECK(verdict(folder.path()) == "/" + std::string(name) +
                                        ": a Git LFS pointer, not the weights; fetch them: git lfs "
                                        "pull");
  }
}

TEST_CASE("the index of pytorch_model.bin names files of its folder", "[checkpoint]") {
  const ScratchFolder folder;
  fs::copy(bins("gpt2-safe") / "config.json", folder.path());
  const std::string name = "pytorch_model.bin.index.json";
  folder.write(name, R"({"weight_map": {"wte.weight": "../pytorch_model.bin"}})");
  CHECK(verdict(folder.path()) ==
        "/" + name + ": tensor 'wte.weight' does not name a file of this folder");
  folder.write(name, R"({"weight_map": {"wte.weight": "pytorch_model-1.bin"}})");
  CHECK_THAT(verdict(folder.path()), StartsWith("/pytorch_model-1.bin: no such file"));
}
