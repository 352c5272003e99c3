#include "results/power_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include "results/interval.h"
#include "results/paired_test.h"

namespace mono::results {

namespace {

double normal_below(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double binomial_probability(int64_t k, int64_t n, double p) {
  if (p <= 0) return k == 0 ? 1 : 0;
  if (p >= 1) return k == n ? 1 : 0;
  const auto count = static_cast<double>(n), hits = static_cast<double>(k);
  return std::exp(std::lgamma(count + 1) - std::lgamma(hits + 1) - std::lgamma(count - hits + 1) +
                  hits * std::log(p) + (count - hits) * std::log1p(-p));
}

/// P(X >= least) of X ~ Binomial(n, p). Added up from its greatest term outwards: the one of
/// `least` may be too small for a double where the sum is not.
double binomial_tail(int64_t least, int64_t n, double p) {
  if (least <= 0) return 1;
  if (least > n || p <= 0) return 0;
  if (p >= 1) return 1;
  constexpr double kNegligible = 1e-17;
  const double odds = p / (1 - p);
  const auto mode = static_cast<int64_t>(static_cast<double>(n + 1) * p);
  const int64_t middle = std::clamp(mode, least, n);
  const double greatest = binomial_probability(middle, n, p);
  double sum = 0;
  double term = greatest;
  for (int64_t k = middle; k <= n && term > kNegligible * greatest; ++k) {
    sum += term;
    term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * odds;
  }
  term = greatest;
  for (int64_t k = middle - 1; k >= least && term > kNegligible * greatest; --k) {
    term *= static_cast<double>(k + 1) / static_cast<double>(n - k) / odds;
    sum += term;
  }
  return std::min(1.0, sum);
}

/// The fewest losses of k changes that the test calls a drop; k + 1 where there are none.
int64_t critical_losses(int64_t k, double alpha) {
  const auto count = static_cast<double>(k);
  const double far = std::min(count, std::ceil(count / 2 + 6 * std::sqrt(count)));  // 12 deviations
  auto least = static_cast<int64_t>(far) + 1;
  double term = binomial_probability(least - 1, k, 0.5);
  double tail = term;
  while (least > 0 && tail <= alpha * (1 + 1e-12)) {
    --least;
    term *= static_cast<double>(least) / static_cast<double>(k - least + 1);
    tail += term;
  }
  return least;
}

/// The numbers of changes that are worth a thought, ten standard deviations around the expected
/// one.
struct Counts {
  int64_t least = 0;
  int64_t most = 0;
};
Counts likely_counts(const Direction& direction) {
  const auto clusters = static_cast<double>(direction.num_clusters);
  const double mean = clusters * direction.rate;
  const double reach = 10 * std::sqrt(mean * (1 - direction.rate)) + 10;
  return {.least = static_cast<int64_t>(std::max(0.0, std::floor(mean - reach))),
          .most = static_cast<int64_t>(std::min(clusters, std::ceil(mean + reach)))};
}

/// How far apart half the sums of sign patterns lie: the number that all magnitudes are multiples
/// of, to a millionth; 0 where there is none above a thousandth of the largest.
double spacing_of(std::span<const double> magnitudes) {
  constexpr double kUnit = 1e-6;
  int64_t divisor = 0;
  for (const double magnitude : magnitudes) {
    divisor = std::gcd(divisor, static_cast<int64_t>(std::llround(magnitude / kUnit)));
  }
  const double spacing = static_cast<double>(divisor) * kUnit;
  return spacing > 1e-3 * magnitudes.back() ? spacing : 0;
}

/// P(sum of the sign patterns <= sum) by Edgeworth's series to the fourth moment.
double limit_p(std::span<const double> differences, double spacing) {
  double sum = 0, squares = 0, fourths = 0;
  for (const double difference : differences) {
    const double square = difference * difference;
    sum += difference;
    squares += square;
    fourths += square * square;
  }
  const double x = (sum + spacing) / std::sqrt(squares);
  const double kurtosis = -2 * fourths / (squares * squares);
  const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
  return normal_below(x) - density * kurtosis / 24 * (x * x * x - 3 * x);
}

/// Runs that change as the direction says.
class ChangedRuns {
 public:
  ChangedRuns(const Direction& direction, std::span<const double> magnitudes, uint64_t seed)
      : direction_(direction), magnitudes_(magnitudes), random_(seed) {
    const auto [least, most] = likely_counts(direction);
    least_ = least;
    for (int64_t k = least; k <= most; ++k) {
      up_to_.push_back(binomial_probability(k, direction.num_clusters, direction.rate) +
                       (up_to_.empty() ? 0 : up_to_.back()));
    }
  }

  const std::vector<double>& next() {
    const auto place = std::lower_bound(up_to_.begin(), up_to_.end() - 1, uniform());
    differences_.resize(static_cast<size_t>(least_ + (place - up_to_.begin())));
    for (auto& difference : differences_) {
      const auto drawn = uniform() * static_cast<double>(magnitudes_.size());
      const double magnitude = magnitudes_[static_cast<size_t>(drawn)];
      difference = uniform() < direction_.loss ? -magnitude : magnitude;
    }
    return differences_;
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  Direction direction_;
  std::span<const double> magnitudes_;
  std::mt19937_64 random_;
  int64_t least_ = 0;
  std::vector<double> up_to_{};  // P(K <= least + i)
  std::vector<double> differences_{};
};

}  // namespace

double exact_power(const Direction& direction, double alpha) {
  const auto [least, most] = likely_counts(direction);
  double power = 0;
  for (int64_t k = least; k <= most; ++k) {
    const double probability = binomial_probability(k, direction.num_clusters, direction.rate);
    if (probability < 1e-12) continue;
    power += probability * binomial_tail(critical_losses(k, alpha), k, direction.loss);
  }
  return power;
}

double simulated_power(const Direction& direction, std::span<const double> magnitudes, double alpha,
                       const PowerOptions& options) {
  const Resampling resampling;
  const double spacing = spacing_of(magnitudes);
  ChangedRuns runs(direction, magnitudes, options.seed);
  int found = 0;
  for (int run = 0; run < options.num_runs; ++run) {
    const auto& differences = runs.next();
    const bool is_exact = differences.size() <= static_cast<size_t>(resampling.max_exact);
    const double p =
        is_exact ? sign_flip_test(differences, resampling).p_worse : limit_p(differences, spacing);
    found += p <= alpha ? 1 : 0;
  }
  return static_cast<double>(found) / options.num_runs;
}

double normal_power(const Direction& direction, std::span<const double> magnitudes, double alpha) {
  double sum = 0, squares = 0;
  for (const double magnitude : magnitudes) {
    sum += magnitude;
    squares += magnitude * magnitude;
  }
  const auto size = static_cast<double>(magnitudes.size());
  const double changes = static_cast<double>(direction.num_clusters) * direction.rate;
  const double tilt = 2 * direction.loss - 1;
  const double expected = changes * tilt * sum / size;
  const double under_null = changes * squares / size;
  const double lost_to_mean = changes * direction.rate * tilt * tilt * sum * sum / (size * size);
  const double needed = normal_quantile(1 - alpha) * std::sqrt(under_null);
  const double variance = under_null - lost_to_mean;
  if (!(variance > 0)) return expected >= needed ? 1 : 0;
  return normal_below((expected - needed) / std::sqrt(variance));
}

}  // namespace mono::results
