#pragma once
// A plan: ordered rules that give each param a quantizer or protect it (keep it in full precision).

#include "engine/model/weights.hpp"
#include "engine/quant/quantizer.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace residua {

/// Params whose names match the glob get the quantizer, or are protected when there is none.
struct Rule {
  std::string selector;
  std::optional<Quantizer> quantizer;
};

/// What a plan costs on one model. Biases count as protected.
struct Cost {
  int64_t values = 0;           ///< all weights of the model
  int64_t protected_values = 0; ///< weights kept in full precision
  /// Total, scales included; a protected value counts as stored. With bit allocation the mean that
  /// was asked for, from which the whole bits of the rows stray.
  double bits = 0;
  double protected_share() const {
    return static_cast<double>(protected_values) / static_cast<double>(values);
  }
  double mean_bits() const { return bits / static_cast<double>(values); }
  double bytes() const { return bits / 8; }
};

/// An immutable list of rules; of several that match a param the last decides. A param that no rule
/// matches is protected. Biases are matched only by a selector that ends in ".bias".
class Plan {
 public:
  explicit Plan(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  const std::vector<Rule>& rules() const { return rules_; }
  /// The quantizer of each param that has one. A rule that matches no param is an Error.
  std::map<std::string, Quantizer> resolve(const Weights& weights) const;
  Cost cost(const Weights& weights) const;
  std::string describe() const; ///< "L*.attn.*: int4 ...; protect L0.*"
  std::string digest() const;

 private:
  std::vector<Rule> rules_;
};

} // namespace residua
