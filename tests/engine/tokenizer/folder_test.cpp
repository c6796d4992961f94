// Tokenizers from folders, whichever files are in them.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/folder.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>

using namespace residua;
using reference::golden;
using reference::message;
using reference::read;
using Ids = std::vector<int64_t>;
namespace fs = std::filesystem;

namespace {

/// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / cat("residua-", std::random_device()())) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }
  void copy(const std::string& from, const std::string& to) const {
    fs::copy_file(golden(from), path_ / to);
  }
  void write(const std::string& name, const std::string& content) const {
    write_file(path_ / name, content);
  }

 private:
  fs::path path_;
};

} // namespace

TEST_CASE("a folder without a tokenizer has none", "[tokenizer]") {
  const Folder folder;
  CHECK_FALSE(load_folder_tokenizer(folder.path()));
  folder.write("vocab.json", "{}"); // its merges are missing
  CHECK_FALSE(load_folder_tokenizer(folder.path()));
}

TEST_CASE("tokenizer.json wins over SentencePiece files", "[tokenizer]") {
  const Folder folder;
  folder.copy("llama.model", "tokenizer.model");
  CHECK(load_folder_tokenizer(folder.path())->describe() ==
        "SentencePiece BPE with byte fallback, 1300 tokens, 3 special");
  folder.copy("gpt2.tokenizer.json", "tokenizer.json");
  CHECK(load_folder_tokenizer(folder.path())->describe() == "BPE, 1000 tokens, 1 special");
}

TEST_CASE("tokenizer_config.json says how Llama's file is used", "[tokenizer]") {
  const Folder folder;
  folder.copy("llama.model", "tokenizer.model");
  const auto encode = [&] { return load_folder_tokenizer(folder.path())->encode("a<s>a"); };
  const Ids usual = encode();
  CHECK(usual.front() == 1);
  CHECK(usual[1] == usual[3]);
  folder.write("tokenizer_config.json",
               R"({"add_bos_token": false, "add_eos_token": true, "legacy": false})");
  const Ids changed = encode();
  CHECK(changed.front() == usual[1]);
  CHECK(changed.back() == 2);
  CHECK(changed[2] != changed[0]); // no space before the second part
  folder.write("tokenizer_config.json", R"({"legacy": 1})");
  CHECK(message(encode).ends_with(
      "tokenizer_config.json: legacy is of type number; it must be true or false"));
}

TEST_CASE("XGLM's file is known by its name", "[tokenizer]") {
  const Folder folder;
  folder.copy("xglm.model", "sentencepiece.bpe.model");
  CHECK(load_folder_tokenizer(folder.path())->encode("").front() == 2);
}

/// Writes the model of a tokenizer.json as GPT-2's two files.
static void write_gpt2_files(const Folder& folder, const nlohmann::json& model) {
  folder.write("vocab.json", model["vocab"].dump());
  std::string merges = "#version: 0.2\n";
  for (const auto& merge : model["merges"])
    merges += merge.get<std::string>() + "\n";
  folder.write("merges.txt", merges);
}

// Expected: the same tokenizers as tokenizer.json.
TEST_CASE("GPT-2's two files make its tokenizer, and OPT's", "[tokenizer]") {
  const std::string name = GENERATE("gpt2", "opt");
  const Folder folder;
  write_gpt2_files(folder, read(golden(name + ".tokenizer.json"))["model"]);
  if (name == "opt")
    folder.write("tokenizer_config.json",
                 R"({"bos_token": {"content": "</s>"}, "add_bos_token": true,
        "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>", "add_prefix_space": false})");
  const auto tokenizer = load_folder_tokenizer(folder.path());
  const auto samples = read(golden("samples.json"));
  const auto cases = read(golden(name + ".cases.json"));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto text = samples[i].get<std::string>();
    if (text.find("<unk>") == text.npos && text.find("<s>") == text.npos) // opt.json lists both
      CHECK(tokenizer->encode(text) == cases[i][0].get<Ids>());
  }
}

TEST_CASE("damaged files of GPT-2's kind are named", "[tokenizer]") {
  const Folder folder;
  const auto of = [&] { return message([&] { load_folder_tokenizer(folder.path()); }); };
  folder.write("vocab.json", R"({"a": 0, "b": 1})");
  folder.write("merges.txt", "#version: 0.2\na b\n");
  CHECK(of().ends_with("vocab.json: model.merges[0] needs the token 'ab', which is not in "
                       "model.vocab; the vocabulary and the merges must be of one tokenizer"));
  folder.write("merges.txt", "a \xFF\n");
  CHECK(of().ends_with("merges.txt: line 1 is no UTF-8; download the file again"));
  folder.write("merges.txt", "");
  folder.write("tokenizer_config.json", R"({"add_bos_token": true})");
  CHECK(of().ends_with("vocab.json: the document has no field '<|endoftext|>'; use a file written "
                       "by Hugging Face tokenizers"));
  folder.write("vocab.json", "[]");
  CHECK(of().ends_with("vocab.json: the document is of type array; it must be an object"));
}
