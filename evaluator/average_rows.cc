#include "evaluator/average_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "results/averages.h"
#include "results/reference/published.h"

namespace mono::evaluator {

namespace {

constexpr const char* kMixed = "mixed";

/// One model's results of the benchmarks of an average.
class Group {
 public:
  Group(std::string_view name, std::span<const results::AveragedRow> rows)
      : name_(name), rows_(rows) {}

  void add(const RunResult& result, const results::TableRow& row) {
    const auto& task = *result.plan.task;
    const auto& profile = *result.plan.profile;
    const bool is_asked = std::any_of(rows_.begin(), rows_.end(),
                                      [&](const auto& one) { return one.task == task.name(); });
    if (!is_asked) return;
    if (values_.empty()) profile_ = profile.name;
    if (profile_ != profile.name) profile_ = kMixed;
    is_paper_ = is_paper_ && profile.name == task.paper_profile();
    cap_ = cap_mark(result.plan);
    is_partial_ = is_partial_ || !rows_mark(result.plan).empty();
    const bool is_on_tables_scale = task.table_scale(profile).has_value();
    values_[task.name()] = is_on_tables_scale ? row.value : std::nullopt;
  }

  bool is_whole() const { return values_.size() == rows_.size(); }

  results::TableRow table_row(const std::string& model, const std::string& published_model) const {
    results::TableRow row{
        .model = model,
        .task = std::string(name_),
        .profile = (is_paper_ ? "paper" : profile_) + cap_ + (is_partial_ ? " (not all rows)" : ""),
        .metric = fmt::format("mean of {}", rows_.size()),
        .scored = num_values(),
        .total = static_cast<int>(rows_.size())};
    if (is_paper_ || profile_ != kMixed) row.value = value_of(average(rows_, value()));
    if (cap_.empty() && !is_partial_) row.published = published_average(published_model);
    return row;
  }

 private:
  static std::optional<double> value_of(const std::optional<results::Average>& average) {
    return average ? std::optional(average->value) : std::nullopt;
  }

  int num_values() const {
    return static_cast<int>(std::count_if(values_.begin(), values_.end(),
                                          [](const auto& one) { return one.second.has_value(); }));
  }

  results::ValueOf value() const {
    return [this](std::string_view task) { return values_.at(task); };
  }

  std::optional<double> published_average(const std::string& model) const {
    const auto published = [&](std::string_view task) {
      const auto known = results::published(model, task);
      return known ? std::optional(known->value) : std::nullopt;
    };
    return value_of(average(rows_, published, results::MissingRows::kAsPublished));
  }

  std::string_view name_;
  std::span<const results::AveragedRow> rows_;
  std::map<std::string_view, std::optional<double>> values_{};
  std::string profile_{};
  bool is_paper_ = true;
  bool is_partial_ = false;  // a benchmark was not asked all its rows
  std::string cap_{};        // how answers were cut short
};

}  // namespace

std::vector<results::TableRow> average_rows(const std::vector<RunResult>& results,
                                            const std::vector<results::TableRow>& rows,
                                            const std::string& published_model) {
  std::vector<std::string> models;
  for (const auto& result : results) {
    if (std::find(models.begin(), models.end(), result.model) == models.end()) {
      models.push_back(result.model);
    }
  }
  std::vector<results::TableRow> averages;
  for (const auto& model : models) {
    for (auto group : {Group("general9", results::general9()), Group("vqa7", results::vqa7())}) {
      for (size_t i = 0; i < results.size(); ++i) {
        if (results[i].model == model) group.add(results[i], rows[i]);
      }
      if (group.is_whole()) averages.push_back(group.table_row(model, published_model));
    }
  }
  return averages;
}

}  // namespace mono::evaluator
