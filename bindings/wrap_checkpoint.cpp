// The files of a checkpoint, and what tells it apart without reading its weights.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/model/layout.hpp"
#include "engine/model/stored_tensors.hpp"
#include "engine/tokenizer/tokenizer_summary.hpp"

namespace residua {

namespace {

int model_files(lua_State* L) {
  return push_list(L, weight_files(check_string(L, 1)), [L](const std::filesystem::path& file) {
    lua_newtable(L);
    set_field(L, "name", file.filename().string());
    set_field(L, "bytes", std::filesystem::file_size(file));
  });
}

int model_open(lua_State* L) {
  return ModelBox::push(L, Model(load_weights(check_string(L, 1), false)));
}

int model_tokenizer_summary(lua_State* L) {
  const auto summary = summarize_tokenizer(check_string(L, 1));
  if (!summary) {
    lua_pushnil(L);
    return 1;
  }
  lua_newtable(L);
  set_field(L, "kind", summary->kind);
  set_field(L, "vocab", summary->vocab);
  return 1;
}

int model_layout_digest(lua_State* L) {
  return push(L, layout_digest(ModelBox::check(L, 1).weights(), check_string(L, 2)));
}

const Entry kModule[] = {
    {"files", model_files, R"(Returns the files that hold the weights of a checkpoint folder.
@param folder string
@return table[]  Fields name and bytes.)"},
    {"open", model_open, R"(Loads a checkpoint without its tokenizer, which may take seconds.
@param folder string
@return Model)"},
    {"tokenizer_summary", model_tokenizer_summary,
     R"(Returns what the tokenizer of a folder is, without making it.
@param folder string
@return table?  Fields kind ("BPE", "Unigram", "SentencePiece") and vocab; nil when there is none.)"},
    {"layout_digest", model_layout_digest,
     R"(Returns a digest of config.json, names, shapes, dtypes and file sizes. Reads no weights.
@param model Model
@param folder string  That it was loaded from.
@return string  32 hexadecimal digits.)"},
};

} // namespace

void register_checkpoint(lua_State* L) {
  register_module(L, "model", kModule);
}

} // namespace residua
