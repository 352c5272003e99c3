#include "tasks/metric/circular_bounds.h"

#include <algorithm>
#include <unordered_set>

#include "tasks/bounds.h"
#include "tasks/metric/circular.h"

namespace mono::tasks {
namespace {

bool has_index(const Row& row) {
  return circular_fault(*row.sample).empty();
}

bool is_rotation(const Row& row) {
  return !is_base_row(*row.sample);
}

}  // namespace

std::vector<Row> with_known_misses(std::span<const Row> rows) {
  std::unordered_set<int64_t> missed;
  for (const auto& row : rows) {
    const bool is_miss = is_rotation(row) && is_settled(row) && row.score->value == 0;
    if (is_miss) missed.insert(group_of(*row.sample));
  }
  std::vector<Row> result(rows.begin(), rows.end());
  for (auto& row : result) {
    if (row.score || !has_index(row) || !missed.contains(group_of(*row.sample))) continue;
    row.score = Score{.state = ScoreState::kFailed, .best_value = 0};
  }
  return result;
}

void miss_by_lost_rotations(std::vector<Row>& settled, std::string_view split) {
  if (std::none_of(settled.begin(), settled.end(), is_rotation)) return;
  const auto is_hit = [&](const Row& row) {
    return has_index(row) && row.score->is_counted && row.score->value == 1 &&
           row.sample->split == split;
  };
  const auto first_lost = std::stable_partition(settled.begin(), settled.end(), has_index);
  auto end = settled.end();
  for (auto row = settled.begin(); row != first_lost && end != first_lost; ++row) {
    if (!is_hit(*row)) continue;
    row->score->value = 0;
    --end;
  }
  settled.erase(end, settled.end());
}

}  // namespace mono::tasks
