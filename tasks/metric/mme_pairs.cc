#include "tasks/metric/mme_pairs.h"

#include <algorithm>
#include <map>

#include "tasks/metric/mme_answer.h"
#include "tasks/metric/mme_counts.h"
#include "tasks/row_name.h"

namespace mono::tasks {
namespace {

using Faults = std::vector<RowFault>;

bool has_lost_line(const RowsOfTask& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](const Row* line) { return has_lost_picture(*line); });
}

void add_odd_task(const std::string& task, const RowsOfTask& lines, std::span<const Row> rows,
                  Faults& faults) {
  if (lines.size() % 2 == 0 || has_lost_line(lines)) return;
  for (const auto* const line : lines) {
    faults.push_back({static_cast<size_t>(line - rows.data()),
                      "expected two lines a picture, got " + std::to_string(lines.size()) +
                          " lines of task '" + task + "': no pair of it is known"});
  }
}

/// Pictures with one row. As many as there are rows without a picture may be whole.
Faults lone_pictures(const std::map<std::string, RowsOfTask>& by_task, std::span<const Row> rows) {
  Faults faults;
  size_t num_lost = 0;
  for (const auto& [task, of_task] : by_task) {
    std::map<std::string, RowsOfTask> of_picture;
    for (const auto* const row : of_task) {
      if (const auto picture = picture_name(*row->sample); !picture.empty()) {
        of_picture[picture].push_back(row);
      } else if (!row->error.empty()) {
        ++num_lost;
      }
    }
    for (const auto& [picture, of_it] : of_picture) {
      if (of_it.size() > 1) continue;
      faults.push_back({static_cast<size_t>(of_it[0] - rows.data()),
                        "expected two questions about picture '" + picture + "', got one"});
    }
  }
  if (faults.size() <= num_lost) faults.clear();
  return faults;
}

}  // namespace

std::vector<RowFault> rows_without_pair(std::span<const Row> rows, const Profile& profile) {
  const auto by_task = rows_by_mme_task(rows, profile);
  if (!is_internvl(profile)) return lone_pictures(by_task, rows);
  Faults faults;
  for (const auto& [task, lines] : by_task) add_odd_task(task, lines, rows, faults);
  return faults;
}

std::vector<std::string> pairs_of_two_pictures(std::span<const Row> rows, const Profile& profile) {
  if (!is_internvl(profile)) return {};
  int count = 0;
  std::string first;
  for (const auto& [task, lines] : rows_by_mme_task(rows, profile)) {
    for (size_t i = 0; i + 1 < lines.size(); i += 2) {
      const auto a = picture_name(*lines[i]->sample);
      const auto b = picture_name(*lines[i + 1]->sample);
      if (a.empty() || b.empty() || a == b) continue;
      if (count++ > 0) continue;
      first = row_name(*lines[i + 1]);
      first.append(": '").append(b).append("' beside '").append(a).append("'");
    }
  }
  if (count == 0) return {};
  return {"lines are paired by their place, and " + std::to_string(count) +
          " pairs are of two pictures, first at " + first};
}

}  // namespace mono::tasks
