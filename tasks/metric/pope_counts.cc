#include "tasks/metric/pope_counts.h"

#include <algorithm>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

/// The categories of a question, which is one or several joined by commas.
std::vector<std::string> categories_of(const Sample& sample) {
  std::vector<std::string> categories;
  std::string_view rest = sample.category;
  for (;;) {
    const size_t comma = rest.find(',');
    categories.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return categories;
    rest.remove_prefix(comma + 1);
  }
}

/// \param num_more  Further answers that are all right, to questions whose answer is yes, or all
///                  wrong.
double f1_with(const PopeCounts& counts, int num_more, End end) {
  const double hits = 2 * (counts.yes_right + (end == End::kHigh ? num_more : 0));
  const double misses = counts.yes_wrong + counts.no_missed + (end == End::kLow ? num_more : 0);
  return hits == 0 ? 0 : hits / (hits + misses);
}

/// The table of rows of which those not read are answered rightly or wrongly, and how often a
/// category is unknown.
class ExtremeTable {
 public:
  ExtremeTable(std::span<const Row> rows, bool is_pooled, End end)
      : is_pooled_(is_pooled), end_(end) {
    const bool has_categories = std::any_of(
        rows.begin(), rows.end(), [](const Row& row) { return !row.sample->category.empty(); });
    int num_lost = 0;
    int most_categories = 1;
    for (const auto& row : rows) {
      if (has_categories && has_lost(row, &Sample::category)) {
        ++num_lost;
        continue;
      }
      const auto categories = categories_of(*row.sample);
      most_categories = std::max(most_categories, static_cast<int>(categories.size()));
      for (const auto& category : categories) add(row, counts_[is_pooled_ ? "" : category]);
    }
    num_unknown_ = num_lost * most_categories;
  }

  double f1() const {
    std::vector<GroupValue> groups;
    groups.reserve(counts_.size());
    for (const auto& [category, counts] : counts_) {
      groups.emplace_back(
          [&own = counts, end = end_](int num_more) { return f1_with(own, num_more, end); });
    }
    if (groups.empty()) return end_ == End::kHigh ? 1 : 0;
    return extreme_sum(groups, num_unknown_, end_) / static_cast<double>(groups.size());
  }

 private:
  void add(const Row& row, PopeCounts& counts) const {
    const auto label = lower(pope_label(*row.sample));
    const bool is_yes = label == "yes" || (label.empty() && end_ == End::kHigh);
    if (is_settled(row)) {
      counts.add(lower(row.score->answer) == "yes", is_yes, row.score->value == 1);
    } else {
      const bool is_right = end_ == End::kHigh;
      counts.add(is_yes == is_right, is_yes, is_right);
    }
  }

  bool is_pooled_;
  End end_;
  std::map<std::string, PopeCounts> counts_{};
  int num_unknown_ = 0;
};

}  // namespace

std::string pope_label(const Sample& sample) {
  const auto* const cell = sample.cell("answer");
  if (cell != nullptr && !is_missing(*cell)) return cell_text(*cell);
  return sample.targets.empty() ? "" : sample.targets.front();
}

void PopeCounts::add(bool says_yes, bool is_yes, bool is_right) {
  yes_right += says_yes && is_yes ? 1 : 0;
  yes_wrong += says_yes && !is_yes ? 1 : 0;
  no_missed += !says_yes && is_yes ? 1 : 0;
  right += is_right ? 1 : 0;
  ++all;
}

PopeTable pope_table(std::span<const Row> rows) {
  PopeTable table;
  for (const auto& row : rows) {
    if (!enters_metrics(row)) continue;
    const bool says_yes = lower(row.score->answer) == "yes";
    const bool is_yes = lower(pope_label(*row.sample)) == "yes";
    for (const auto& category : categories_of(*row.sample)) {
      table.by_category[category].add(says_yes, is_yes, row.score->value == 1);
      table.all.add(says_yes, is_yes, row.score->value == 1);
    }
  }
  return table;
}

double extreme_f1(std::span<const Row> rows, bool is_pooled, End end) {
  return ExtremeTable(rows, is_pooled, end).f1();
}

}  // namespace mono::tasks
