#include "results/interval.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "model/adapter.h"

namespace mono::results {

using model::fail;

namespace {

struct Sums {
  double numerator = 0;
  double denominator = 0;
  double ratio() const { return numerator / denominator; }
};

Sums sums_of(std::span<const RatioTerm> terms) {
  Sums sums;
  for (const auto& term : terms) {
    sums.numerator += term.numerator;
    sums.denominator += term.denominator;
  }
  if (terms.empty()) fail("ratio: there is no term");
  if (!std::isfinite(sums.ratio())) {
    fail("ratio: ", sums.numerator, " over ", sums.denominator, " is no number");
  }
  return sums;
}

/// A number below `bound`, as probable as any other up to 2^-64 of it (Lemire 2019,
/// arXiv:1805.10941, without the rejection); the same on every machine.
size_t draw_below(size_t bound, std::mt19937_64& random) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<size_t>(static_cast<Wide>(random()) * bound >> 64);
}

std::vector<double> resampled_ratios(std::span<const RatioTerm> terms,
                                     const Resampling& resampling) {
  std::mt19937_64 random(resampling.seed);
  std::vector<double> ratios;
  ratios.reserve(static_cast<size_t>(resampling.num_resamples));
  for (int i = 0; i < resampling.num_resamples; ++i) {
    Sums sums;
    for (size_t k = 0; k < terms.size(); ++k) {
      const auto& term = terms[draw_below(terms.size(), random)];
      sums.numerator += term.numerator;
      sums.denominator += term.denominator;
    }
    ratios.push_back(sums.ratio());
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios;
}

/// The quantile of sorted values with linear interpolation (NumPy's default).
double quantile(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace

double ratio(std::span<const RatioTerm> terms) {
  return sums_of(terms).ratio();
}

std::optional<double> ratio_standard_error(std::span<const RatioTerm> terms) {
  const auto sums = sums_of(terms);
  if (terms.size() < 2) return std::nullopt;
  double squares = 0;
  for (const auto& term : terms) {
    const double residual = term.numerator - sums.ratio() * term.denominator;
    squares += residual * residual;
  }
  const auto count = static_cast<double>(terms.size());
  return std::sqrt(count / (count - 1) * squares) / std::abs(sums.denominator);
}

std::optional<RatioInterval> ratio_interval(std::span<const RatioTerm> terms, double level,
                                            const Resampling& resampling) {
  if (!(level > 0 && level < 1)) fail("ratio_interval: a level of ", level);
  const double center = ratio(terms);
  const auto standard_error = ratio_standard_error(terms);
  if (!standard_error) return std::nullopt;
  const double tail = (1 - level) / 2;
  if (static_cast<int64_t>(terms.size()) > resampling.max_sampled) {
    const double half = normal_quantile(1 - tail) * *standard_error;
    return RatioInterval{.interval = {.low = center - half, .high = center + half}};
  }
  // The same terms in another order give the same interval.
  std::vector<RatioTerm> sorted(terms.begin(), terms.end());
  std::sort(sorted.begin(), sorted.end());
  const auto ratios = resampled_ratios(sorted, resampling);
  return RatioInterval{
      .interval = {.low = quantile(ratios, tail), .high = quantile(ratios, 1 - tail)},
      .is_bootstrap = true};
}

double normal_quantile(double p) {
  if (!(p > 0 && p < 1)) fail("normal_quantile: a probability of ", p);
  double low = -40, high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    const double below = 0.5 * std::erfc(-middle / std::numbers::sqrt2);
    (below < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace mono::results
