#include "engine/quant/plan.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/glob.hpp"

namespace residua {

static bool matches(const Rule& rule, const Param& param) {
  if (param.is_bias() && !rule.selector.ends_with(".bias"))
    return false;
  return glob_match(rule.selector, param.name);
}

std::map<std::string, Quantizer> Plan::resolve(const Weights& weights) const {
  std::map<std::string, Quantizer> chosen;
  for (const Rule& rule : rules_) {
    bool used = false;
    for (const Param& param : weights.params()) {
      if (!matches(rule, param))
        continue;
      used = true;
      chosen.erase(param.name);
      if (rule.quantizer)
        chosen.emplace(param.name, *rule.quantizer);
    }
    if (!used)
      throw Error(cat("selector '", rule.selector, "' matches no param of ", weights.name()),
                  cat("layers are L0 to L", weights.architecture().layers - 1,
                      "; model:params() lists all names"));
  }
  return chosen;
}

Cost Plan::cost(const Weights& weights) const {
  const auto chosen = resolve(weights);
  Cost cost;
  for (const Param& param : weights.params()) {
    const int64_t values = param.stored.numel();
    const auto found = chosen.find(param.name);
    cost.values += values;
    if (found == chosen.end()) {
      cost.protected_values += values;
      cost.bits += 8.0 * static_cast<double>(param.stored.nbytes());
    } else {
      const int64_t rows = param.stored.dim() < 2 ? 1 : param.oriented().size(0);
      const int64_t kept = found->second.kept_values(rows, values / rows);
      const double stored_bits = 8.0 * static_cast<double>(param.stored.element_size());
      cost.protected_values += kept;
      cost.bits +=
          static_cast<double>(kept) * stored_bits +
          static_cast<double>(values - kept) * found->second.bits_per_value(rows, values / rows);
    }
  }
  return cost;
}

std::string Plan::describe() const {
  std::string text;
  for (const Rule& rule : rules_) {
    text += text.empty() ? "" : "; ";
    text += rule.quantizer ? cat(rule.selector, ": ", rule.quantizer->describe())
                           : cat("protect ", rule.selector);
  }
  return text;
}

std::string Plan::digest() const {
  return Digest().add(describe()).hex();
}

} // namespace residua
