#include "results/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "model/adapter.h"

namespace mono::results {

namespace {

constexpr double kPoints = 100;
constexpr double kRounding = 1e-9;  // of a drop beside its limit

/// Differences by picture, in the order the pictures come in.
std::vector<RatioTerm> terms_by_image(std::span<const ScorePair> pairs) {
  std::vector<RatioTerm> terms;
  terms.reserve(pairs.size());
  std::unordered_map<uint64_t, size_t> place;
  place.reserve(pairs.size());
  for (const auto& pair : pairs) {
    const auto [found, is_new] = place.emplace(pair.image, terms.size());
    if (is_new) terms.push_back({.numerator = 0, .denominator = 0});
    auto& term = terms[found->second];
    term.numerator += pair.next - pair.base;
    term.denominator += 1;
  }
  return terms;
}

bool is_zero_or_one(double score) {
  return score == 0 || score == 1;
}

void count_rows(std::span<const ScorePair> pairs, ScoreComparison& comparison) {
  double base = 0, next = 0;
  comparison.is_binary = true;
  for (const auto& pair : pairs) {
    if (!std::isfinite(pair.base) || !std::isfinite(pair.next)) {
      model::fail("compare_scores: scores of ", pair.base, " and ", pair.next);
    }
    base += pair.base;
    next += pair.next;
    comparison.num_lost += pair.next < pair.base ? 1 : 0;
    comparison.num_gained += pair.next > pair.base ? 1 : 0;
    comparison.is_binary &= is_zero_or_one(pair.base) && is_zero_or_one(pair.next);
  }
  comparison.num_rows = static_cast<int64_t>(pairs.size());
  const auto count = static_cast<double>(pairs.size());
  comparison.base_points = kPoints * base / count;
  comparison.next_points = kPoints * next / count;
}

PairedTest test_of(const ScoreComparison& comparison, std::span<const RatioTerm> terms,
                   const Resampling& resampling) {
  if (comparison.is_binary && comparison.num_images == comparison.num_rows) {
    return exact_mcnemar(comparison.num_lost, comparison.num_gained);
  }
  std::vector<double> differences;
  differences.reserve(terms.size());
  for (const auto& term : terms) differences.push_back(term.numerator);
  return sign_flip_test(differences, resampling);
}

double tolerance_of(const NamedComparison& named, const GateOptions& options) {
  for (const auto& name : {named.label, named.task, std::string("*")}) {
    if (const auto found = options.tolerances.find(name); found != options.tolerances.end()) {
      return found->second;
    }
  }
  return 0;
}

Changes changes_of(std::span<const RatioTerm> terms, const ScoreComparison& comparison) {
  Changes changes{.num_rows = comparison.num_rows, .num_clusters = comparison.num_images};
  for (const auto& term : terms) {
    if (term.numerator != 0) changes.magnitudes.push_back(std::abs(term.numerator));
  }
  return changes;
}

std::optional<double> in_points(const std::optional<double>& score) {
  return score ? std::optional(kPoints * *score) : std::nullopt;
}

std::string points(double value) {
  return fmt::format("{:.2f} points", value);
}

/// A verdict and the sentence that says why.
struct Finding {
  Verdict verdict = Verdict::kSame;
  std::string reason{};
};

std::string drop_text(const ScoreComparison& comparison) {
  const double change = comparison.change();
  return (change > 0 ? "a rise of " : "a drop of ") + points(std::abs(change));
}

bool loses_too_many_answers(const ScoreComparison& comparison) {
  return static_cast<double>(comparison.num_answers_lost) >
         kMostAnswersLost * static_cast<double>(comparison.num_answered);
}

bool is_tolerated(const ScoreComparison& comparison) {
  return -comparison.change() <= comparison.tolerance + kRounding;
}

Finding tolerated(const ScoreComparison& comparison) {
  return {Verdict::kTolerated, drop_text(comparison) + fmt::format(", within the tolerance of {}",
                                                                   points(comparison.tolerance))};
}

/// Where neither a drop nor a rise was found, nor one too large.
Finding nothing_found(const ScoreComparison& comparison, const GateOptions& options) {
  const auto& detectable = comparison.detectable_points;
  if (options.states_detectable && !options.max_drop && !detectable) {
    if (comparison.tolerance > 0 && is_tolerated(comparison)) return tolerated(comparison);
    return {
        Verdict::kTooFewRows,
        drop_text(comparison) +
            fmt::format(", where {} rows of {} pictures can show no drop at this alpha: compare "
                        "more rows, or bound the drop with --max-drop",
                        comparison.num_rows, comparison.num_images)};
  }
  const double drop = -comparison.change();
  if (comparison.num_lost == 0 && comparison.num_gained == 0) {
    return {Verdict::kNoDrop,
            fmt::format("no score changed, but {} rows that the baseline answered fail now",
                        comparison.num_answers_lost)};
  }
  if (drop > 0 && detectable && drop < *detectable) {
    return {Verdict::kNoDrop,
            drop_text(comparison) +
                fmt::format(", below the {} that these rows can show", points(*detectable))};
  }
  return {Verdict::kNoDrop, fmt::format("{} rows lost, {} gained: no more than chance gives",
                                        comparison.num_lost, comparison.num_gained)};
}

Finding finding(const ScoreComparison& comparison, const GateOptions& options) {
  const double drop = -comparison.change();
  const bool is_significant = comparison.p_worse_holm <= options.alpha && drop > 0;
  const bool is_too_large = options.max_drop && drop > *options.max_drop + kRounding;
  if (loses_too_many_answers(comparison)) {
    return {Verdict::kWorse,
            fmt::format("{} of the {} rows that the baseline answered fail now, more than {:g} %",
                        comparison.num_answers_lost, comparison.num_answered,
                        kPoints * kMostAnswersLost)};
  }
  if (comparison.num_lost + comparison.num_gained + comparison.num_answers_lost == 0) {
    return {Verdict::kSame, "no score changed"};
  }
  if ((is_significant || is_too_large) && is_tolerated(comparison)) return tolerated(comparison);
  if (is_significant) {
    return {Verdict::kWorse, drop_text(comparison) +
                                 fmt::format(", p = {:.2g} after Holm", comparison.p_worse_holm)};
  }
  if (is_too_large) {
    return {Verdict::kWorse,
            drop_text(comparison) + fmt::format(", more than --max-drop {}", *options.max_drop)};
  }
  if (comparison.p_better_holm <= options.alpha) {
    return {Verdict::kBetter, drop_text(comparison) +
                                  fmt::format(", p = {:.2g} after Holm", comparison.p_better_holm)};
  }
  return nothing_found(comparison, options);
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSame:
      return "same";
    case Verdict::kNoDrop:
      return "no drop";
    case Verdict::kTolerated:
      return "tolerated";
    case Verdict::kWorse:
      return "WORSE";
    case Verdict::kBetter:
      return "better";
    case Verdict::kTooFewRows:
      return "too few rows";
  }
  model::fail("name_of: no such verdict");
}

ScoreComparison compare_scores(std::span<const ScorePair> pairs, const GateOptions& options) {
  if (pairs.empty()) model::fail("compare_scores: there is no row");
  ScoreComparison comparison;
  count_rows(pairs, comparison);
  const auto terms = terms_by_image(pairs);
  comparison.num_images = static_cast<int64_t>(terms.size());
  comparison.test = test_of(comparison, terms, options.resampling);
  comparison.changes = changes_of(terms, comparison);
  comparison.standard_error = kPoints * ratio_standard_error(terms).value_or(0);
  if (const auto found = ratio_interval(terms, options.level, options.resampling)) {
    comparison.interval = {.low = kPoints * found->interval.low,
                           .high = kPoints * found->interval.high};
    comparison.is_bootstrap = found->is_bootstrap;
  }
  return comparison;
}

void decide(std::span<const NamedComparison> comparisons, const GateOptions& options) {
  std::vector<double> worse, better;
  for (const auto& named : comparisons) {
    worse.push_back(named.comparison->test.p_worse);
    better.push_back(named.comparison->test.p_better);
  }
  worse = holm_adjusted(worse);
  better = holm_adjusted(better);
  for (size_t i = 0; i < comparisons.size(); ++i) {
    auto& comparison = *comparisons[i].comparison;
    comparison.p_worse_holm = worse[i];
    comparison.p_better_holm = better[i];
    comparison.tolerance = tolerance_of(comparisons[i], options);
    // The strictest level that Holm may ask of one test.
    const double level = options.alpha / static_cast<double>(comparisons.size());
    if (options.states_detectable) {
      comparison.detectable_points =
          in_points(detectable_drop(comparison.changes, level, options.power, options.simulation));
    }
    auto found = finding(comparison, options);
    comparison.verdict = found.verdict;
    comparison.reason = std::move(found.reason);
  }
}

}  // namespace mono::results
