#include "engine/stats/logistic.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/softmax_loss.hpp"

#include <algorithm>
#include <cmath>

namespace residua::stats {
namespace {

constexpr double kSettled = 1e-9; // largest change of a logit in the last step

int64_t count_classes(std::span<const int64_t> labels) {
  std::vector<bool> used(labels.size() + 1, false);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= static_cast<int64_t>(labels.size()))
      throw Error(cat("logistic: label ", i + 1, " is ", labels[i]),
                  "number the classes from 0 without gaps");
    used[static_cast<std::size_t>(labels[i])] = true;
  }
  const auto gap = std::find(used.begin(), used.end(), false);
  if (std::find(gap, used.end(), true) != used.end())
    throw Error(cat("logistic: no item has label ", gap - used.begin()),
                "number the classes from 0 without gaps");
  const int64_t classes = gap - used.begin();
  if (classes < 2)
    throw Error(cat("logistic: ", labels.size(), " items of ", classes, " classes"),
                "give items of at least 2 classes");
  return classes;
}

void check(std::span<const int64_t> labels, const Representation& x, Names names,
           const LogisticOptions& options) {
  require_design(x, labels.size(), names, "logistic");
  require_weights(options.weights, labels.size(), "logistic");
  if (!(options.penalty >= 0 && std::isfinite(options.penalty)))
    throw Error(cat("logistic: penalty is ", options.penalty), "choose 0 or more");
}

/// Goes down the Newton direction as far as the loss falls; returns the largest change of a logit.
double step_down(const SoftmaxLoss& loss, Eigen::MatrixXd& at) {
  const SoftmaxPoint point = loss.at(at);
  const Eigen::MatrixXd direction = loss.newton_direction(point);
  const double slope = point.gradient.cwiseProduct(direction).sum();
  const double slack = 1e-14 * std::abs(point.value); // rounding, near the optimum
  double share = 1;
  while (share > 1e-12 &&
         loss.value(at + share * direction) > point.value + 1e-4 * share * slope + slack)
    share /= 2;
  at += share * direction;
  return share * loss.logits(direction).cwiseAbs().maxCoeff();
}

int64_t minimize(const SoftmaxLoss& loss, Eigen::MatrixXd& at, bool penalized) {
  // Newton's method ends within 15 steps unless the optimum lies far out or at infinity, which it
  // nears by 1 in the logits each step.
  const int64_t limit = penalized ? 200 : 30;
  for (int64_t step = 1; step <= limit; ++step) {
    interrupt::poll();
    if (step_down(loss, at) < kSettled)
      return step;
  }
  throw Error(cat("logistic: no optimum within ", limit, " steps"),
              penalized ? "give a greater penalty, or standardize"
                        : "the predictors separate the classes: give a penalty above 0");
}

/// Coefficients [predictors + 1, rows] of the standardised predictors, as those of the given ones.
LogisticModel model_of(const Eigen::MatrixXd& at, const Standardized& design, int64_t classes) {
  const Eigen::Index features = design.columns.cols();
  LogisticModel model{};
  model.classes = classes;
  model.coefficients =
      (design.scales.cwiseInverse().asDiagonal() * at.topRows(features)).transpose();
  model.intercepts = at.row(features).transpose() - model.coefficients * design.means;
  if (classes > 2) {
    model.coefficients.rowwise() -= model.coefficients.colwise().mean().eval();
    model.intercepts.array() -= model.intercepts.mean();
  }
  return model;
}

void require_features(const LogisticModel& model, const Representation& x) {
  if (x.cols() != model.coefficients.cols())
    throw Error(
        cat("logistic: ", x.cols(), " predictors for a model of ", model.coefficients.cols()),
        "give the predictors that it was fitted to");
}

/// Log-probabilities [items, classes].
RowMatrix log_probabilities(const LogisticModel& model, const Representation& x) {
  require_features(model, x);
  RowMatrix logits = RowMatrix::Zero(x.rows(), model.classes);
  logits.rightCols(model.coefficients.rows()) =
      (x * model.coefficients.transpose()).rowwise() + model.intercepts.transpose();
  const Eigen::VectorXd most = logits.rowwise().maxCoeff();
  logits.colwise() -= most;
  const Eigen::VectorXd norm = logits.array().exp().rowwise().sum().log();
  logits.colwise() -= norm;
  return logits;
}

void require_labels(const LogisticModel& model, const Representation& x,
                    std::span<const int64_t> labels) {
  require_at_least(1, labels.size(), "logistic: labels");
  require_same_size(labels.size(), static_cast<std::size_t>(x.rows()), "logistic: labels",
                    "the predictors");
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= model.classes)
      throw Error(cat("logistic: label ", i + 1, " is ", labels[i]),
                  cat("the model has ", model.classes, " classes, from 0"));
}

} // namespace

LogisticModel logistic(std::span<const int64_t> labels, const Representation& x, Names names,
                       const LogisticOptions& options) {
  check(labels, x, names, options);
  const int64_t classes = count_classes(labels);
  const Eigen::VectorXd weights = weights_or_ones(options.weights, labels.size());
  const Standardized design = standardized(x, weights, options.standardize);
  if (options.penalty == 0)
    require_full_rank(design.columns, names, true, "logistic");
  const SoftmaxLoss loss(design.columns, labels, classes, weights, options.penalty);
  Eigen::MatrixXd at = Eigen::MatrixXd::Zero(design.columns.cols() + 1, classes > 2 ? classes : 1);
  const int64_t steps = minimize(loss, at, options.penalty > 0);
  LogisticModel model = model_of(at, design, classes);
  model.steps = steps;
  model.log_loss = loss.data_value(at) / weights.sum();
  return model;
}

RowMatrix probabilities(const LogisticModel& model, const Representation& x) {
  return log_probabilities(model, x).array().exp();
}

std::vector<int64_t> predicted(const LogisticModel& model, const Representation& x) {
  const RowMatrix scores = log_probabilities(model, x);
  std::vector<int64_t> classes(static_cast<std::size_t>(x.rows()));
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    scores.row(i).maxCoeff(&classes[static_cast<std::size_t>(i)]);
  return classes;
}

double accuracy(const LogisticModel& model, const Representation& x,
                std::span<const int64_t> labels) {
  require_labels(model, x, labels);
  const auto classes = predicted(model, x);
  double right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i)
    right += classes[i] == labels[i] ? 1 : 0;
  return right / static_cast<double>(labels.size());
}

double log_loss(const LogisticModel& model, const Representation& x,
                std::span<const int64_t> labels) {
  require_labels(model, x, labels);
  const RowMatrix scores = log_probabilities(model, x);
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i)
    sum -= scores(static_cast<Eigen::Index>(i), labels[i]);
  return sum / static_cast<double>(labels.size());
}

} // namespace residua::stats
