// Gradients and training.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/train/gradients.hpp"

namespace residua {

namespace {

int train_gradients(lua_State* L) {
  const Model& model = ModelBox::check(L, 1);
  const Gradients found =
      gradients(model, check_tokens(L, 2), check_strings(L, 3), check_sites(L, 4, model));
  push(L, found.loss);
  lua_newtable(L);
  for (const auto& [name, gradient] : found.params) {
    push_tensor(L, gradient);
    lua_setfield(L, -2, name.c_str());
  }
  lua_newtable(L);
  for (const auto& [site, by_text] : found.sites) {
    push_list(L, by_text, [L](const at::Tensor& gradient) { push_tensor(L, gradient); });
    lua_setfield(L, -2, site.name().c_str());
  }
  return 3;
}

int train_trainer(lua_State* L) {
  AdamW options;
  options.beta1 = check_number(L, 2);
  options.beta2 = check_number(L, 3);
  options.epsilon = check_number(L, 4);
  options.weight_decay = check_number(L, 5);
  options.clip_norm = check_number(L, 6);
  return TrainerBox::push(L, std::make_unique<Trainer>(ModelBox::check(L, 1), options));
}

int trainer_step(lua_State* L) {
  return push(L, TrainerBox::check(L, 1)->step(check_tokens(L, 2), check_number(L, 3)));
}

int trainer_steps(lua_State* L) {
  return push(L, TrainerBox::check(L, 1)->steps());
}

int trainer_model(lua_State* L) {
  return ModelBox::push(L, TrainerBox::check(L, 1)->model());
}

const Entry kModule[] = {
    {"gradients", train_gradients, R"(Returns the derivatives of the mean loss per predicted token.
@param model Model
@param texts Tokens
@param params string[]  Exact names.
@param sites string[]  Globs.
@return number  The loss [nats per token].
@return table<string, Tensor>  By param, [out, in].
@return table<string, Tensor[]>  By site, one tensor per text.)"},
    {"trainer", train_trainer, R"(Returns a trainer that starts from a copy of the model's params.
@param model Model
@param beta1 number
@param beta2 number
@param epsilon number
@param weight_decay number  Of matrices.
@param clip_norm number  Largest norm of the gradient; 0 for none.
@return Trainer)"},
};

const Entry kTrainer[] = {
    {"step", trainer_step, R"(Takes one AdamW step.
@param texts Tokens  All in one batch.
@param learning_rate number
@return number  Mean loss per predicted token before the step [nats].)"},
    {"steps", trainer_steps, R"(Returns the number of steps taken.
@return integer)"},
    {"model", trainer_model, R"(Returns the params as they are now, as a model of its own.
@return Model)"},
};

} // namespace

void register_train(lua_State* L) {
  register_module(L, "train", kModule);
  register_type<std::unique_ptr<Trainer>>(L, "train", "Trainer", kTrainer);
}

} // namespace residua
