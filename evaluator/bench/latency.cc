#include "evaluator/bench/latency.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "evaluator/bench/preprocess.h"
#include "evaluator/bench/rounds.h"
#include "evaluator/bench/status_line.h"
#include "evaluator/bench/unseen_shapes.h"
#include "model/adapter.h"

namespace mono::bench {
namespace {

std::string file_name(std::string title) {
  std::replace_if(
      title.begin(), title.end(), [](char c) { return c == ' ' || c == ',' || c == '/'; }, '_');
  return title;
}

class Measurement {
 public:
  Measurement(const std::vector<Contender>& contenders, const LatencyOptions& options)
      : contenders_(contenders),
        options_(options),
        probe_(contenders.front().engine->options().device,
               contenders.front().engine->options().dtype),
        card_(card_of(contenders.front().engine->options().device)),
        rows_(latency_rows(contenders, options)) {}

  std::string profiled(const std::filesystem::path& folder) {
    std::string text;
    for (const auto& row : rows_) {
      const auto& contender = contenders_[row.contender];
      for (const int new_tokens : {1, options_.new_tokens}) {
        const auto title =
            fmt::format("{}, {}, {} tiles, {} at once, {} tokens", contender.name, contender.mode,
                        row.shape.num_tiles, row.concurrency, new_tokens);
        const auto call = [&] { ask(row, new_tokens); };
        call();
        text += profile_table(title, profile_of(call, folder / (file_name(title) + ".json")));
      }
    }
    return text;
  }

  LatencyTimes operator()(const CheckAnswers& check) {
    std::vector<AskedShape> measured;
    measured.reserve(rows_.size());
    for (const auto& row : rows_) measured.push_back(asked_of(row.contender, row.shape));
    UnseenShapes unseen(measured);
    std::vector<double> first_calls;
    for (size_t i = 0; i < contenders_.size(); ++i) {
      const Shape like{.num_tiles = 1, .num_text_tokens = options_.num_text_tokens};
      first_calls.push_back(first_token_of(contenders_[i], unseen.like(asked_of(i, like))));
    }
    take_first_answers(unseen);
    check(rows_);
    take_rounds(options_.repetitions, [&](int round) {
      for (size_t k = 0; k < rows_.size(); ++k) {
        auto& row = rows_[(k + static_cast<size_t>(round)) % rows_.size()];
        row.timings.push_back(timing_of(row));
      }
    });
    return {.first_calls = std::move(first_calls), .rows = std::move(rows_)};
  }

 private:
  std::span<const at::Tensor> pictures_of(const Contender& contender, int64_t num_tiles) {
    auto& pictures = pictures_[{contender.size.config.image_size, num_tiles}];
    if (pictures.empty()) pictures = pictures_for(contender, num_tiles, kNumLatencyPictures);
    return pictures;
  }

  model::Spent preprocessing_of(const Contender& contender, int64_t num_tiles) {
    const auto& config = contender.size.config;
    auto& photo = photos_[{config.image_size, num_tiles, config.uses_thumbnail}];
    if (photo.pixels.empty()) photo = picture_for_tiles(config, num_tiles);
    const bool is_float = contender.engine->options().dtype == at::kFloat;
    return time_to_preprocess(config, photo, num_tiles, is_float);
  }

  AskedShape asked_of(size_t contender, const Shape& shape) const {
    return {.contender = contender,
            .shape = shape,
            .tokens_per_tile = contenders_[contender].size.config.tokens_per_tile};
  }

  void take_first_answers(UnseenShapes& unseen) {
    StatusLine status;
    for (auto& row : rows_) {
      const auto& contender = contenders_[row.contender];
      status.show(fmt::format("first answers of {}, {}, {} tiles, {} at once", contender.name,
                              contender.mode, row.shape.num_tiles, row.concurrency));
      row.new_shape_first_token =
          first_token_of(contender, unseen.like(asked_of(row.contender, row.shape)));
      for (int i = 1; i < num_warm_ups(contender); ++i) ask(row, options_.new_tokens);
      for (auto& generation : ask(row, options_.new_tokens).generations) {
        row.answers.push_back(std::move(generation.token_ids));
      }
      if (card_.joules()) row.energy = energy_of(row);
    }
  }

  double first_token_of(const Contender& contender, const Shape& shape) {
    const auto requests = requests_for(contender, shape, /*new_tokens=*/1, /*count=*/1,
                                       pictures_of(contender, shape.num_tiles));
    return ask_alone(contender, requests[0]).generations[0].prefill_seconds;
  }

  Asked ask(const LatencyRow& row, int new_tokens) {
    const auto& contender = contenders_[row.contender];
    const auto requests = requests_for(contender, row.shape, new_tokens, row.concurrency,
                                       pictures_of(contender, row.shape.num_tiles));
    return row.concurrency == 1 ? ask_alone(contender, requests[0])
                                : ask_together(contender, requests, row.concurrency);
  }

  // Calls in a row, all alike: the counter lags, and must not lag into other work.
  Energy energy_of(const LatencyRow& row) {
    ask(row, options_.new_tokens);
    const auto before = card_.joules();
    const model::Stopwatch watch;
    int64_t num_requests = 0;
    double seconds = 0;
    while (seconds < Energy::kLeastSeconds) {
      ask(row, options_.new_tokens);
      num_requests += row.concurrency;
      seconds = watch.spent().seconds;
    }
    Energy energy;
    energy.add(before, card_.joules(), seconds, num_requests);
    return energy;
  }

  Timing timing_of(LatencyRow& row) {
    const auto before = probe_.measure();
    const auto asked = ask(row, options_.new_tokens);
    row.card.add(state_of(card_));
    auto timing = means_of(row, asked);
    if (row.has_vision()) {
      const auto& contender = contenders_[row.contender];
      const auto spent =
          time_to_see(contender, pictures_of(contender, row.shape.num_tiles).front());
      timing.vision = spent.seconds;
      timing.vision_cpu = spent.cpu_seconds;
      const auto before_it = preprocessing_of(contender, row.shape.num_tiles);
      timing.preprocess = before_it.seconds;
      timing.preprocess_cpu = before_it.cpu_seconds;
    }
    timing.ceilings = mean_of(before, probe_.measure());
    add_floors(row, timing);
    return timing;
  }

  Timing means_of(const LatencyRow& row, const Asked& asked) const {
    Timing timing{.end_to_end = asked.spent.seconds, .end_to_end_cpu = asked.spent.cpu_seconds};
    const double share = 1.0 / row.concurrency;
    const int more = options_.new_tokens - 1;
    for (size_t i = 0; i < asked.generations.size(); ++i) {
      const auto& generation = asked.generations[i];
      if (generation.token_ids != row.answers[i]) {
        model::fail<std::runtime_error>(
            contenders_[row.contender].name, ", ", row.shape.num_tiles, " tiles, ", row.concurrency,
            " at once: a repetition gave other tokens than the first run");
      }
      timing.first_token += share * (generation.wait_seconds + generation.prefill_seconds);
      timing.first_token_cpu += share * generation.first_token_cpu_seconds;
      if (more == 0) continue;
      timing.per_token += share * generation.decode_seconds / more;
      timing.per_token_cpu +=
          share * (generation.cpu_seconds - generation.first_token_cpu_seconds) / more;
    }
    return timing;
  }

  // Whoever reads prompts one after the other has (n + 1) / 2 of them behind it when the first
  // token of the average one comes, and no order does better; weights may be read once for all.
  void add_floors(const LatencyRow& row, Timing& timing) const {
    const auto& contender = contenders_[row.contender];
    const auto& size = contender.size;
    const auto value_size =
        static_cast<double>(c10::elementSize(contender.engine->options().dtype));
    const int64_t mean_length = row.num_tokens + options_.new_tokens / 2;
    timing.vision_floor =
        floor_seconds(vision_work(size, row.shape.num_tiles, value_size), timing.ceilings);
    auto first = prefill_work(size, row.shape, value_size);
    first.flops *= (row.concurrency + 1) / 2.0;
    timing.prefill_floor = floor_seconds(first, timing.ceilings);
    timing.per_token_floor =
        floor_seconds(decode_work(size, mean_length, value_size, row.concurrency), timing.ceilings);
    timing.end_to_end_floor =
        floor_seconds(prefill_work(size, row.shape, value_size, row.concurrency), timing.ceilings) +
        (options_.new_tokens - 1) * timing.per_token_floor;
  }

  const std::vector<Contender>& contenders_;
  const LatencyOptions& options_;
  CeilingProbe probe_;
  Nvml card_;
  std::vector<LatencyRow> rows_;
  std::map<std::pair<int64_t, int64_t>, std::vector<at::Tensor>> pictures_{};  // by size and tiles
  std::map<std::tuple<int64_t, int64_t, bool>, model::RgbImage> photos_{};     // and thumbnail
};

}  // namespace

LatencyTimes measure_latency(const std::vector<Contender>& contenders,
                             const LatencyOptions& options, const CheckAnswers& check) {
  return Measurement(contenders, options)(check);
}

std::string profile_latency(const std::vector<Contender>& contenders, const LatencyOptions& options,
                            const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  return Measurement(contenders, options).profiled(folder);
}

}  // namespace mono::bench
