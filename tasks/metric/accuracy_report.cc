#include "tasks/metric/accuracy_report.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "tasks/pipeline/columns.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kNoSplit = "none";

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kAbbreviations = {
    {{"coarse_perception", "CP"},
     {"finegrained_perception (instance-level)", "FP-S"},
     {"finegrained_perception (cross-instance)", "FP-C"},
     {"logic_reasoning", "LR"},
     {"relation_reasoning", "RR"},
     {"attribute_reasoning", "AR"}}};

std::string_view short_name(std::string_view category) {
  for (const auto& [name, abbreviation] : kAbbreviations) {
    if (name == category) return abbreviation;
  }
  return category;
}

std::string_view split_of(const Row& row) {
  return row.sample->split.empty() ? kNoSplit : std::string_view(row.sample->split);
}

/// The counted rows and the names that occur among them.
class Report {
 public:
  Report(std::span<const Row> rows, std::string_view main_split) {
    std::set<std::string_view> splits;
    for (const auto& row : rows) {
      if (!enters_metrics(row)) continue;
      rows_.push_back(&row);
      splits.insert(split_of(row));
    }
    const bool has_splits = splits.size() > 1 || !splits.contains(kNoSplit);
    if (has_splits && !main_split.empty()) {
      splits_.push_back(main_split);
      splits.erase(main_split);
    }
    splits_.insert(splits_.end(), splits.begin(), splits.end());
  }

  std::vector<Metric> metrics() const {
    std::vector<Metric> result;
    for (const auto split : splits_) {
      result.push_back(mean("Overall", split, [](const Sample&) { return true; }));
      add_categories(result, split, &Sample::l2_category);
      add_categories(result, split, &Sample::category);
    }
    return result;
  }

 private:
  void add_categories(std::vector<Metric>& result, std::string_view split,
                      std::string Sample::*category) const {
    std::set<std::string_view> names;
    for (const auto* const row : rows_) names.insert((*row->sample).*category);
    names.erase("");
    for (const auto name : names) {
      result.push_back(mean(short_name(name), split,
                            [&](const Sample& sample) { return sample.*category == name; }));
    }
  }

  template <typename Wanted>
  Metric mean(std::string_view name, std::string_view split, const Wanted& wanted) const {
    std::vector<double> hits;
    for (const auto* const row : rows_) {
      if (split_of(*row) == split && wanted(*row->sample)) hits.push_back(row->score->value);
    }
    return {.name = std::string(name),
            .split = std::string(split),
            .value = hits.empty() ? std::numeric_limits<double>::quiet_NaN() : pairwise_mean(hits),
            .standard_error = standard_error_of_mean(hits),
            .count = static_cast<int>(hits.size())};
  }

  std::vector<const Row*> rows_;
  std::vector<std::string_view> splits_;
};

}  // namespace

std::vector<Metric> accuracy_report(std::span<const Row> rows, std::string_view task,
                                    std::string_view main_split) {
  counted_values(rows, task);  // refuses an empty set
  return Report(rows, main_split).metrics();
}

Metric undecided_rows(std::span<const Row> rows) {
  Metric metric{.name = "undecided_rows"};
  for (const auto& row : rows) {
    if (!row.score) continue;
    ++metric.count;
    if (row.score->answer.empty() || row.score->how.starts_with(kRewritten)) ++metric.value;
  }
  return metric;
}

}  // namespace mono::tasks
