#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/gate.h"
#include "results/latency.h"
#include "results/run_folder.h"
#include "results/throughput.h"

namespace mono::results {

/// A row whose score changed, with both answers.
struct ChangedRow {
  std::string id{};
  double base_value = 0;
  double next_value = 0;
  std::string base_response{};
  std::string next_response{};
  std::string base_answer{};  // as extracted; "" where the row failed
  std::string next_answer{};
  std::string next_error{};  // why it has no response; "" exactly when it has one
};

/// One task of a run beside the same task of a baseline.
struct TaskComparison {
  std::string label{};
  std::string task{};
  std::string main_metric{};
  std::optional<double> base_main{};  // on the metric's own scale
  std::optional<double> next_main{};
  std::string images_by{};  // "pixels", "texts", "names": how shared pictures were recognised
  int64_t num_responses_changed = 0;
  int64_t num_failed_now = 0;         // with a score in the baseline, failed now: value 0
  int64_t num_failed_lost = 0;        // of these, with a score above 0 in the baseline
  int64_t num_left_out = 0;           // failed or unscored in the baseline
  int64_t num_failed_in_one_run = 0;  // of all rows
  int64_t num_answered_in_both = 0;   // likewise
  ScoreComparison scores{};
  std::vector<ChangedRow> changed{};  // the first ones, lost rows before gained ones
  std::optional<LatencyComparison> latency{};
  std::string latency_note{};  // why there is none
  std::string latency_gap{};   // rows without times; "" where there is none
  std::string throughput_gap{};
  std::optional<ThroughputComparison> throughput{};
  std::string throughput_note{};  // likewise
  std::string latency_refusal{};  // why a limit on it is not judged; "" where it is, or none is set
  std::string throughput_refusal{};

  bool is_slower() const { return latency && latency->is_regression; }
  bool yields_less() const { return throughput && throughput->is_regression; }
  bool has_regression() const {
    return scores.verdict == Verdict::kWorse || is_slower() || yields_less();
  }
  /// Something that was asked cannot be answered, neither so nor so.
  bool is_unjudged() const {
    return scores.verdict == Verdict::kTooFewRows || !latency_refusal.empty() ||
           !throughput_refusal.empty();
  }
};

/// A run beside one baseline.
struct BaselineComparison {
  RunFolder base{};
  std::vector<TaskComparison> tasks{};
  std::vector<std::string> new_tasks{};    // that the baseline does not have
  std::vector<std::string> differences{};  // of models and machines: what the comparison is about
};

struct CompareOptions {
  GateOptions gate{};
  std::optional<double> max_slowdown{};    // ratio of times; larger ones are regressions
  std::optional<double> min_throughput{};  // ratio of rows a second; smaller ones are regressions
  std::vector<std::string> tasks{};        // by task or label; empty compares all of the baseline's
  int num_changed_rows = 20;               // at most so many per task are read back
};

/// A run beside its baselines.
struct Comparison {
  RunFolder next{};
  std::vector<BaselineComparison> baselines{};
  CompareOptions options{};
  bool has_regression = false;
  bool has_unjudged = false;  // a task of which nothing can be said

  /// Of all baselines: what Holm's correction runs over.
  size_t num_tasks() const {
    size_t count = 0;
    for (const auto& baseline : baselines) count += baseline.tasks.size();
    return count;
  }
};

/// Compares a run with each baseline, row by row.
/// \throws SetupError naming everything that cannot be compared: an unfinished run, a task that is
///         missing, another profile, profile version, registration, data set, limit, token cap or
///         set of rows, rows that wait for a judge on one side only; UsageError for a task or
///         tolerance that no baseline has, for a run that is given twice, and for fewer resamples
///         than alpha needs. Times that cannot be compared where a limit of theirs is given leave
///         the task unjudged: they say nothing about its scores.
Comparison compare_runs(std::span<const std::filesystem::path> baselines,
                        const std::filesystem::path& next, const CompareOptions& options);

}  // namespace mono::results
