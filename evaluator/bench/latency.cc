#include "evaluator/bench/latency.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "evaluator/bench/image_context_id.h"
#include "evaluator/bench/request.h"
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
  Measurement(const std::vector<Contender>& contenders, const LatencyOptions& options,
              at::Device device, at::ScalarType dtype)
      : contenders_(contenders),
        options_(options),
        dtype_(dtype),
        device_(device),
        probe_(device, dtype) {
    for (const int64_t tiles : options.tile_counts) {
      for (size_t i = 0; i < contenders.size(); ++i) {
        rows_.push_back(
            {.contender = i,
             .shape = {.num_tiles = tiles, .num_text_tokens = options.num_text_tokens}});
      }
    }
  }

  std::string profiled(const std::filesystem::path& folder) const {
    std::string text;
    for (const auto& row : rows_) {
      const auto& contender = contenders_[row.contender];
      for (const int new_tokens : {1, options_.new_tokens}) {
        const auto title = fmt::format("{}, {}, {} tiles, {} tokens", contender.name,
                                       contender.mode, row.shape.num_tiles, new_tokens);
        const auto call = [&] { generate(contender, row.shape, new_tokens); };
        call();
        text += profile_table(title, profile_of(call, folder / (file_name(title) + ".json")));
      }
    }
    return text;
  }

  LatencyTimes operator()() {
    std::vector<Shape> measured;
    for (const auto& row : rows_) measured.push_back(row.shape);
    UnseenShapes unseen(measured);
    std::vector<double> first_calls;
    for (const auto& contender : contenders_) {
      const auto shape = unseen.like({.num_tiles = 1, .num_text_tokens = options_.num_text_tokens});
      first_calls.push_back(generate(contender, shape, options_.new_tokens).prefill_seconds);
    }
    for (auto& row : rows_) {
      const auto& contender = contenders_[row.contender];
      const auto shape = unseen.like(row.shape);
      row.new_shape_first_token = generate(contender, shape, /*new_tokens=*/1).prefill_seconds;
      row.token_ids = generate(row).token_ids;
    }
    for (int i = 0; i < options_.repetitions; ++i) {
      for (size_t k = 0; k < rows_.size(); ++k) {
        auto& row = rows_[(k + static_cast<size_t>(i)) % rows_.size()];
        row.timings.push_back(timing_of(row));
      }
    }
    return {.first_calls = std::move(first_calls), .rows = std::move(rows_)};
  }

 private:
  model::Generation generate(const LatencyRow& row) const {
    return generate(contenders_[row.contender], row.shape, options_.new_tokens);
  }

  static model::Generation generate(const Contender& contender, const Shape& shape,
                                    int new_tokens) {
    const auto& config = contender.engine->config();
    return contender.engine->generate(
        prompt_of(config, shape, contender.image_context_id),
        pixels_of(config, shape.num_tiles, contender.engine->options(), 0),
        {.max_new_tokens = new_tokens}, {});
  }

  Timing timing_of(const LatencyRow& row) const {
    const auto& contender = contenders_[row.contender];
    const auto before = probe_.measure();
    const auto generation = generate(row);
    const auto ceilings = mean_of(before, probe_.measure());
    if (generation.token_ids != row.token_ids) {
      model::fail(contender.name, ", ", row.shape.num_tiles,
                  " tiles: a repetition gave other tokens than the first run");
    }
    const auto& config = contender.engine->config();
    const double value_size = static_cast<double>(c10::elementSize(dtype_));
    const int more = options_.new_tokens - 1;
    const int64_t mean_length = prompt_length(config, row.shape) + options_.new_tokens / 2;
    Timing timing{.first_token = generation.prefill_seconds,
                  .prefill_floor =
                      floor_seconds(prefill_work(contender.size, row.shape, value_size), ceilings),
                  .per_token_floor =
                      floor_seconds(decode_work(contender.size, mean_length, value_size), ceilings),
                  .first_token_cpu = generation.first_token_cpu_seconds,
                  .ceilings = ceilings};
    if (more > 0) {
      timing.per_token = generation.decode_seconds / more;
      timing.per_token_cpu = (generation.cpu_seconds - generation.first_token_cpu_seconds) / more;
    }
    return timing;
  }

  const std::vector<Contender>& contenders_;
  const LatencyOptions& options_;
  at::ScalarType dtype_;
  at::Device device_;
  CeilingProbe probe_;
  std::vector<LatencyRow> rows_{};
};

}  // namespace

Contender open_contender(const std::string& name, const std::filesystem::path& checkpoint,
                         const model::EngineOptions& options) {
  const auto config = model::read_config(checkpoint);
  const int64_t id =
      config.image_context_id ? *config.image_context_id : stored_image_context_id(checkpoint);
  auto engine = std::make_unique<const model::Engine>(checkpoint, id, options);
  const ModelSize size{.config = engine->config(),
                       .visual_expert_parameters = engine->visual_expert_parameters()};
  return {.name = name,
          .mode = options.is_deterministic ? "parity, deterministic" : "parity, free",
          .engine = std::move(engine),
          .size = size,
          .image_context_id = id};
}

LatencyTimes measure_latency(const std::vector<Contender>& contenders,
                             const LatencyOptions& options, at::Device device,
                             at::ScalarType dtype) {
  return Measurement(contenders, options, device, dtype)();
}

std::string profile_latency(const std::vector<Contender>& contenders, const LatencyOptions& options,
                            at::Device device, at::ScalarType dtype,
                            const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  return Measurement(contenders, options, device, dtype).profiled(folder);
}

}  // namespace mono::bench
