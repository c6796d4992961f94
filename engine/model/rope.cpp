#include "engine/model/rope.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace residua {

static constexpr double kTurn = 2 * std::numbers::pi;

// The object that holds the scaling, if there is one.
static std::optional<Config> scaling_of(const Config& config) {
  for (const char* field : {"rope_scaling", "rope_parameters"})
    if (config.has(field))
      return config.object(field);
  return std::nullopt;
}

// Fields stand inside the object since transformers 5, beside it before, some under old names.
static double find_number(const Config& config, const std::optional<Config>& scaling,
                          std::initializer_list<const char*> names, double otherwise) {
  for (const char* name : names) {
    if (scaling && scaling->has(name))
      return scaling->number(name);
    if (config.has(name))
      return config.number(name);
  }
  return otherwise;
}

static double trained_context(const Config& config, const Config& scaling) {
  return find_number(config, scaling, {"original_max_position_embeddings"},
                     config.number("max_position_embeddings", 0));
}

static double positive(const Config& config, const char* field) {
  const double value = config.number(field);
  if (!(value > 0))
    throw Error(cat(config.origin(), ": ", field, " is ", value), "it must be above 0");
  return value;
}

// Llama 3.1: long waves are slowed by `factor`, short ones kept, those between interpolated.
static void scale_llama3(Rope& rope, const Config& config, const Config& scaling) {
  const double factor = positive(scaling, "factor"), low = positive(scaling, "low_freq_factor"),
               high = positive(scaling, "high_freq_factor");
  const double context = trained_context(config, scaling);
  if (!(high > low))
    throw Error(cat(config.origin(), ": high_freq_factor is not above low_freq_factor"));
  for (double& frequency : rope.frequencies) {
    const double turns = context * frequency / kTurn; // within the trained context
    const double kept = std::clamp((turns - low) / (high - low), 0.0, 1.0);
    frequency *= kept + (1 - kept) / factor;
  }
}

// The amplitude of YaRN (Peng et al. 2023, equation 22), with DeepSeek's two factors.
static double yarn_amplitude(const Config& scaling, double factor) {
  if (scaling.has("attention_factor"))
    return scaling.number("attention_factor");
  const auto grown = [&](double m) { return factor <= 1 ? 1 : 0.1 * m * std::log(factor) + 1; };
  const double mscale = scaling.number("mscale", 0), all = scaling.number("mscale_all_dim", 0);
  return mscale != 0 && all != 0 ? grown(mscale) / grown(all) : grown(1);
}

// YaRN: components that turn more than beta_fast times in the trained context are kept, those
// that turn less than beta_slow times slowed by `factor`, a ramp over their index between.
static void scale_yarn(Rope& rope, const Config& config, const Config& scaling, double theta) {
  const double factor = positive(scaling, "factor"), context = trained_context(config, scaling);
  const double width = 2.0 * static_cast<double>(rope.frequencies.size());
  const auto component = [&](double turns) {
    return width * std::log(context / (turns * kTurn)) / (2 * std::log(theta));
  };
  double low = component(scaling.number("beta_fast", 32)),
         high = component(scaling.number("beta_slow", 1));
  if (scaling.boolean("truncate", true)) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, width - 1);
  const double span = high == low ? 0.001 : high - low;
  for (std::size_t i = 0; i < rope.frequencies.size(); ++i) {
    const double slowed = std::clamp((static_cast<double>(i) - low) / span, 0.0, 1.0);
    rope.frequencies[i] *= slowed / factor + (1 - slowed);
  }
  rope.amplitude = yarn_amplitude(scaling, factor);
}

static void scale(Rope& rope, const Config& config, const Config& scaling, double theta) {
  const std::string type = scaling.text("rope_type", scaling.text("type", "default"));
  if (type == "linear") {
    for (double& frequency : rope.frequencies)
      frequency /= positive(scaling, "factor");
  } else if (type == "llama3") {
    scale_llama3(rope, config, scaling);
  } else if (type == "yarn") {
    scale_yarn(rope, config, scaling, theta);
  } else if (type != "default") {
    throw Error(cat(config.origin(), ": rope_type ", quote(type), " is not supported"),
                "supported are default, linear, llama3, yarn");
  }
}

Rope read_rope(const Config& config, int64_t head_width, RopeDefaults defaults) {
  const std::optional<Config> scaling = scaling_of(config);
  const double theta =
      find_number(config, scaling, {"rope_theta", "rotary_emb_base"}, defaults.theta);
  const double fraction =
      find_number(config, scaling, {"partial_rotary_factor", "rotary_pct"}, defaults.fraction);
  if (!(theta > 0) || !(fraction > 0 && fraction <= 1))
    throw Error(cat(config.origin(), ": rotary base ", theta, ", fraction ", fraction),
                "the base must be above 0, the fraction above 0 and at most 1");
  const auto width = static_cast<int64_t>(static_cast<double>(head_width) * fraction);
  if (width < 2 || width % 2 != 0 || width > 65536)
    throw Error(cat(config.origin(), ": ", width, " components of a head turn"),
                "rotary positions need an even number, at most 65536");
  Rope rope;
  for (int64_t i = 0; i < width; i += 2)
    rope.frequencies.push_back(
        std::pow(theta, -static_cast<double>(i) / static_cast<double>(width)));
  if (scaling)
    scale(rope, config, *scaling, theta);
  return rope;
}

} // namespace residua
