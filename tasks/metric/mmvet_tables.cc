#include "tasks/metric/mmvet_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kDecimals = 1;

/// Sums of one name, a run each, and how many rows went into them.
struct Sums {
  std::vector<double> runs{};
  int count = 0;

  void add(const Score& score, size_t num_runs) {
    runs.resize(num_runs);
    for (size_t i = 0; i < num_runs; ++i) {
      runs[i] += score.run_values.empty() ? score.value : score.run_values[i];
    }
    ++count;
  }

  std::vector<double> percentages() const {
    std::vector<double> result;
    result.reserve(runs.size());
    for (const double sum : runs) result.push_back(sum / count * 100);
    return result;
  }
};

/// Sums by name, in the order in which names first came.
class Table {
 public:
  Sums& operator[](const std::string& name) {
    const auto [entry, is_new] = place_.emplace(name, sums_.size());
    if (is_new) sums_.emplace_back(name, Sums{});
    return sums_[entry->second].second;
  }

  /// The rounded mean over runs of each name, more frequent ones first.
  void append_to(std::vector<Metric>& metrics, const std::string& split) const {
    auto sorted = sums_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
    for (const auto& [name, sums] : sorted) {
      metrics.push_back({.name = name,
                         .split = split,
                         .value = numpy_round(pairwise_mean(sums.percentages()), kDecimals),
                         .count = sums.count});
    }
  }

 private:
  std::vector<std::pair<std::string, Sums>> sums_;
  std::map<std::string, size_t> place_;
};

/// `np.std`: the square root of the mean squared distance from the mean.
double population_deviation(std::span<const double> values) {
  const double mean = pairwise_mean(values);
  std::vector<double> squares;
  for (const double value : values) squares.push_back((value - mean) * (value - mean));
  return std::sqrt(pairwise_mean(squares));
}

size_t num_runs_of(std::span<const Row* const> rows) {
  size_t num_runs = 1;
  for (const auto* const row : rows) num_runs = std::max(num_runs, row->score->run_values.size());
  return num_runs;
}

std::string joined(const std::vector<std::string>& names, char separator) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text.push_back(separator);
    text += name;
  }
  return text;
}

std::vector<double> values_of(std::span<const Row* const> rows) {
  std::vector<double> values;
  for (const auto* const row : rows) values.push_back(row->score->value);
  return values;
}

}  // namespace

std::vector<std::string> capabilities_of(std::string_view category) {
  std::vector<std::string> names(1);
  for (const char c : category) {
    if (c == ',') {
      names.emplace_back();
    } else {
      names.back().push_back(c);
    }
  }
  return names;
}

std::vector<Metric> official_mmvet_metrics(std::span<const Row* const> rows) {
  const size_t num_runs = num_runs_of(rows);
  Sums total;
  Table capabilities;
  Table combinations;
  for (const auto* const row : rows) {
    auto names = capabilities_of(row->sample->category);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const auto& name : names) capabilities[name].add(*row->score, num_runs);
    combinations[joined(names, '+')].add(*row->score, num_runs);
    total.add(*row->score, num_runs);
  }
  const auto runs = total.percentages();
  const int count = total.count;
  auto standard_error = standard_error_of_mean(values_of(rows));
  if (standard_error) *standard_error *= 100;
  std::vector<Metric> metrics = {
      {.name = "total",
       .value = numpy_round(pairwise_mean(runs), kDecimals),
       .standard_error = standard_error,
       .count = count},
      {.name = "std", .value = numpy_round(population_deviation(runs), kDecimals), .count = count}};
  for (size_t i = 0; i < runs.size(); ++i) {
    metrics.push_back({.name = std::to_string(i + 1),
                       .split = "runs",
                       .value = numpy_round(runs[i], kDecimals),
                       .count = count});
  }
  capabilities.append_to(metrics, "");
  combinations.append_to(metrics, "combination");
  return metrics;
}

std::vector<Metric> vlmevalkit_mmvet_metrics(std::span<const std::string> categories,
                                             std::span<const double> grades) {
  constexpr std::array<std::string_view, 6> kNames = {"rec", "ocr", "know", "gen", "spat", "math"};
  struct Counter {
    double sum = 0;
    int count = 0;
  };
  std::map<std::string, Counter> counters;
  const auto add = [&](std::string_view name, double grade) {
    auto& counter = counters[std::string(name)];
    counter.sum += grade;
    ++counter.count;
  };
  std::vector<std::string> combinations;
  for (size_t i = 0; i < grades.size(); ++i) {
    for (const auto name : kNames) {
      if (categories[i].find(name) != std::string::npos) add(name, grades[i]);
    }
    add("Overall", grades[i]);
    const auto combination = replace_all(categories[i], ",", "_");
    add(combination, grades[i]);
    const auto known = std::find(combinations.begin(), combinations.end(), combination);
    if (known == combinations.end()) combinations.push_back(combination);
  }

  std::vector<Metric> metrics;
  const auto append = [&](const std::string& name, const std::string& split) {
    const auto& counter = counters[name];
    metrics.push_back({.name = name,
                       .split = split,
                       .value = counter.count > 0 ? counter.sum / counter.count * 100
                                                  : std::numeric_limits<double>::quiet_NaN(),
                       .count = counter.count});
  };
  append("Overall", "");
  metrics.back().standard_error = standard_error_of_mean(grades);
  if (metrics.back().standard_error) *metrics.back().standard_error *= 100;
  for (const auto name : kNames) append(std::string(name), "");
  for (const auto& combination : combinations) append(combination, "fine");
  append("Overall", "fine");
  return metrics;
}

}  // namespace mono::tasks
