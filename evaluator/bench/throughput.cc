#include "evaluator/bench/throughput.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <stdexcept>

#include "evaluator/bench/rounds.h"
#include "model/adapter.h"

namespace mono::bench {
namespace {

constexpr int64_t kNumPictures = 16;  // different ones; more requests take them in turns

std::vector<model::EngineRequest> requests_for(const Contender& contender,
                                               const ThroughputOptions& options) {
  const auto pictures =
      pictures_for(contender, options.num_tiles, std::min(kNumPictures, options.num_items));
  const Shape shape{.num_tiles = options.num_tiles, .num_text_tokens = options.num_text_tokens};
  return requests_for(contender, shape, options.new_tokens, options.num_items, pictures);
}

model::Spent an_item_of(const model::Spent& spent, size_t num_items) {
  const auto items = static_cast<double>(num_items);
  return {.seconds = spent.seconds / items, .cpu_seconds = spent.cpu_seconds / items};
}

Answers answers_of(const Asked& asked) {
  Answers answers;
  for (const auto& generation : asked.generations) answers.push_back(generation.token_ids);
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
    row_.together = answers_of(ask_together(contender, requests_, options.batch));
    for (int i = 1; i < num_warm_ups(contender); ++i) ask_alone(contender, requests_.front());
    for (const auto& request : some()) {
      row_.alone.push_back(answers_of(ask_alone(contender, request))[0]);
    }
    const auto& alone = row_.alone;
    size_t num_same = 0;
    for (size_t i = 0; i < alone.size(); ++i) num_same += alone[i] == row_.together[i] ? 1 : 0;
    if (engine().options().is_deterministic && num_same != alone.size()) {
      model::fail<std::runtime_error>(contender.name, ", deterministic: ", alone.size() - num_same,
                                      " of ", alone.size(), " answers differ together and alone");
    }
    row_.same_answers = static_cast<double>(num_same) / static_cast<double>(alone.size());
  }

  void time(const CeilingProbe& probe, const Nvml& card, bool asks_alone_first) {
    const auto before = probe.measure();
    ItemTimes times;
    Asked said;
    const auto time_alone = [&] {
      times.alone = an_item(card, row_.energy_alone, some().size(), [&] {
        for (const auto& request : some()) ask_alone(contender_, request);
      });
    };
    if (asks_alone_first) time_alone();
    times.together = an_item(card, row_.energy_together, requests_.size(),
                             [&] { said = ask_together(contender_, requests_, options_.batch); });
    if (!asks_alone_first) time_alone();
    times.ceilings = mean_of(before, probe.measure());
    times.alone_floor = floor_of(1, 1, times.ceilings);
    times.together_floor =
        floor_of(static_cast<int64_t>(requests_.size()), options_.batch, times.ceilings);
    if (engine().options().is_deterministic && answers_of(said) != row_.together) {
      model::fail<std::runtime_error>(contender_.name,
                                      ", deterministic: a round gave other answers than the first");
    }
    row_.times.push_back(times);
  }

  ThroughputRow row() && { return std::move(row_); }

 private:
  const model::Engine& engine() const { return *contender_.engine; }

  std::span<const model::EngineRequest> some() const {
    return std::span(requests_).first(
        static_cast<size_t>(std::min(options_.num_alone, options_.num_items)));
  }

  /// What an item of some that are asked takes, between two readings of the card.
  model::Spent an_item(const Nvml& card, Energy& energy, size_t num_items,
                       const std::function<void()>& ask) {
    const auto joules = card.joules();
    const model::Stopwatch watch;
    ask();
    const auto spent = watch.spent();
    energy.add(joules, card.joules(), spent.seconds, static_cast<int64_t>(num_items));
    row_.card.add(state_of(card));
    return an_item_of(spent, num_items);
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
  const auto card = card_of(of_all.device);
  std::vector<Trial> trials;
  trials.reserve(contenders.size());
  for (size_t i = 0; i < contenders.size(); ++i) trials.emplace_back(contenders[i], i, options);
  take_rounds(options.repetitions, [&](int round) {
    for (size_t k = 0; k < trials.size(); ++k) {
      trials[(k + static_cast<size_t>(round)) % trials.size()].time(probe, card, round % 2 == 0);
    }
  });
  std::vector<ThroughputRow> rows;
  rows.reserve(trials.size());
  for (auto& trial : trials) rows.push_back(std::move(trial).row());
  return rows;
}

}  // namespace mono::bench
