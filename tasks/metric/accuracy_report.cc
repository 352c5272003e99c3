#include "tasks/metric/accuracy_report.h"

#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tasks/bounds.h"
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

using HitsByName = std::map<std::string_view, std::vector<double>>;

/// The verdicts of one split, in the order of the rows.
struct SplitHits {
  std::vector<double> all{};
  HitsByName by_l2_category{};
  HitsByName by_category{};
};

Metric mean(std::string_view name, std::string_view split, std::span<const double> hits) {
  return {.name = std::string(name),
          .split = std::string(split),
          .value = hits.empty() ? std::numeric_limits<double>::quiet_NaN() : pairwise_mean(hits),
          .standard_error = standard_error_of_mean(hits),
          .count = static_cast<int>(hits.size())};
}

class Report {
 public:
  explicit Report(std::span<const Row> rows) {
    for (const auto& row : rows) {
      if (enters_metrics(row)) add(*row.sample, row.score->value);
    }
  }

  std::vector<Metric> metrics(std::string_view main_split) const {
    std::vector<Metric> result;
    for (const auto split : split_order(main_split)) {
      static const SplitHits none;
      const auto found = splits_.find(split);
      const auto& hits = found == splits_.end() ? none : found->second;
      result.push_back(mean("Overall", split, hits.all));
      add_categories(result, split, l2_categories_, hits.by_l2_category);
      add_categories(result, split, categories_, hits.by_category);
    }
    return result;
  }

 private:
  void add(const Sample& sample, double value) {
    auto& hits = splits_[sample.split.empty() ? kNoSplit : std::string_view(sample.split)];
    hits.all.push_back(value);
    if (!sample.l2_category.empty()) {
      hits.by_l2_category[sample.l2_category].push_back(value);
      l2_categories_.insert(sample.l2_category);
    }
    if (!sample.category.empty()) {
      hits.by_category[sample.category].push_back(value);
      categories_.insert(sample.category);
    }
  }

  std::vector<std::string_view> split_order(std::string_view main_split) const {
    const bool has_splits = splits_.size() > 1 || !splits_.contains(kNoSplit);
    std::vector<std::string_view> order;
    if (has_splits && !main_split.empty()) order.push_back(main_split);
    for (const auto& [split, hits] : splits_) {
      if (order.empty() || split != order.front()) order.push_back(split);
    }
    return order;
  }

  static void add_categories(std::vector<Metric>& result, std::string_view split,
                             const std::set<std::string_view>& names, const HitsByName& hits) {
    for (const auto name : names) {
      const auto found = hits.find(name);
      const auto values =
          found == hits.end() ? std::span<const double>() : std::span(found->second);
      result.push_back(mean(short_name(name), split, values));
    }
  }

  std::map<std::string_view, SplitHits> splits_;
  std::set<std::string_view> l2_categories_;  // of all splits
  std::set<std::string_view> categories_;
};

}  // namespace

std::vector<Metric> accuracy_report(std::span<const Row> rows, std::string_view task,
                                    std::string_view main_split) {
  counted_values(rows, task);  // refuses an empty set
  return Report(rows).metrics(main_split);
}

std::string headline_split(std::span<const Row> rows, std::string_view main_split) {
  std::set<std::string> splits;
  bool has_splits = false;
  for (const auto& row : rows) {
    if (has_lost(row, &Sample::split)) continue;
    const auto& split = row.sample->split;
    splits.insert(split.empty() ? std::string(kNoSplit) : split);
    has_splits = has_splits || !split.empty();
  }
  if (!has_splits) return "";
  return main_split.empty() ? *splits.begin() : std::string(main_split);
}

std::optional<Sample> in_headline_split(const Row& row, std::span<const Row> rows,
                                        std::string_view main_split) {
  if (!has_lost(row, &Sample::split)) return std::nullopt;
  const auto split = headline_split(rows, main_split);
  return split.empty() ? std::nullopt : in_split_if_lost(row, split);
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
