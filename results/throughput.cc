#include "results/throughput.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "model/adapter.h"

namespace mono::results {

using model::fail;

namespace {

void check(std::span<const WallPair> pairs, std::optional<double> limit) {
  if (limit && !(*limit > 0)) fail("compare_throughput: a limit of ", *limit);
  for (const auto& pair : pairs) {
    for (const double seconds : {pair.base, pair.next}) {
      if (!(seconds >= 0) || !std::isfinite(seconds)) {
        fail("compare_throughput: a row took ", seconds, " seconds");
      }
    }
  }
}

/// Rows joined by calls, by union of sets.
class CallGroups {
 public:
  explicit CallGroups(size_t num_rows) : parent_(num_rows) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }

  /// Joins the rows whose call `call_of` says is the same.
  void join(std::span<const WallPair> pairs, int64_t WallPair::*call_of) {
    std::unordered_map<int64_t, size_t> first_of;
    for (size_t row = 0; row < pairs.size(); ++row) {
      const auto [found, is_new] = first_of.emplace(pairs[row].*call_of, row);
      if (!is_new) parent_[root(row)] = root(found->second);
    }
  }

  size_t root(size_t row) {
    while (parent_[row] != row) row = parent_[row] = parent_[parent_[row]];
    return row;
  }

 private:
  std::vector<size_t> parent_;
};

/// Working times of each group of calls without a fault.
struct CallTerms {
  std::vector<RatioTerm> terms{};  // base over next
  int64_t num_rows = 0;
  LeftOutRows left_out{};
};

CallTerms terms_by_call(std::span<const WallPair> pairs) {
  CallGroups groups(pairs.size());
  groups.join(pairs, &WallPair::base_call);
  groups.join(pairs, &WallPair::next_call);
  std::unordered_map<size_t, CallFault> faults;
  for (size_t row = 0; row < pairs.size(); ++row) {
    auto& fault = faults[groups.root(row)];
    fault = std::max(fault, pairs[row].fault);
  }
  CallTerms found;
  std::unordered_map<size_t, size_t> place;
  for (size_t row = 0; row < pairs.size(); ++row) {
    const size_t group = groups.root(row);
    if (const auto fault = faults.at(group); fault != CallFault::kNone) {
      ++(fault == CallFault::kAskedAgain ? found.left_out.asked_again
                                         : found.left_out.failed_in_one_run);
      continue;
    }
    const auto [term, is_new] = place.emplace(group, found.terms.size());
    if (is_new) found.terms.push_back({.numerator = 0, .denominator = 0});
    found.terms[term->second].numerator += pairs[row].base;
    found.terms[term->second].denominator += pairs[row].next;
    ++found.num_rows;
  }
  return found;
}

PairedTest test_against(double limit, std::span<const RatioTerm> terms,
                        const Resampling& resampling) {
  std::vector<double> differences;
  differences.reserve(terms.size());
  for (const auto& term : terms) differences.push_back(term.numerator - limit * term.denominator);
  return sign_flip_test(differences, resampling);
}

}  // namespace

std::optional<ThroughputComparison> compare_throughput(std::span<const WallPair> pairs,
                                                       std::optional<double> limit,
                                                       const GateOptions& options) {
  check(pairs, limit);
  const auto [terms, num_rows, left_out] = terms_by_call(pairs);
  double base = 0, next = 0;
  for (const auto& term : terms) {
    base += term.numerator;
    next += term.denominator;
  }
  if (!(base > 0) || !(next > 0)) return std::nullopt;
  const auto count = static_cast<double>(num_rows);
  ThroughputComparison comparison{.num_rows = num_rows,
                                  .left_out = left_out,
                                  .num_calls = static_cast<int64_t>(terms.size()),
                                  .base_rows_per_second = count / base,
                                  .next_rows_per_second = count / next,
                                  .ratio = base / next,
                                  .p_equal = test_against(1, terms, options.resampling).p_two_sided,
                                  .limit = limit};
  if (const auto found = ratio_interval(terms, options.level, options.resampling)) {
    comparison.interval = found->interval;
  }
  if (limit) comparison.p_below_limit = test_against(*limit, terms, options.resampling).p_worse;
  return comparison;
}

}  // namespace mono::results
