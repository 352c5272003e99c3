#include "results/compare_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "results/compare_cells.h"
#include "results/markdown.h"

namespace mono::results {

namespace {

std::string indented(const std::string& text) {
  std::string lines = "  ";
  for (size_t i = 0; i < text.size(); ++i) {
    lines += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) lines += "  ";
  }
  return lines;
}

int64_t num_changed(const TaskComparison& task) {
  return task.scores.num_lost + task.scores.num_gained;
}

std::string changed_title(const TaskComparison& task) {
  return fmt::format("{} of {} rows whose score changed", task.changed.size(), num_changed(task));
}

std::string task_text(const TaskComparison& task) {
  auto text = fmt::format("\n{}: {}\n", task.label, name_of(task.scores.verdict));
  for (const auto& line : task_details(task)) text += "  " + line + "\n";
  if (!task.changed.empty()) {
    text += "  " + changed_title(task) + ":\n";
    text += indented(terminal_grid(changed_grid(task), kChangedTextColumns));
  }
  return text;
}

std::string trimmed(const std::string& line) {
  return line.substr(std::min(line.size(), line.find_first_not_of(' ')));
}

std::string baseline_title(const Comparison& comparison, const BaselineComparison& baseline) {
  return fmt::format("{} ({}) beside the baseline {} ({})", comparison.next.model,
                     comparison.next.folder.string(), baseline.base.model,
                     baseline.base.folder.string());
}

std::string joined(const std::vector<std::string>& items) {
  std::string list;
  for (const auto& item : items) list += " " + item;
  return list;
}

std::string baseline_text(const Comparison& comparison, const BaselineComparison& baseline) {
  auto text = baseline_title(comparison, baseline) + "\n";
  for (const auto& difference : baseline.differences) text += "  " + difference + "\n";
  if (!baseline.new_tasks.empty()) {
    text += "  not in the baseline:" + joined(baseline.new_tasks) + "\n";
  }
  const double level = comparison.options.gate.level;
  text += "\n" + terminal_grid(score_grid(baseline, level), kScoreTextColumns);
  for (const auto& task : baseline.tasks) text += task_text(task);
  const auto latency = latency_grid(baseline, comparison.options);
  if (latency.size() > 1) {
    text += "\n" + terminal_grid(latency, kLatencyTextColumns) + kTimesNote + "\n";
  }
  return text;
}

std::string task_markdown(const TaskComparison& task) {
  auto text =
      fmt::format("\n**{}**: {}\n\n", markdown_text(task.label), name_of(task.scores.verdict));
  for (const auto& line : task_details(task)) text += "- " + markdown_text(line) + "\n";
  if (task.changed.empty()) return text;
  return text + fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n",
                            changed_title(task),
                            markdown_grid(changed_grid(task), kChangedTextColumns));
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  std::string text, not_judged;
  for (const auto& baseline : comparison.baselines) {
    text += baseline_text(comparison, baseline) + "\n";
    for (const auto& task : baseline.tasks) {
      for (const auto& reason : unjudged_reasons(task)) {
        not_judged += "  " + name_beside(task, baseline, comparison) + ": " + reason + "\n";
      }
    }
  }
  return text + headline(comparison) + "\n" + not_judged;
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string text = "### mono-eval: " + markdown_text(headline(comparison)) + "\n";
  const double level = comparison.options.gate.level;
  for (const auto& baseline : comparison.baselines) {
    text += "\n" + markdown_text(baseline_title(comparison, baseline)) + "\n\n";
    text += markdown_grid(score_grid(baseline, level), kScoreTextColumns);
    for (const auto& difference : baseline.differences) text += "\n- " + markdown_text(difference);
    if (!baseline.new_tasks.empty()) {
      text += "\n- " + markdown_text("not in the baseline:" + joined(baseline.new_tasks));
    }
    text += "\n";
    for (const auto& task : baseline.tasks) text += task_markdown(task);
    const auto latency = latency_grid(baseline, comparison.options);
    if (latency.size() > 1) {
      text += "\n" + markdown_grid(latency, kLatencyTextColumns) + "\n" + kTimesNote + "\n";
    }
  }
  return text;
}

std::string refusal_markdown(const Refusal& refusal) {
  auto text = "### mono-eval: NOT COMPARED\n\n" +
              markdown_text(refusal.next + " beside the baseline " + refusal.base) + "\n\n";
  std::istringstream lines(refusal.reason);
  for (std::string line; std::getline(lines, line);)
    text += "- " + markdown_text(trimmed(line)) + "\n";
  return text;
}

}  // namespace mono::results
