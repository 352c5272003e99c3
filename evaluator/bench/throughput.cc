#include "evaluator/bench/throughput.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "evaluator/bench/request.h"
#include "model/adapter.h"

namespace mono::bench {
namespace {

using Answers = std::vector<std::vector<int64_t>>;

constexpr int64_t kNumPictures = 16;  // different ones; more requests take them in turns

/// What `work` takes, an item.
model::Spent spent_by(const std::function<void()>& work, size_t num_items) {
  const model::Stopwatch watch;
  work();
  const auto [seconds, cpu_seconds] = watch.spent();
  const auto items = static_cast<double>(num_items);
  return {.seconds = seconds / items, .cpu_seconds = cpu_seconds / items};
}

std::vector<model::EngineRequest> requests_for(const Contender& contender,
                                               const ThroughputOptions& options) {
  const auto& engine = *contender.engine;
  const auto num_pictures = std::min(kNumPictures, options.num_items);
  std::vector<at::Tensor> pictures;
  pictures.reserve(static_cast<size_t>(num_pictures));
  for (int64_t i = 0; i < num_pictures; ++i) {
    pictures.push_back(pixels_of(engine.config(), options.num_tiles, engine.options(), i));
  }
  const Shape shape{.num_tiles = options.num_tiles, .num_text_tokens = options.num_text_tokens};
  std::vector<model::EngineRequest> requests;
  for (int64_t i = 0; i < options.num_items; ++i) {
    auto& request = requests.emplace_back();
    request.input_ids = prompt_of(engine.config(), shape, contender.image_context_id);
    request.input_ids.back() =  // a question of its own
        text_id(engine.config(), contender.image_context_id, i);
    request.pixel_values = pictures[static_cast<size_t>(i) % pictures.size()];
    request.decoding.max_new_tokens = options.new_tokens;
  }
  return requests;
}

Answers ask_together(const model::Engine& engine, std::span<const model::EngineRequest> requests,
                     int batch) {
  Answers answers(requests.size());
  engine.answer(requests, {.schedule = {.max_sequences = batch}, .reuses_prefixes = false},
                [&](size_t i, const model::EngineAnswer& answer) {
                  if (!answer.error.empty()) model::fail(answer.error);
                  answers[i] = answer.generation.token_ids;
                });
  return answers;
}

Answers ask_alone(const model::Engine& engine, std::span<const model::EngineRequest> requests) {
  Answers answers;
  for (const auto& request : requests) {
    const auto generation =
        engine.generate(request.input_ids, request.pixel_values, request.decoding, {});
    answers.push_back(generation.token_ids);
  }
  return answers;
}

/// One contender, its requests, and how often it says the same.
class Trial {
 public:
  Trial(const Contender& contender, size_t index, const ThroughputOptions& options)
      : contender_(contender),
        options_(options),
        requests_(requests_for(contender, options)),
        row_{.contender = index} {
    const auto together = ask_together(engine(), requests_, options.batch);
    const auto alone = ask_alone(engine(), some());
    size_t num_same = 0;
    for (size_t i = 0; i < alone.size(); ++i) num_same += alone[i] == together[i] ? 1 : 0;
    if (engine().options().is_deterministic && num_same != alone.size()) {
      model::fail(contender.name, ", deterministic: ", alone.size() - num_same, " of ",
                  alone.size(), " answers differ together and alone");
    }
    row_.same_answers = static_cast<double>(num_same) / static_cast<double>(alone.size());
  }

  void time(const CeilingProbe& probe, bool asks_alone_first) {
    const auto before = probe.measure();
    ItemTimes times;
    const auto time_alone = [&] {
      times.alone = spent_by([&] { ask_alone(engine(), some()); }, some().size());
    };
    if (asks_alone_first) time_alone();
    times.together =
        spent_by([&] { ask_together(engine(), requests_, options_.batch); }, requests_.size());
    if (!asks_alone_first) time_alone();
    times.ceilings = mean_of(before, probe.measure());
    times.alone_floor = floor_of(1, 1, times.ceilings);
    times.together_floor =
        floor_of(static_cast<int64_t>(requests_.size()), options_.batch, times.ceilings);
    row_.times.push_back(times);
  }

  ThroughputRow row() && { return std::move(row_); }

 private:
  const model::Engine& engine() const { return *contender_.engine; }

  std::span<const model::EngineRequest> some() const {
    return std::span(requests_).first(
        static_cast<size_t>(std::min(options_.num_alone, options_.num_items)));
  }

  /// Seconds an item.
  double floor_of(int64_t num_items, int64_t batch, const Ceilings& ceilings) const {
    const auto value_size = static_cast<double>(c10::elementSize(engine().options().dtype));
    const Shape shape{.num_tiles = options_.num_tiles, .num_text_tokens = options_.num_text_tokens};
    const auto items = static_cast<double>(num_items);
    const double more_tokens = items * (options_.new_tokens - 1);
    const double steps = std::ceil(more_tokens / static_cast<double>(batch));
    double seconds =
        floor_seconds(prefill_work(contender_.size, shape, value_size, num_items), ceilings);
    if (steps > 0) {
      const int64_t length = prompt_length(contender_.size.config, shape) + options_.new_tokens / 2;
      seconds += steps * floor_seconds(
                             decode_work(contender_.size, length, value_size, more_tokens / steps),
                             ceilings);
    }
    return seconds / items;
  }

  const Contender& contender_;
  const ThroughputOptions& options_;
  std::vector<model::EngineRequest> requests_;
  ThroughputRow row_;
};

}  // namespace

std::vector<ThroughputRow> measure_throughput(const std::vector<Contender>& contenders,
                                              const ThroughputOptions& options) {
  if (contenders.empty()) return {};
  const auto& of_all = contenders.front().engine->options();
  const CeilingProbe probe(of_all.device, of_all.dtype);
  std::vector<Trial> trials;
  trials.reserve(contenders.size());
  for (size_t i = 0; i < contenders.size(); ++i) trials.emplace_back(contenders[i], i, options);
  for (int round = 0; round < options.repetitions; ++round) {
    for (size_t k = 0; k < trials.size(); ++k) {
      trials[(k + static_cast<size_t>(round)) % trials.size()].time(probe, round % 2 == 0);
    }
  }
  std::vector<ThroughputRow> rows;
  rows.reserve(trials.size());
  for (auto& trial : trials) rows.push_back(std::move(trial).row());
  return rows;
}

}  // namespace mono::bench
