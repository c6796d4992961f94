#include "engine/model/weights.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/interrupt.hpp"
#include "engine/model/family.hpp"

#include <ATen/ATen.h>
#include <atomic>
#include <cmath>

namespace residua {

static std::atomic<int64_t> next_id{1};

Weights::Weights(std::string name, Architecture architecture, std::vector<Param> params,
                 std::shared_ptr<const Tokenizer> tokenizer)
    : name_(std::move(name)), architecture_(std::move(architecture)), params_(std::move(params)),
      tokenizer_(std::move(tokenizer)), id_(next_id++) {}

const Param* Weights::find(const std::string& name) const {
  for (const Param& param : params_)
    if (param.name == name)
      return &param;
  return nullptr;
}

const Param& Weights::at(const std::string& name) const {
  if (const Param* found = find(name))
    return *found;
  throw Error(cat("model ", name_, " has no param '", name, "'"), "model:params() lists them");
}

static void add_bytes(Digest& digest, const at::Tensor& tensor) {
  const at::Tensor dense = tensor.cpu().contiguous();
  constexpr std::size_t kSlice = std::size_t{64} << 20; // between polls for an interrupt
  const auto* data = static_cast<const char*>(dense.data_ptr());
  for (std::size_t done = 0; done < dense.nbytes(); done += kSlice) {
    interrupt::poll();
    const std::size_t count = std::min(kSlice, dense.nbytes() - done);
    digest.bytes(data + done, count);
    release_pages(data + done, count);
  }
}

const std::string& Weights::digest() const {
  std::call_once(digested_, [this] {
    Digest digest;
    digest.add(fingerprint(architecture_));
    for (const Param& param : params_) {
      digest.add(param.name).add(c10::toString(param.stored.scalar_type()));
      for (const int64_t size : param.stored.sizes())
        digest.add(size);
      add_bytes(digest, param.stored);
    }
    digest_ = digest.hex();
  });
  return digest_;
}

static at::Tensor random_param(const ParamSource& source, Norm norm, double std,
                               double residual_std, at::Generator& generator) {
  const auto options = at::TensorOptions().dtype(at::kFloat);
  if (source.shape.size() == 1)
    return source.name.ends_with(".bias") || norm == Norm::rms_plus_one
               ? at::zeros(source.shape, options)
               : at::ones(source.shape, options);
  const bool writes_stream = source.name.ends_with("attn.out") || source.name.ends_with("mlp.down");
  at::Tensor values = at::empty(source.shape, options);
  return values.normal_(0, writes_stream ? residual_std : std, generator);
}

std::shared_ptr<const Weights> random_weights(const Architecture& architecture, uint64_t seed,
                                              std::shared_ptr<const Tokenizer> tokenizer) {
  check(architecture, "model.new");
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  const double std = std::sqrt(2.0 / (5.0 * static_cast<double>(architecture.width)));
  const double residual_std = std / std::sqrt(2.0 * static_cast<double>(architecture.layers));
  std::vector<Param> params;
  for (const ParamSource& source : family_named(architecture.family).params(architecture))
    if (source.made)
      params.push_back({source.name,
                        random_param(source, architecture.norm, std, residual_std, generator),
                        false});
  return std::make_shared<Weights>("random", architecture, std::move(params), std::move(tokenizer));
}

} // namespace residua
