#include "engine/tokenizer/folder.hpp"

#include "engine/file.hpp"
#include "engine/tokenizer/gpt2_files.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/sentencepiece.hpp"

#include <nlohmann/json.hpp>

namespace residua {

using namespace tokenizer;
namespace fs = std::filesystem;

static constexpr std::size_t kMaxConfigBytes = std::size_t{4} << 20;

static std::shared_ptr<const Tokenizer> load_llama(const fs::path& file, const Field& config) {
  SentencePieceOptions options;
  options.add_bos = config.flag_or("add_bos_token", options.add_bos);
  options.add_eos = config.flag_or("add_eos_token", options.add_eos);
  options.legacy = config.flag_or("legacy", options.legacy);
  return load_sentencepiece(file, options);
}

static std::shared_ptr<const Tokenizer> load_xglm(const fs::path& file) {
  SentencePieceOptions options;
  options.fairseq = true;
  return load_sentencepiece(file, options);
}

std::shared_ptr<const Tokenizer> load_folder_tokenizer(const fs::path& folder) {
  const auto has = [&](const char* name) { return fs::exists(folder / name); };
  if (has("tokenizer.json"))
    return Tokenizer::load(folder / "tokenizer.json");
  const fs::path file = folder / "tokenizer_config.json";
  const std::string origin = file.string();
  const nlohmann::json content = fs::exists(file)
                                     ? parse_json(read_file(file, kMaxConfigBytes), origin)
                                     : nlohmann::json::object();
  const Field config(content, "", origin);
  if (has("tokenizer.model"))
    return load_llama(folder / "tokenizer.model", config);
  if (has("sentencepiece.bpe.model"))
    return load_xglm(folder / "sentencepiece.bpe.model");
  if (has("vocab.json") && has("merges.txt"))
    return load_gpt2_files(folder, config);
  return nullptr;
}

} // namespace residua
