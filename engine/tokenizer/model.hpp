#pragma once
// Models: they turn one word into ids. The model owns the vocabulary.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// Turns words into ids. May cache words: use it from one thread at a time.
class Model {
 public:
  virtual ~Model() = default;
  /// Appends the ids of `word` (valid UTF-8) to `ids`.
  virtual void encode(std::string_view word, std::vector<int64_t>& ids) const = 0;
  virtual const Vocabulary& vocabulary() const = 0;
  virtual std::string describe() const = 0; ///< "BPE" and what is special about it
};

/// The model of a file.
std::unique_ptr<const Model> make_model(const Field& field);

/// The vocabulary {token: id} of a file; `field` stays in error messages.
Vocabulary read_vocabulary(const Field& field);

} // namespace residua::tokenizer
