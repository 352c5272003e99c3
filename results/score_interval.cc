#include "results/score_interval.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "results/interval.h"

namespace mono::results {

namespace {

constexpr double kRounding = 1e-4;  // of a metric printed with two decimals, of 100

struct Rows {
  std::vector<RatioTerm> terms{};  // by picture
  int64_t count = 0;
  double sum = 0;
  bool is_binary = true;
};

Rows counted(std::span<const SampleRow> rows) {
  Rows result;
  std::unordered_map<uint64_t, size_t> place;
  for (const auto& row : rows) {
    if (row.state != RowState::kScored || !row.is_counted) continue;
    const auto [found, is_new] = place.emplace(row.image, result.terms.size());
    if (is_new) result.terms.push_back({.numerator = 0, .denominator = 0});
    auto& term = result.terms[found->second];
    term.numerator += row.value;
    term.denominator += 1;
    result.sum += row.value;
    ++result.count;
    result.is_binary &= row.value == 0 || row.value == 1;
  }
  return result;
}

/// What the mean must be multiplied with to give the metric; 0 where no such factor is known.
double factor_of(double mean, double metric, int64_t count) {
  if (mean == 0) return 0;
  for (const double factor : {1.0, 100.0, static_cast<double>(count)}) {
    if (std::abs(factor * mean - metric) <= kRounding * factor) return factor;
  }
  return 0;
}

}  // namespace

std::optional<ScoreInterval> mean_interval(std::span<const SampleRow> rows, double metric) {
  const auto scored = counted(rows);
  if (scored.terms.size() < 2) return std::nullopt;
  const double mean = scored.sum / static_cast<double>(scored.count);
  const double factor = factor_of(mean, metric, scored.count);
  if (factor == 0) return std::nullopt;
  const bool is_shared = static_cast<int64_t>(scored.terms.size()) < scored.count;
  if (scored.is_binary && !is_shared) {
    const auto wilson = wilson_interval(std::llround(scored.sum), scored.count);
    return ScoreInterval{.interval = {factor * wilson.low, factor * wilson.high},
                         .method = "Wilson"};
  }
  const double half = kZ95 * ratio_standard_error(scored.terms).value();
  return ScoreInterval{.interval = {factor * (mean - half), factor * (mean + half)},
                       .method = is_shared ? "clustered" : "normal"};
}

}  // namespace mono::results
