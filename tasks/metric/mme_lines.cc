#include "tasks/metric/mme_lines.h"

#include <algorithm>

#include "tasks/metric/mme_answer.h"

namespace mono::tasks {
namespace {

using Lines = std::span<const Row* const>;

bool are_of_one_picture(const Row& a, const Row& b) {
  if (a.sample->category != b.sample->category) return false;
  const auto picture = picture_name(*a.sample);
  return !picture.empty() && picture == picture_name(*b.sample);
}

/// Places lines in pairs, one after the other.
class LinePlacer {
 public:
  /// \param lost    Lines of which nothing is left, between two others.
  /// \param behind  The lines from the next other one on.
  void add_lost(Lines lost, Lines behind) {
    for (const auto* const line : lost.first(num_places(lost.size(), behind))) {
      auto task = line->sample->category;
      if (task.empty()) task = is_open() || behind.empty() ? last_ : behind[0]->sample->category;
      add(*line, task);
    }
  }

  void add(const Row& line, const std::string& task) {
    by_task_[task].push_back(&line);
    last_ = task;
  }

  std::map<std::string, RowsOfTask> by_task() && { return std::move(by_task_); }

 private:
  /// Whether the last line waits for the other one of its picture.
  bool is_open() const {
    const auto lines = by_task_.find(last_);
    return lines != by_task_.end() && lines->second.size() % 2 == 1;
  }

  size_t num_places(size_t num_lost, Lines behind) const {
    const bool waits = is_open();
    if (waits && !behind.empty() && are_of_one_picture(*by_task_.at(last_).back(), *behind[0])) {
      return 0;
    }
    const bool pair_begins = behind.size() > 1 && are_of_one_picture(*behind[0], *behind[1]);
    const bool has_odd_one = (num_lost - (waits ? 1 : 0)) % 2 == 1;
    return pair_begins && has_odd_one ? num_lost - 1 : num_lost;
  }

  std::map<std::string, RowsOfTask> by_task_{};
  std::string last_{};
};

}  // namespace

std::map<std::string, RowsOfTask> lines_by_mme_task(std::span<const Row> rows) {
  std::vector<const Row*> lines;
  for (const auto& row : rows) {
    if (!row.sample->is_repeated) lines.push_back(&row);
  }
  const auto is_lost = [](const Row* line) { return has_lost_picture(*line); };
  LinePlacer placer;
  for (auto line = lines.begin(); line != lines.end();) {
    const auto next = std::find_if_not(line, lines.end(), is_lost);
    if (next != line) placer.add_lost({line, next}, {next, lines.end()});
    line = next;
    if (line == lines.end()) break;
    placer.add(**line, (*line)->sample->category);
    ++line;
  }
  return std::move(placer).by_task();
}

}  // namespace mono::tasks
