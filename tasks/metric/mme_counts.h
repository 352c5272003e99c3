#pragma once

#include <map>
#include <string>
#include <vector>

#include "tasks/bounds.h"
#include "tasks/profile.h"

/// What the score of one of MME's tasks is made of.
namespace mono::tasks {

using RowsOfTask = std::vector<const Row*>;

/// The rows by task, without those that repeat an earlier one: they are no line of the benchmark
/// and have no place in a pair. InternVL's script knows lines by their place, see
/// `lines_by_mme_task`.
std::map<std::string, RowsOfTask> rows_by_mme_task(std::span<const Row> rows,
                                                   const Profile& profile);

/// Whether a row has a verdict, or will never have one.
bool has_mme_verdict(const Row& row);

struct MmeCounts {
  double answers_right = 0;
  double answers = 0;
  double pictures_right = 0;  // both questions
  double pictures = 0;
  double waiting = 0;  // for the second question
  double waiting_right = 0;

  /// 100 * share of right answers + 100 * share of pictures with two right answers.
  double score() const;

  /// The same with further rows that are all right or all wrong. Their pictures are those that wait
  /// for one, then new ones: half a picture a row.
  double score_with(int num_more, End end) const;
};

/// A picture with fewer than two verdicts is not judged, of more than two the first two count.
MmeCounts mme_counts(const RowsOfTask& rows, const Profile& profile);

}  // namespace mono::tasks
