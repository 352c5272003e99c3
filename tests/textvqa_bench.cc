#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"

namespace mono::tests {
namespace {

constexpr int kRepeats = 200;

std::filesystem::path predictions_file() {
  const char* const root = std::getenv("MONO_FIXTURES");
  return std::filesystem::path(root != nullptr ? root : MONO_DEFAULT_FIXTURES) /
         "TextVQA/vila/vila_13b_TextVQA_VAL.jsonl";
}

/// Scores the 5,000 real TextVQA predictions 200 times over, as one set of a million rows.
void score_a_million_rows(benchmark::State& state, const std::string& profile_name) {
  const auto& task = tasks::task_named("textvqa");
  const auto& profile = task.profile(profile_name);
  const auto predictions = tasks::read_predictions(predictions_file(), task, profile);
  std::vector<tasks::Row> rows;
  rows.reserve(predictions.rows.size() * kRepeats);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    rows.insert(rows.end(), predictions.rows.begin(), predictions.rows.end());
  }
  for (auto _ : state) {
    tasks::score_rows(task, profile, rows);
    benchmark::DoNotOptimize(task.metrics(rows, profile).front().value);
  }
  state.counters["rows"] = static_cast<double>(rows.size());
  state.counters["rows_per_second"] = benchmark::Counter(
      static_cast<double>(rows.size()), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  for (const auto& profile : mono::tasks::task_named("textvqa").profiles()) {
    benchmark::RegisterBenchmark(("TextVQA/" + profile.name).c_str(),
                                 mono::tests::score_a_million_rows, profile.name)
        ->Unit(benchmark::kSecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
