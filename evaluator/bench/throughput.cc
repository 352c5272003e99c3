#include "evaluator/bench/throughput.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>

#include "evaluator/bench/interval.h"
#include "evaluator/bench/request.h"
#include "model/adapter.h"

namespace mono::bench {
namespace {

using Answers = std::vector<std::vector<int64_t>>;

constexpr int64_t kNumPictures = 16;  // different ones; more requests take them in turns

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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

ThroughputRow measure(const Contender& contender, size_t index, const ThroughputOptions& options) {
  const auto& engine = *contender.engine;
  const auto requests = requests_for(contender, options);
  const std::span<const model::EngineRequest> all(requests);
  const auto some = all.first(static_cast<size_t>(std::min(options.num_alone, options.num_items)));
  const auto together = ask_together(engine, all, options.batch);
  const auto alone = ask_alone(engine, some);
  size_t num_same = 0;
  for (size_t i = 0; i < alone.size(); ++i) num_same += alone[i] == together[i] ? 1 : 0;
  if (engine.options().is_deterministic && num_same != alone.size()) {
    model::fail(contender.name, ", deterministic: ", alone.size() - num_same, " of ", alone.size(),
                " answers differ together and alone");
  }
  ThroughputRow row{
      .contender = index,
      .same_answers = static_cast<double>(num_same) / static_cast<double>(alone.size())};
  for (int i = 0; i < options.repetitions; ++i) {
    const double one_by_one = seconds_of([&] { ask_alone(engine, some); });
    const double at_once = seconds_of([&] { ask_together(engine, all, options.batch); });
    row.times.push_back({.alone = one_by_one / static_cast<double>(some.size()),
                         .together = at_once / static_cast<double>(all.size())});
  }
  return row;
}

MedianInterval over(const ThroughputRow& row, double (*value)(const ItemTimes&)) {
  std::vector<double> values;
  values.reserve(row.times.size());
  for (const auto& times : row.times) values.push_back(value(times));
  return median_interval(std::move(values));
}

std::string shown(const MedianInterval& value) {
  return fmt::format("{:.2f} [{:.2f}, {:.2f}]", value.median, value.low, value.high);
}

}  // namespace

std::vector<ThroughputRow> measure_throughput(const std::vector<Contender>& contenders,
                                              const ThroughputOptions& options) {
  std::vector<ThroughputRow> rows;
  rows.reserve(contenders.size());
  for (size_t i = 0; i < contenders.size(); ++i) rows.push_back(measure(contenders[i], i, options));
  return rows;
}

std::string throughput_table(const std::vector<Contender>& contenders,
                             const std::vector<ThroughputRow>& rows) {
  std::string text =
      fmt::format("{:<20} {:<22} {:<26} {:<26} {:<22} {}\n", "model", "mode",
                  "alone, answers a second", "together", "together : alone", "same answers");
  for (const auto& row : rows) {
    const auto& contender = contenders[row.contender];
    text +=
        fmt::format("{:<20} {:<22} {:<26} {:<26} {:<22} {:.3f}\n", contender.name, contender.mode,
                    shown(over(row, [](const ItemTimes& t) { return 1 / t.alone; })),
                    shown(over(row, [](const ItemTimes& t) { return 1 / t.together; })),
                    shown(over(row, [](const ItemTimes& t) { return t.alone / t.together; })),
                    row.same_answers);
  }
  return text;
}

nlohmann::ordered_json throughput_json(const std::vector<Contender>& contenders,
                                       const std::vector<ThroughputRow>& rows) {
  nlohmann::ordered_json json = {{"benchmarks", nlohmann::ordered_json::array()}};
  for (const auto& row : rows) {
    const auto& contender = contenders[row.contender];
    for (size_t i = 0; i < row.times.size(); ++i) {
      json["benchmarks"].push_back({{"name", contender.name + "/" + contender.mode + "/throughput"},
                                    {"run_type", "iteration"},
                                    {"repetition_index", i},
                                    {"alone_ms", row.times[i].alone * 1e3},
                                    {"together_ms", row.times[i].together * 1e3},
                                    {"same_answers", row.same_answers},
                                    {"time_unit", "ms"}});
    }
  }
  return json;
}

}  // namespace mono::bench
