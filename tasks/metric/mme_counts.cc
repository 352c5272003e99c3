#include "tasks/metric/mme_counts.h"

#include <algorithm>

#include "tasks/metric/mme_answer.h"
#include "tasks/metric/mme_lines.h"

namespace mono::tasks {
namespace {

/// A line that the calculation drops: the answer holds a tab. It is missing among the answers, its
/// picture still counts.
bool is_dropped(const Row& row) {
  return row.score->state == ScoreState::kUnparsed && !row.score->is_counted;
}

/// The rows of one task by picture: lines 1 and 2, 3 and 4 of the file, or rows that name one
/// picture.
std::vector<RowsOfTask> pairs_of(const RowsOfTask& rows, const Profile& profile) {
  std::vector<RowsOfTask> pairs;
  std::map<std::string, size_t> pair_of_image;
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t pair = i / 2;
    if (!is_internvl(profile)) {
      if (has_lost_picture(*rows[i])) continue;
      pair = pair_of_image.emplace(picture_of(*rows[i]->sample), pairs.size()).first->second;
    }
    if (pair == pairs.size()) pairs.emplace_back();
    pairs[pair].push_back(rows[i]);
  }
  return pairs;
}

}  // namespace

bool has_mme_verdict(const Row& row) {
  return row.score && row.score->state != ScoreState::kUnscored;
}

std::map<std::string, RowsOfTask> rows_by_mme_task(std::span<const Row> rows,
                                                   const Profile& profile) {
  if (is_internvl(profile)) return lines_by_mme_task(rows);
  std::map<std::string, RowsOfTask> by_task;
  for (const auto& row : rows) {
    if (!row.sample->is_repeated) by_task[row.sample->category].push_back(&row);
  }
  return by_task;
}

double MmeCounts::score() const {
  return answers_right / answers * 100 + pictures_right / pictures * 100;
}

double MmeCounts::score_with(int num_more, End end) const {
  const double rows = num_more;
  const double completed = std::min(rows, end == End::kHigh ? waiting_right : waiting);
  auto more = *this;
  more.answers += rows;
  more.pictures += completed + (rows - completed) / 2;
  if (end == End::kHigh) {
    more.answers_right += rows;
    more.pictures_right += more.pictures - pictures;
  }
  return more.score();
}

MmeCounts mme_counts(const RowsOfTask& rows, const Profile& profile) {
  MmeCounts counts;
  for (const auto* const row : rows) {
    if (!has_mme_verdict(*row) || is_dropped(*row)) continue;
    counts.answers += 1;
    counts.answers_right += row->score->value;
  }
  for (const auto& pair : pairs_of(rows, profile)) {
    const bool is_first_judged = has_mme_verdict(*pair[0]);
    if (pair.size() == 1 && is_first_judged) {
      counts.waiting += 1;
      counts.waiting_right += pair[0]->score->value;
    }
    if (pair.size() < 2 || !is_first_judged || !has_mme_verdict(*pair[1])) continue;
    counts.pictures += 1;
    counts.pictures_right += pair[0]->score->value * pair[1]->score->value;
  }
  return counts;
}

}  // namespace mono::tasks
