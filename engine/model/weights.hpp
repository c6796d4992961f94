#pragma once
// The weights of one checkpoint: architecture, params under canonical names, tokenizer. Shared by
// all models made from it.

#include "engine/model/architecture.hpp"
#include "engine/model/param.hpp"
#include "engine/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace residua {

class Weights {
 public:
  /// `params` in the family's order. `name` is what a reader calls the model: its folder or
  /// "trained".
  Weights(std::string name, Architecture architecture, std::vector<Param> params,
          std::shared_ptr<const Tokenizer> tokenizer);

  const std::string& name() const { return name_; }
  const Architecture& architecture() const { return architecture_; }
  const std::vector<Param>& params() const { return params_; }
  const std::shared_ptr<const Tokenizer>& tokenizer() const { return tokenizer_; } ///< may be null

  const Param* find(const std::string& name) const; ///< null when absent
  /// Throws Error when absent.
  const Param& at(const std::string& name) const;

  /// Of architecture, names, shapes, dtypes and all bytes; computed on first use.
  const std::string& digest() const;
  /// Distinguishes these weights from all others in this process (cheap, unlike the digest).
  int64_t id() const { return id_; }

 private:
  std::string name_;
  Architecture architecture_;
  std::vector<Param> params_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  int64_t id_;
  mutable std::once_flag digested_;
  mutable std::string digest_;
};

/// Loads a Hugging Face folder: config.json, model.safetensors or pytorch_model.bin or the sharded
/// index of one, tokenizer.json if there and wanted (a large one takes seconds).
std::shared_ptr<const Weights> load_weights(const std::filesystem::path& folder,
                                            bool with_tokenizer = true);

/// Writes the same layout: config.json, model.safetensors in float32 or float16, tokenizer.json
/// text if not empty.
void save_weights(const Weights& weights, const std::filesystem::path& folder, at::ScalarType dtype,
                  const std::string& tokenizer_json);

/// Random weights for training: matrices normal with std sqrt(2 / (5 width)) (Nguyen and Salazar
/// 2019; 0.023 at GPT-2's width), those that write to the residual stream scaled by 1/sqrt(2
/// layers) as in GPT-2; norms multiply by 1; biases 0, in the modules that usually have
/// one in the family.
std::shared_ptr<const Weights> random_weights(const Architecture& architecture, uint64_t seed,
                                              std::shared_ptr<const Tokenizer> tokenizer);

} // namespace residua
