#include "tasks/mmmu_subjects.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "tasks/metric/internvl_letters.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_round.h"

namespace mono::tasks {
namespace {

struct Discipline {
  std::string_view name;
  std::array<std::string_view, 7> subjects;  // "" behind the last one
};

constexpr std::array<Discipline, 6> kDisciplines = {
    {{"Art and Design", {"Art", "Art_Theory", "Design", "Music"}},
     {"Business", {"Accounting", "Economics", "Finance", "Manage", "Marketing"}},
     {"Science", {"Biology", "Chemistry", "Geography", "Math", "Physics"}},
     {"Health and Medicine",
      {"Basic_Medical_Science", "Clinical_Medicine", "Diagnostics_and_Laboratory_Medicine",
       "Pharmacy", "Public_Health"}},
     {"Humanities and Social Science", {"History", "Literature", "Sociology", "Psychology"}},
     {"Tech and Engineering",
      {"Agriculture", "Architecture_and_Engineering", "Computer_Science", "Electronics",
       "Energy_and_Power", "Materials", "Mechanical_Engineering"}}}};

constexpr int kDecimals = 3;

struct SubjectHit {
  std::string_view subject{};
  double value = 0;
};

template <typename Wanted>
Metric share(std::string name, std::span<const SubjectHit> hits, const Wanted& wanted) {
  std::vector<double> values;
  for (const auto& hit : hits) {
    if (wanted(hit.subject)) values.push_back(hit.value);
  }
  const double accuracy = values.empty()
                              ? std::numeric_limits<double>::quiet_NaN()
                              : sum_left_to_right(values) / static_cast<double>(values.size());
  return {.name = std::move(name),
          .value = python_round(accuracy, kDecimals),
          .standard_error = standard_error_of_mean(values),
          .count = static_cast<int>(values.size())};
}

std::vector<SubjectHit> hits_of(std::span<const Row> rows) {
  std::vector<SubjectHit> hits;
  for (const auto& row : rows) {
    if (enters_metrics(row)) {
      hits.push_back({mmmu_subject(mmmu_id(*row.sample)), row.score->value});
    }
  }
  return hits;
}

}  // namespace

std::string_view mmmu_split(std::string_view id) {
  const size_t first = id.find('_');
  return first == std::string_view::npos ? "" : id.substr(0, first);
}

std::string_view mmmu_subject(std::string_view id) {
  const size_t first = id.find('_');
  const size_t last = id.rfind('_');
  return first == last ? "" : id.substr(first + 1, last - first - 1);
}

std::string_view mmmu_id(const Sample& sample) {
  const auto* const cell = sample.cell("id");
  const auto* const text = cell == nullptr ? nullptr : std::get_if<std::string>(cell);
  return text == nullptr ? std::string_view(sample.id) : std::string_view(*text);
}

std::vector<Metric> mmmu_table(std::span<const Row> rows, std::string_view task) {
  const auto accuracy = share_of_hits(rows, task, "accuracy");
  const auto hits = hits_of(rows);
  std::vector<Metric> table = {share("Overall", hits, [](std::string_view) { return true; })};
  for (const auto& [name, subjects] : kDisciplines) {
    const auto is_in = [&list = subjects](std::string_view subject) {
      return !subject.empty() && std::find(list.begin(), list.end(), subject) != list.end();
    };
    table.push_back(share("Overall-" + std::string(name), hits, is_in));
    for (const auto subject : subjects) {
      if (subject.empty()) continue;
      table.push_back(share(std::string(subject), hits,
                            [&](std::string_view other) { return other == subject; }));
    }
  }
  table.push_back(accuracy);
  return table;
}

}  // namespace mono::tasks
