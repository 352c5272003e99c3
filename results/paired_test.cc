#include "results/paired_test.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "model/adapter.h"

namespace mono::results {

namespace {

/// P(X >= least) of X ~ Binomial(n, 1/2).
double binomial_tail(int64_t least, int64_t n) {
  if (least <= 0) return 1;
  if (2 * least <= n) return 1 - binomial_tail(n - least + 1, n);  // by symmetry
  const auto count = static_cast<double>(n);
  const auto first = static_cast<double>(least);
  double term = std::exp(std::lgamma(count + 1) - std::lgamma(first + 1) -
                         std::lgamma(count - first + 1) - count * std::numbers::ln2);
  double sum = 0;
  for (double k = first; k <= count && term > sum * 1e-18; ++k) {
    sum += term;
    term *= (count - k) / (k + 1);
  }
  return std::min(1.0, sum);
}

double two_sided(double p_worse, double p_better) {
  return std::min(1.0, 2 * std::min(p_worse, p_better));
}

/// How many sums lie at the observed one or beyond it, on either side.
struct Counts {
  double low = 0;
  double high = 0;
  double total = 0;
};

/// Counts sums, those within rounding of the observed one on both sides.
class Counter {
 public:
  Counter(double observed, double tolerance)
      : at_most_(observed + tolerance), at_least_(observed - tolerance) {}

  void add(double sum) {
    counts_.low += sum <= at_most_ ? 1 : 0;
    counts_.high += sum >= at_least_ ? 1 : 0;
    counts_.total += 1;
  }
  const Counts& counts() const { return counts_; }

 private:
  double at_most_;
  double at_least_;
  Counts counts_{};
};

/// The sums of all sign patterns of `values`: [2^num_values].
std::vector<double> all_sums(std::span<const double> values) {
  std::vector<double> sums = {0};
  for (const double value : values) {
    const size_t size = sums.size();
    for (size_t i = 0; i < size; ++i) sums.push_back(sums[i] - value);
    for (size_t i = 0; i < size; ++i) sums[i] += value;
  }
  return sums;
}

/// Two halves, so that no sum has more than a few roundings behind it.
void try_all_signs(std::span<const double> values, Counter& counter) {
  const auto first = all_sums(values.first(values.size() / 2));
  const auto second = all_sums(values.subspan(values.size() / 2));
  for (const double a : first) {
    for (const double b : second) counter.add(a + b);
  }
}

void sample_signs(std::span<const double> values, const Resampling& resampling, Counter& counter) {
  std::mt19937_64 random(resampling.seed);
  for (int i = 0; i < resampling.num_resamples; ++i) {
    double sum = 0;
    uint64_t bits = 0;
    for (size_t k = 0; k < values.size(); ++k) {
      if (k % 64 == 0) bits = random();
      sum += (bits & 1) != 0 ? values[k] : -values[k];
      bits >>= 1;
    }
    counter.add(sum);
  }
}

PairedTest test_of(double p_worse, double p_better, TestMethod method) {
  return {.p_worse = p_worse,
          .p_better = p_better,
          .p_two_sided = two_sided(p_worse, p_better),
          .method = method};
}

PairedTest normal_test(std::span<const double> values, double observed) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  const double scaled = observed / std::sqrt(2 * squares);
  return test_of(0.5 * std::erfc(-scaled), 0.5 * std::erfc(scaled), TestMethod::kNormalPermutation);
}

}  // namespace

std::string_view name_of(TestMethod method) {
  switch (method) {
    case TestMethod::kExactMcNemar:
      return "exact McNemar";
    case TestMethod::kExactPermutation:
      return "exact permutation";
    case TestMethod::kSampledPermutation:
      return "sampled permutation";
    case TestMethod::kNormalPermutation:
      return "permutation, normal limit";
  }
  model::fail("name_of: no such test method");
}

PairedTest exact_mcnemar(int64_t lost, int64_t gained) {
  if (lost < 0 || gained < 0) model::fail("exact_mcnemar: ", lost, " lost, ", gained, " gained");
  return test_of(binomial_tail(lost, lost + gained), binomial_tail(gained, lost + gained),
                 TestMethod::kExactMcNemar);
}

PairedTest sign_flip_test(std::span<const double> differences, const Resampling& resampling) {
  std::vector<double> values;
  double magnitude = 0;
  for (const double difference : differences) {
    if (!std::isfinite(difference)) model::fail("sign_flip_test: a difference is ", difference);
    if (difference != 0) values.push_back(difference);
    magnitude += std::abs(difference);
  }
  // The same differences in another order are the same test.
  std::sort(values.begin(), values.end());
  const double observed = std::accumulate(values.begin(), values.end(), 0.0);
  if (static_cast<int64_t>(values.size()) > resampling.max_sampled) {
    return normal_test(values, observed);
  }
  Counter counter(observed, 1e-12 * magnitude);
  const bool is_exact = static_cast<int>(values.size()) <= resampling.max_exact;
  if (is_exact) {
    try_all_signs(values, counter);
  } else {
    sample_signs(values, resampling, counter);
  }
  const auto& [low, high, total] = counter.counts();
  const double seen = is_exact ? 0 : 1;  // the observed pattern, among the sampled ones
  return test_of((low + seen) / (total + seen), (high + seen) / (total + seen),
                 is_exact ? TestMethod::kExactPermutation : TestMethod::kSampledPermutation);
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const auto num_left = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, num_left * p_values[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace mono::results
