#include "engine/tokenizer/model.hpp"

#include "engine/tokenizer/bpe.hpp"
#include "engine/tokenizer/component.hpp"

#include <nlohmann/json.hpp>

namespace residua {

static constexpr Maker<Model> kMakers[] = {
    {"BPE", make_bpe},
};

std::unique_ptr<const Model> make_model(const Field& field) {
  // Files of 2019 and 2020, GPT-2's among them, do not name the type of a model with merges.
  if (!field.find("type") && field.find("merges"))
    return make_bpe(field);
  auto model = make_component(field, kMakers);
  if (!model)
    field.fail("is null", "a tokenizer needs a model");
  return model;
}

Vocabulary read_vocabulary(const Field& field) {
  field.require_object();
  Vocabulary vocabulary;
  for (const auto& [token, value] : field.json().items()) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(kMaxTokenId))
      field.fail(cat("gives ", quoted(token), " an id that is no integer in 0 to ", kMaxTokenId),
                 "correct the id");
    const auto id = value.get<int32_t>();
    if (!vocabulary.add(token, id))
      field.fail(cat("gives the id ", id, " to both ", quoted(*vocabulary.token(id)), " and ",
                     quoted(token)),
                 "ids must be distinct");
  }
  return vocabulary;
}

} // namespace residua
