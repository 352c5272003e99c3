#include "tests/golden_scores/scored_case.h"

#include "tests/golden_scores/families.h"
#include "tests/golden_scores/json_rows.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

std::vector<tasks::Sample> usual_samples(const ScoreCase& test) {
  const bool is_table = test.golden.front().at("row").contains("index");
  return is_table ? samples_of_table_rows(test.golden) : samples_of_json_rows(test.golden);
}

}  // namespace

ScoreCase read_score_case(const std::filesystem::path& path, const tasks::Task& task,
                          const tasks::Profile& profile) {
  const auto family = family_of(task.name());
  ScoreCase test{.task = task,
                 .profile = profile,
                 .golden = family.rows ? family.rows(path) : read_golden_rows(path),
                 .file = path};
  auto samples = family.samples ? family.samples(test) : usual_samples(test);
  if (samples.size() != test.golden.size()) {
    model::fail(path.string(), ": expected ", test.golden.size(), " samples, got ", samples.size());
  }
  for (size_t i = 0; i < samples.size(); ++i) {
    test.rows.push_back({.sample = std::make_shared<const tasks::Sample>(std::move(samples[i])),
                         .response = test.golden[i].at("response")});
  }
  return test;
}

std::unique_ptr<tasks::Judge> judge_of(const ScoreCase& test) {
  const auto family = family_of(test.task.name());
  return family.judge ? family.judge(test) : recorded_judge(test);
}

}  // namespace mono::tests
