#include "results/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "model/adapter.h"

namespace mono::results {

using model::fail;

namespace {

double squared(double x) {
  return x * x;
}

/// Σ (s_i - s̄)².
double squared_deviations(std::span<const double> scores, double center) {
  double sum = 0;
  for (const double score : scores) sum += squared(score - center);
  return sum;
}

}  // namespace

double mean(std::span<const double> scores) {
  if (scores.empty()) fail("mean: there is no score");
  double sum = 0;
  for (const double score : scores) {
    if (!std::isfinite(score)) fail("mean: a score is ", score);
    sum += score;
  }
  return sum / static_cast<double>(scores.size());
}

std::optional<double> standard_error(std::span<const double> scores) {
  const auto n = static_cast<double>(scores.size());
  const double center = mean(scores);
  if (scores.size() < 2) return std::nullopt;
  return std::sqrt(squared_deviations(scores, center) / (n - 1) / n);
}

std::optional<double> clustered_standard_error(std::span<const double> scores,
                                               std::span<const std::string> clusters) {
  if (scores.size() != clusters.size()) {
    fail("clustered_standard_error: ", scores.size(), " scores, ", clusters.size(), " clusters");
  }
  const double center = mean(scores);
  std::map<std::string_view, double> deviations;
  for (size_t i = 0; i < scores.size(); ++i) deviations[clusters[i]] += scores[i] - center;
  if (deviations.size() < 2) return std::nullopt;
  double squares = 0;
  for (const auto& [cluster, deviation] : deviations) squares += squared(deviation);
  const auto count = static_cast<double>(deviations.size());
  return std::sqrt(count / (count - 1) * squares) / static_cast<double>(scores.size());
}

Interval wilson_interval(int64_t successes, int64_t n, double z) {
  if (n <= 0 || successes < 0 || successes > n) {
    fail("wilson_interval: ", successes, " successes of ", n);
  }
  const auto count = static_cast<double>(n);
  const double p = static_cast<double>(successes) / count;
  const double scale = 1 + squared(z) / count;
  const double center = (p + squared(z) / (2 * count)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / count + squared(z / (2 * count))) / scale;
  return {.low = std::max(0.0, center - half), .high = std::min(1.0, center + half)};
}

}  // namespace mono::results
