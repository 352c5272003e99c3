#include "results/paired_test.h"

#include <algorithm>
#include <cmath>
#include <iterator>
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
  for (int64_t k = least; k <= n && term > sum * 1e-18; ++k) {
    sum += term;
    term *= static_cast<double>(n - k) / static_cast<double>(k + 1);
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

/// The observed sum, and what rounding may make of an equal one.
struct Observed {
  double sum = 0;
  double tolerance = 0;
  double at_most() const { return sum + tolerance; }
  double at_least() const { return sum - tolerance; }
};

/// The sums of all sign patterns of `values`, sorted: [2^num_values].
std::vector<double> all_sums(std::span<const double> values) {
  std::vector<double> sums = {0}, less, more;
  for (const double value : values) {
    less.clear();
    more.clear();
    for (const double sum : sums) {
      less.push_back(sum - std::abs(value));
      more.push_back(sum + std::abs(value));
    }
    sums.clear();
    std::merge(less.begin(), less.end(), more.begin(), more.end(), std::back_inserter(sums));
  }
  return sums;
}

/// How many sums of one of each list lie below a bound, by `is_below(sum)`; both lists sorted.
template <typename IsBelow>
double count_pairs(std::span<const double> first, std::span<const double> second,
                   IsBelow is_below) {
  double count = 0;
  size_t num_below = second.size();
  for (const double a : first) {
    while (num_below > 0 && !is_below(a + second[num_below - 1])) --num_below;
    count += static_cast<double>(num_below);
  }
  return count;
}

/// Two halves: 2^(n/2) sums each, of which no one has more than a few roundings behind it.
Counts try_all_signs(std::span<const double> values, const Observed& observed) {
  const auto first = all_sums(values.first(values.size() / 2));
  const auto second = all_sums(values.subspan(values.size() / 2));
  const auto total = static_cast<double>(first.size()) * static_cast<double>(second.size());
  return {.low = count_pairs(first, second, [&](double sum) { return sum <= observed.at_most(); }),
          .high = total -
                  count_pairs(first, second, [&](double sum) { return sum < observed.at_least(); }),
          .total = total};
}

Counts sample_signs(std::span<const double> values, const Resampling& resampling,
                    const Observed& observed) {
  Counts counts{.total = static_cast<double>(resampling.num_resamples)};
  std::mt19937_64 random(resampling.seed);
  for (int i = 0; i < resampling.num_resamples; ++i) {
    double sum = 0;
    uint64_t bits = 0;
    for (size_t k = 0; k < values.size(); ++k) {
      if (k % 64 == 0) bits = random();
      sum += (bits & 1) != 0 ? values[k] : -values[k];
      bits >>= 1;
    }
    counts.low += sum <= observed.at_most() ? 1 : 0;
    counts.high += sum >= observed.at_least() ? 1 : 0;
  }
  return counts;
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
  const Observed seen_sum{.sum = observed, .tolerance = 1e-12 * magnitude};
  const bool is_exact = static_cast<int>(values.size()) <= resampling.max_exact;
  const auto [low, high, total] =
      is_exact ? try_all_signs(values, seen_sum) : sample_signs(values, resampling, seen_sum);
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
