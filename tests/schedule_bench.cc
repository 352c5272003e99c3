#include <benchmark/benchmark.h>

#include <numeric>
#include <vector>

#include "model/batch/schedule.h"

// What the host spends on planning one pass, the model apart.
namespace mono::model {
namespace {

constexpr int64_t kImage = 7;
constexpr size_t kNumTokens = 1856;  // seven tiles and a question

/// Prompts over `num_pictures` pictures in turns, each with a question of its own.
std::vector<std::vector<int64_t>> prompts_over(size_t num_prompts) {
  std::vector<std::vector<int64_t>> prompts;
  for (size_t i = 0; i < num_prompts; ++i) {
    auto& ids = prompts.emplace_back(kNumTokens, kImage);
    std::iota(ids.end() - 24, ids.end(), static_cast<int64_t>(100 + i));
  }
  return prompts;
}

std::vector<PromptView> views_of(const std::vector<std::vector<int64_t>>& prompts) {
  const std::vector<std::string_view> keys = {"a", "b", "c", "d", "e", "f", "g", "h"};
  std::vector<PromptView> views;
  views.reserve(prompts.size());
  for (size_t i = 0; i < prompts.size(); ++i) {
    views.push_back({.input_ids = prompts[i], .image_key = keys[i % keys.size()]});
  }
  return views;
}

std::vector<PrefixGroup> groups_of(const std::vector<std::vector<int64_t>>& prompts) {
  return group_by_prefix(views_of(prompts), {.image_context_id = kImage, .max_length = 32768});
}

/// Finding what the prompts share, once a batch.
void grouping(benchmark::State& state) {
  const auto prompts = prompts_over(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(groups_of(prompts));
}
BENCHMARK(grouping)->Arg(64)->Unit(benchmark::kMicrosecond);

/// A pass of new tokens while every place is taken, and a place that is given up and taken again.
void pass(benchmark::State& state) {
  const auto num_running = static_cast<size_t>(state.range(0));
  const auto prompts = prompts_over(2 * num_running);
  const auto groups = groups_of(prompts);
  const std::vector<int64_t> lengths(prompts.size(), kNumTokens);
  const ScheduleOptions options{.max_sequences = static_cast<int>(num_running),
                                .max_prefill_tokens = 8192};
  Schedule schedule(groups, lengths, options);
  Step step = schedule.next();
  while (!step.pieces.empty()) step = schedule.next();
  for (auto _ : state) {
    if (schedule.is_done()) {
      state.PauseTiming();
      schedule = Schedule(groups, lengths, options);
      state.ResumeTiming();
    }
    step = schedule.next();
    benchmark::DoNotOptimize(step);
    if (!step.continued.empty()) schedule.finish(step.continued.front());
  }
}
BENCHMARK(pass)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace mono::model

BENCHMARK_MAIN();
