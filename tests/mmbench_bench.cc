#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "tasks/reader/samples.h"
#include "tasks/registry.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

constexpr size_t kNumRows = 1'000'000;
constexpr int64_t kRotationStep = 1'000'000;

std::filesystem::path golden_file() {
  const char* const root = std::getenv("MONO_GOLDEN");
  return std::filesystem::path(root != nullptr ? root : MONO_DEFAULT_GOLDEN) /
         "scores/MMBench.vek.jsonl";
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// The golden rows, their groups copied under new indices until there are a million rows.
std::vector<tasks::Row> million_rows() {
  const auto golden = read_golden_rows(golden_file());
  std::vector<nlohmann::json> cells;
  cells.reserve(golden.size());
  for (const auto& row : golden) cells.push_back(row.at("row"));
  const ScratchFolder folder;
  const auto samples =
      tasks::samples_of_table(tasks::read_tsv(folder.write("rows.tsv", tsv_of(cells))), {});
  std::map<int64_t, int64_t> dense;  // base index to its place among those that occur
  for (const auto& sample : samples) {
    dense.emplace(std::stoll(sample.id) % kRotationStep, static_cast<int64_t>(dense.size()));
  }
  std::vector<tasks::Row> rows;
  rows.reserve(kNumRows);
  for (int64_t copy = 0; rows.size() < kNumRows; ++copy) {
    for (size_t i = 0; i < samples.size() && rows.size() < kNumRows; ++i) {
      auto sample = samples[i];
      const auto index = std::stoll(sample.id);
      const auto base = dense.at(index % kRotationStep) + copy * static_cast<int64_t>(dense.size());
      sample.id = std::to_string(index - index % kRotationStep + base);
      rows.push_back({.sample = std::make_shared<const tasks::Sample>(std::move(sample)),
                      .response = golden[i].at("response").get<std::string>()});
    }
  }
  return rows;
}

/// Scores a million rows of MMBench, circular, and forms the table.
void score_a_million_rows(benchmark::State& state, const std::string& profile_name) {
  const auto& task = tasks::task_named("mmbench_en_dev");
  const auto& profile = task.profile(profile_name);
  static auto rows = million_rows();
  for (auto& row : rows) row.score.reset();
  state.counters["rows_megabytes"] = peak_megabytes();
  for (auto _ : state) {
    tasks::score_rows(task, profile, rows);
    benchmark::DoNotOptimize(task.metrics(rows, profile).front().value);
  }
  state.counters["peak_megabytes"] = peak_megabytes();
  state.counters["rows"] = static_cast<double>(rows.size());
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  for (const auto& profile : mono::tasks::task_named("mmbench_en_dev").profiles()) {
    benchmark::RegisterBenchmark(("MMBench/" + profile.name).c_str(),
                                 mono::tests::score_a_million_rows, profile.name)
        ->Unit(benchmark::kSecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
