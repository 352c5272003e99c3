#include "results/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

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
  const auto n = static_cast<double>(scores.size());
  const double center = mean(scores);
  struct Sums {
    double deviation = 0;
    double square = 0;
  };
  std::map<std::string, Sums> sums;
  for (size_t i = 0; i < scores.size(); ++i) {
    auto& cluster = sums[clusters[i]];
    cluster.deviation += scores[i] - center;
    cluster.square += squared(scores[i] - center);
  }
  if (sums.size() < 2) return std::nullopt;
  double pairs = 0;  // Σ_{i≠j} d_i d_j = (Σ d_i)² - Σ d_i²
  for (const auto& [name, cluster] : sums) pairs += squared(cluster.deviation) - cluster.square;
  const double independent = squared_deviations(scores, center) / (n - 1) / n;
  return std::sqrt(std::max(0.0, independent + pairs / squared(n)));
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
