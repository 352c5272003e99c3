#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/detectable.h"
#include "results/interval.h"
#include "results/paired_test.h"

namespace mono::results {

/// One question in both runs, on the scale of its scores (mostly [0, 1]).
struct ScorePair {
  double base = 0;
  double next = 0;
  uint64_t image = 0;  // questions about one picture are not independent
};

/// When a drop is a regression. Points are hundredths of a score.
struct GateOptions {
  double alpha = 0.05;               // of a false alarm, over all tasks and baselines together
  double power = 0.8;                // of the detectable drop
  double level = 0.95;               // of intervals
  std::optional<double> max_drop{};  // points; a larger drop is a regression however probable
  std::map<std::string, double>
      tolerances{};  // points a task may lose, by task, "task.profile" or "*"
  Resampling resampling{};
  bool states_detectable = true;  // false leaves the detectable drop out, which takes time
  PowerOptions simulation{};      // of the detectable drop
};

enum class Verdict {
  kSame,       // no score changed
  kNoDrop,     // nothing that these rows could tell from chance
  kTolerated,  // a drop, within the task's tolerance
  kWorse,      // a regression
  kBetter,
  kTooFewRows,  // scores changed, and these rows could show no drop: no verdict
};
std::string_view name_of(Verdict verdict);

/// The scores of one task in two runs.
struct ScoreComparison {
  int64_t num_rows = 0;
  int64_t num_images = 0;  // clusters; as many as rows where no picture is shared
  bool is_binary = false;  // every score is 0 or 1
  int64_t num_lost = 0;    // rows that score lower than before
  int64_t num_gained = 0;
  double base_points = 0;  // mean scores
  double next_points = 0;
  std::optional<Interval> interval{};  // of next - base, in points
  bool is_bootstrap = false;           // else the interval's normal limit
  double standard_error = 0;           // of next - base, in points; 0 for a single cluster
  PairedTest test{};
  Changes changes{};
  // What the caller adds, of all rows of the runs.
  int64_t num_answered = 0;      // with an answer in the baseline
  int64_t num_answers_lost = 0;  // of these, failed now
  // What `decide` adds, looking at all tasks together.
  double p_worse_holm = 1;
  double p_better_holm = 1;
  /// The smallest drop that the test finds with the options' power at the strictest level Holm may
  /// ask of it, alpha over the number of tasks; nothing where these rows can show none.
  std::optional<double> detectable_points{};
  double tolerance = 0;  // points
  Verdict verdict = Verdict::kSame;
  std::string reason{};  // of the verdict, a sentence

  double change() const { return next_points - base_points; }
};

/// Compares scores row by row: exact McNemar where every score is 0 or 1 and no picture is shared,
/// sign flips of whole pictures elsewhere.
/// \throws SetupError if there is no pair or a score is not finite.
ScoreComparison compare_scores(std::span<const ScorePair> pairs, const GateOptions& options = {});

/// A comparison and the names its tolerance may go by.
struct NamedComparison {
  std::string task{};   // "textvqa"
  std::string label{};  // "textvqa.vek"
  ScoreComparison* comparison = nullptr;
};

/// More answers lost than this share of the baseline's, and a run is worse whatever its scores.
inline constexpr double kMostAnswersLost = 0.1;

/// Gives each comparison its verdict, with Holm's correction over all of them.
void decide(std::span<const NamedComparison> comparisons, const GateOptions& options);

}  // namespace mono::results
