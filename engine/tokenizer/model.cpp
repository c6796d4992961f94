#include "engine/tokenizer/model.hpp"

#include "engine/tokenizer/bpe.hpp"
#include "engine/tokenizer/component.hpp"
#include "engine/tokenizer/unigram.hpp"

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

static constexpr Maker<Model> kMakers[] = {
    {"BPE", make_bpe},
    {"Unigram", make_unigram},
};

std::unique_ptr<const Model> make_model(const Field& field) {
  if (field.is_null())
    field.fail("is null", "a tokenizer needs a model");
  // Files of 2019 and 2020, GPT-2's among them, do not name the type of a model with merges.
  if (!field.find("type") && field.find("merges"))
    return make_bpe(field);
  return make_component(field, kMakers);
}

Vocabulary read_vocabulary(const Field& field) {
  field.require_object();
  Vocabulary vocabulary;
  for (const auto& [token, value] : field.json().items()) {
    const int64_t number = value.is_number_integer() ? value.get<int64_t>() : -1;
    if (number < 0 || number > kMaxTokenId)
      field.fail(cat("gives ", shown(token), " an id that is no integer in 0 to ", kMaxTokenId),
                 "correct the id");
    const auto id = static_cast<int32_t>(number);
    if (!vocabulary.add(token, id))
      field.fail(cat("gives the id ", id, " to both ", shown(*vocabulary.token(id)), " and ",
                     shown(token)),
                 "ids must be distinct");
  }
  return vocabulary;
}

} // namespace residua::tokenizer
