#include "results/time_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mono::results {

namespace {

/// Every reason there is, one after the other.
class Reasons {
 public:
  explicit Reasons(std::string& text) : text_(text) {}
  void add(const std::string& reason) {
    if (reason.empty()) return;
    text_ += text_.empty() ? reason : "; " + reason;
  }

 private:
  std::string& text_;
};

bool are_too_many(int64_t left_out, int64_t all) {
  return static_cast<double>(left_out) > kMostLeftOut * static_cast<double>(all);
}

/// Failed rows have no times that could be compared, and may have been the slow ones.
std::string failed_rows(const TaskComparison& task) {
  const auto failed = task.num_failed_in_one_run;
  const auto all = failed + task.num_answered_in_both;
  if (!are_too_many(failed, all)) return "";
  return fmt::format(
      "{} of {} rows are left out, as they failed in one run only; a limit takes "
      "{:g} % at most",
      failed, all, 100 * kMostLeftOut);
}

std::string rows_left_out(const TaskComparison& task) {
  const auto& left_out = task.throughput->left_out;
  const auto failed = task.num_failed_in_one_run;
  const auto num_left_out = left_out.total() + failed;
  const auto all = task.throughput->num_rows + num_left_out;
  if (!are_too_many(num_left_out, all)) return "";
  return fmt::format(
      "{} of {} rows are left out, {} that failed in one run only, {} for such a row of their call "
      "and {} for rows asked again later; a limit takes {:g} % at most",
      num_left_out, all, failed, left_out.failed_in_one_run, left_out.asked_again,
      100 * kMostLeftOut);
}

/// The independent units of a test and what would make more of them.
struct Units {
  int64_t count = 0;
  const char* kind = nullptr;
  const char* remedy = nullptr;
};

std::string too_few(const Units& units, int64_t needed) {
  if (units.count >= needed) return "";
  return fmt::format(
      "{} independent {}, which cannot show a change at this alpha; {} are needed: {}", units.count,
      units.kind, needed, units.remedy);
}

void refuse_slowdown(TaskComparison& task, int64_t units_needed) {
  Reasons reasons(task.latency_refusal);
  if (!task.latency) return reasons.add(task.latency_note);
  reasons.add(task.latency_gap);
  reasons.add(failed_rows(task));
  reasons.add(too_few({task.latency->num_images, "pictures", "compare more rows"}, units_needed));
}

void refuse_throughput(TaskComparison& task, int64_t units_needed) {
  Reasons reasons(task.throughput_refusal);
  if (!task.throughput) return reasons.add(task.throughput_note);
  reasons.add(task.throughput_gap);
  reasons.add(rows_left_out(task));
  reasons.add(too_few(
      {task.throughput->num_calls, "calls", "compare more rows, asked in one order in both runs"},
      units_needed));
}

}  // namespace

void refuse_limits(Comparison& comparison) {
  const auto& options = comparison.options;
  const auto num_tasks = std::max<size_t>(1, comparison.num_tasks());
  const double level = options.gate.alpha / static_cast<double>(num_tasks);
  const auto units_needed = static_cast<int64_t>(std::ceil(-std::log2(level)));
  for (auto& baseline : comparison.baselines) {
    for (auto& task : baseline.tasks) {
      if (options.max_slowdown) refuse_slowdown(task, units_needed);
      if (options.min_throughput) refuse_throughput(task, units_needed);
    }
  }
}

}  // namespace mono::results
