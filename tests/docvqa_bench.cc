#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"

namespace mono::tests {
namespace {

constexpr size_t kRows = 1'000'000;
constexpr double kBytesPerKilobyte = 1024;

/// A VLMEvalKit row of a question: its accepted answers as a list literal in a cell.
std::shared_ptr<const tasks::Sample> table_sample(const tasks::Sample& sample) {
  std::string literal = "[";
  for (const auto& target : sample.targets) {
    literal += literal.size() > 1 ? ", '" : "'";
    for (const char c : target) literal.append(c == '\'' || c == '\\' ? "\\" : "").push_back(c);
    literal += "'";
  }
  tasks::Sample table = sample;
  table.cells = {{"index", int64_t{1}}, {"answer", literal + "]"}};
  return std::make_shared<const tasks::Sample>(std::move(table));
}

/// A million rows: the predictions of a file over and over, as rows of a table.
std::vector<tasks::Row> a_million_rows(const std::filesystem::path& file, const tasks::Task& task,
                                       const tasks::Profile& profile) {
  auto predictions = tasks::read_predictions(file, task, profile).rows;
  for (auto& row : predictions) row.sample = table_sample(*row.sample);
  std::vector<tasks::Row> rows;
  rows.reserve(kRows);
  while (rows.size() < kRows) {
    const auto count = std::min(predictions.size(), kRows - rows.size());
    rows.insert(rows.end(), predictions.begin(),
                predictions.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return rows;
}

void score_a_million_rows(benchmark::State& state, const std::filesystem::path& file,
                          const std::string& profile_name) {
  const auto& task = tasks::task_named("docvqa_val");
  const auto& profile = task.profile(profile_name);
  auto rows = a_million_rows(file, task, profile);
  for (auto _ : state) {
    tasks::score_rows(task, profile, rows);
    benchmark::DoNotOptimize(task.metrics(rows, profile).front().value);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["rows"] = static_cast<double>(rows.size());
  state.counters["peak_bytes"] = static_cast<double>(usage.ru_maxrss) * kBytesPerKilobyte;
}

}  // namespace
}  // namespace mono::tests

/// One benchmark for each profile and each file of real DocVQA answers (`*_docVQA.json`).
int main(int argc, char** argv) {
  const char* const root = std::getenv("MONO_FIXTURES");
  const std::filesystem::path fixtures = root != nullptr ? root : MONO_DEFAULT_FIXTURES;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures)) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with("_docVQA.json")) continue;
    for (const auto& profile : mono::tasks::task_named("docvqa_val").profiles()) {
      benchmark::RegisterBenchmark(("DocVQA/" + name + "/" + profile.name).c_str(),
                                   mono::tests::score_a_million_rows, entry.path(), profile.name)
          ->Unit(benchmark::kSecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
