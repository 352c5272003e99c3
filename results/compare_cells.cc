#include "results/compare_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mono::results {

namespace {

constexpr size_t kLongestAnswer = 60;

std::string interval_text(const std::optional<Interval>& interval, int decimals) {
  if (!interval) return kNoData;
  return fmt::format("[{:.{}f}, {:.{}f}]", interval->low, decimals, interval->high, decimals);
}

std::string percent(double level) {
  return fmt::format("{:g} %", 100 * level);
}

bool begins_character(char byte) {
  return (byte & 0xC0) != 0x80;
}

/// In one line, quoted.
std::string quoted_line(std::string text) {
  for (auto& byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20) byte = ' ';
  }
  return "\"" + text + "\"";
}

/// Cut at a character where it is long.
std::string beginning_of(const std::string& answer) {
  size_t end = std::min(answer.size(), kLongestAnswer);
  while (end < answer.size() && !begins_character(answer[end])) ++end;
  return quoted_line(answer.substr(0, end)) + (end < answer.size() ? "..." : "");
}

/// An error begins with files and ends with what happened.
std::string end_of(const std::string& error) {
  size_t begin = error.size() - std::min(error.size(), kLongestAnswer);
  while (begin < error.size() && !begins_character(error[begin])) ++begin;
  return (begin > 0 ? "..." : "") + quoted_line(error.substr(begin));
}

std::string seconds(double value) {
  return fmt::format("{:.4g} s", value);
}

std::vector<std::string> stage_line(const std::string& label, const StageComparison& stage) {
  return {label,
          std::string(stage.name),
          seconds(stage.base_median),
          seconds(stage.next_median),
          fmt::format("{:.3f}", stage.ratio),
          interval_text(stage.interval, 3),
          fmt::format("{:.2g}", stage.p_equal)};
}

std::vector<std::string> throughput_line(const std::string& label,
                                         const ThroughputComparison& throughput) {
  return {label,
          "rows a second",
          fmt::format("{:.4g}", throughput.base_rows_per_second),
          fmt::format("{:.4g}", throughput.next_rows_per_second),
          fmt::format("{:.3f}", throughput.ratio),
          interval_text(throughput.interval, 3),
          fmt::format("{:.2g}", throughput.p_equal)};
}

std::string slower_text(const LatencyComparison& latency) {
  return fmt::format("slower than {:g} times the baseline, p = {:.2g} after Holm",
                     latency.limit.value_or(1), latency.p_over_limit_holm);
}

std::string fewer_rows_text(const ThroughputComparison& throughput) {
  return fmt::format(
      "{:.3f} times the baseline's rows a second, below {:g}, p = {:.2g} after Holm, from {} "
      "independent calls",
      throughput.ratio, throughput.limit.value_or(1), throughput.p_below_limit_holm,
      throughput.num_calls);
}

void add_left_out_rows(const LeftOutRows& left_out, std::vector<std::string>& lines) {
  const auto add = [&](int64_t rows, const char* why) {
    if (rows > 0)
      lines.push_back(fmt::format("rows a second: {} rows left out, for {}", rows, why));
  };
  add(left_out.failed_in_one_run, "a row of their call failed in one run only");
  add(left_out.asked_again, "rows of their calls were asked again later");
}

std::string metric_text(const TaskComparison& task) {
  const auto number = [](const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{:g}", *value) : kNoData;
  };
  return fmt::format("{}: {} -> {}", task.main_metric, number(task.base_main),
                     number(task.next_main));
}

std::vector<std::string> unjudged_limits(const TaskComparison& task) {
  std::vector<std::string> limits;
  if (!task.latency_refusal.empty()) limits.push_back("times: " + task.latency_refusal);
  if (!task.throughput_refusal.empty()) {
    limits.push_back("rows a second: " + task.throughput_refusal);
  }
  return limits;
}

}  // namespace

std::string name_beside(const TaskComparison& task, const BaselineComparison& baseline,
                        const Comparison& comparison) {
  if (comparison.baselines.size() == 1) return task.label;
  return task.label + " beside " + baseline.base.folder.string();
}

std::string headline(const Comparison& comparison) {
  std::string worse, unjudged;
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.tasks) {
      const auto name = " " + name_beside(task, baseline, comparison);
      if (task.scores.verdict == Verdict::kWorse) worse += name;
      if (task.is_slower()) worse += name + " (slower)";
      if (task.yields_less()) worse += name + " (fewer rows a second)";
      if (task.scores.verdict == Verdict::kTooFewRows) unjudged += name + " (too few rows)";
      if (!task.latency_refusal.empty()) unjudged += name + " (times)";
      if (!task.throughput_refusal.empty()) unjudged += name + " (rows a second)";
    }
  }
  const auto scope = fmt::format("{} comparison(s), alpha {:g} over all of them",
                                 comparison.num_tasks(), comparison.options.gate.alpha);
  if (worse.empty() && unjudged.empty()) return "no regression in " + scope;
  std::string line = worse.empty() ? "" : "REGRESSION in" + worse + " ";
  if (!unjudged.empty()) line += "NOT JUDGED:" + unjudged + " ";
  return line + "(" + scope + ")";
}

std::vector<std::string> unjudged_reasons(const TaskComparison& task) {
  auto reasons = unjudged_limits(task);
  if (task.scores.verdict == Verdict::kTooFewRows) {
    reasons.insert(reasons.begin(), "too few rows: " + task.scores.reason);
  }
  return reasons;
}

Grid score_grid(const BaselineComparison& baseline, double level) {
  Grid grid = {{"task", "rows", "base", "new", "change", percent(level) + " interval", "detectable",
                "p (Holm)", "verdict"}};
  for (const auto& task : baseline.tasks) {
    const auto& scores = task.scores;
    grid.push_back(
        {task.label, std::to_string(scores.num_rows), fmt::format("{:.2f}", scores.base_points),
         fmt::format("{:.2f}", scores.next_points), fmt::format("{:+.2f}", scores.change()),
         interval_text(scores.interval, 2),
         scores.detectable_points ? fmt::format("{:.2f}", *scores.detectable_points) : kNoData,
         fmt::format("{:.2g}", scores.p_worse_holm), std::string(name_of(scores.verdict))});
  }
  return grid;
}

Grid latency_grid(const BaselineComparison& baseline, const CompareOptions& options) {
  const bool has_limit = options.max_slowdown || options.min_throughput;
  Grid grid = {{"task", "time", "base", "new", "ratio", percent(options.gate.level) + " interval",
                "p (equal)"}};
  if (has_limit) grid.front().emplace_back("p (limit)");
  const auto add = [&](std::vector<std::string> line, const std::optional<double>& limit,
                       double p) {
    if (has_limit) line.push_back(limit ? fmt::format("{:.2g} ({:g})", p, *limit) : kNoData);
    grid.push_back(std::move(line));
  };
  for (const auto& task : baseline.tasks) {
    if (!task.latency) continue;
    for (const auto& stage : task.latency->stages) {
      add(stage_line(task.label, stage), task.latency->limit, stage.p_over_limit);
    }
    if (!task.throughput) continue;
    add(throughput_line(task.label, *task.throughput), task.throughput->limit,
        task.throughput->p_below_limit);
  }
  return grid;
}

std::vector<std::string> task_details(const TaskComparison& task) {
  const auto& scores = task.scores;
  std::vector<std::string> lines = {scores.reason, metric_text(task)};
  lines.push_back(fmt::format("{} rows lost, {} gained, {} responses changed; {}", scores.num_lost,
                              scores.num_gained, task.num_responses_changed,
                              name_of(scores.test.method)));
  if (scores.num_images < scores.num_rows) {
    lines.push_back(fmt::format("{} pictures, recognised by {}, are the independent units",
                                scores.num_images, task.images_by));
  }
  if (task.num_failed_now > 0) {
    lines.push_back(fmt::format("{} rows failed now and count as 0; {} of them had scored more",
                                task.num_failed_now, task.num_failed_lost));
  }
  if (task.num_left_out > 0) {
    lines.push_back(
        fmt::format("{} rows without a score in the baseline are left out", task.num_left_out));
  }
  if (task.latency && !task.latency_gap.empty()) lines.push_back(task.latency_gap);
  if (!task.latency_note.empty()) lines.push_back("times not compared: " + task.latency_note);
  if (task.latency && !task.throughput_note.empty()) {
    lines.push_back("rows a second not compared: " + task.throughput_note);
  }
  if (task.throughput) add_left_out_rows(task.throughput->left_out, lines);
  for (const auto& limit : unjudged_limits(task)) lines.push_back("limit not judged: " + limit);
  if (task.is_slower()) lines.push_back(slower_text(*task.latency));
  if (task.yields_less()) lines.push_back(fewer_rows_text(*task.throughput));
  return lines;
}

Grid changed_grid(const TaskComparison& task) {
  Grid grid = {{"row", "base", "new", "answer before", "answer now"}};
  for (const auto& row : task.changed) {
    grid.push_back(
        {row.id, fmt::format("{:g}", row.base_value),
         row.next_error.empty() ? fmt::format("{:g}", row.next_value) : "failed",
         beginning_of(row.base_response),
         row.next_error.empty() ? beginning_of(row.next_response) : end_of(row.next_error)});
  }
  return grid;
}

}  // namespace mono::results
