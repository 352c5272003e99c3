#pragma once

#include <string>
#include <vector>

#include "results/compare_runs.h"
#include "results/grid.h"

/// What the terminal and the Markdown form of a comparison share.
namespace mono::results {

/// One line: "no regression in 3 comparison(s), alpha 0.05 over all of them"; of several baselines
/// each is named by its folder, for two runs of one model have one name.
std::string headline(const Comparison& comparison);

/// Why nothing can be said of a task's scores or of a limit on its times; empty where all was
/// judged.
std::vector<std::string> unjudged_reasons(const TaskComparison& task);

/// The task's name; beside its baseline's folder where there are several.
std::string name_beside(const TaskComparison& task, const BaselineComparison& baseline,
                        const Comparison& comparison);

/// A line a task: rows, scores, change with interval, detectable drop, p, verdict.
Grid score_grid(const BaselineComparison& baseline, double level);
inline constexpr size_t kScoreTextColumns = 1;

/// A line a task and stage, and rows a second, with the p of equality and, where limits were given,
/// that of the limit; only the titles where no times were compared.
Grid latency_grid(const BaselineComparison& baseline, const CompareOptions& options);
inline constexpr size_t kLatencyTextColumns = 2;
inline constexpr const char* kTimesNote =
    "Times are medians of rows, their ratio the geometric mean of new / base row by row, which "
    "need not be that of the medians; rows a second are rows over the sum of times, their ratio is "
    "that of the two.";

/// What is behind a task's line, a sentence each.
std::vector<std::string> task_details(const TaskComparison& task);

/// A line a changed row: id, scores, both answers, shortened.
Grid changed_grid(const TaskComparison& task);
inline constexpr size_t kChangedTextColumns = 1;

}  // namespace mono::results
