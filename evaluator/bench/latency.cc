#include "evaluator/bench/latency.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/adapter.h"

namespace mono::bench {
namespace {

/// A prompt of the shape: text, the picture, text; ids that every vocabulary has.
std::vector<int64_t> prompt_of(const model::ModelConfig& config, const Shape& shape,
                               int64_t image_context_id) {
  constexpr int64_t kTextBefore = 40;
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < shape.num_text_tokens; ++i) ids.push_back(3 + i * 7 % 200);
  const auto place = ids.begin() + std::min<int64_t>(kTextBefore, shape.num_text_tokens);
  ids.insert(place, static_cast<size_t>(shape.num_tiles * config.tokens_per_tile),
             image_context_id);
  return ids;
}

/// In pinned memory where they go to a GPU.
at::Tensor pixels_of(const model::ModelConfig& config, int64_t num_tiles, at::ScalarType dtype,
                     at::Device device) {
  if (num_tiles == 0) return {};
  at::manual_seed(0);
  const auto pixels = at::randn({num_tiles, 3, config.image_size, config.image_size}).to(dtype);
  return device.is_cuda() ? pixels.pin_memory() : pixels;
}

int64_t image_context_id_of(const std::filesystem::path& checkpoint) {
  const auto path = checkpoint / "added_tokens.json";
  std::ifstream file(path);
  if (!file) model::fail(path.string(), ": expected the ids of added tokens, cannot open it");
  const auto tokens = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!tokens.is_object() || !tokens.contains("<IMG_CONTEXT>")) {
    model::fail(path.string(), ": expected the id of <IMG_CONTEXT>, got none");
  }
  return tokens["<IMG_CONTEXT>"].get<int64_t>();
}

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
        generate(row, new_tokens);
        text += profile_table(title, profile_of([&] { generate(row, new_tokens); },
                                                folder / (file_name(title) + ".json")));
      }
    }
    return text;
  }

  std::vector<LatencyRow> operator()() {
    for (auto& row : rows_) {
      const auto generation = generate(row);
      row.cold_first_token = generation.prefill_seconds;
      row.token_ids = generation.token_ids;
    }
    for (int i = 0; i < options_.repetitions; ++i) {
      for (auto& row : rows_) row.timings.push_back(timing_of(row, probe_.measure()));
    }
    return std::move(rows_);
  }

 private:
  model::Generation generate(const LatencyRow& row) const {
    return generate(row, options_.new_tokens);
  }

  model::Generation generate(const LatencyRow& row, int new_tokens) const {
    const auto& contender = contenders_[row.contender];
    const auto& config = contender.engine->config();
    return contender.engine->generate(prompt_of(config, row.shape, contender.image_context_id),
                                      pixels_of(config, row.shape.num_tiles, dtype_, device_),
                                      {.max_new_tokens = new_tokens}, {});
  }

  Timing timing_of(const LatencyRow& row, const Ceilings& ceilings) const {
    const auto& contender = contenders_[row.contender];
    const auto generation = generate(row);
    if (generation.token_ids != row.token_ids) {
      model::fail(contender.name, ", ", row.shape.num_tiles,
                  " tiles: a repetition gave other tokens than the first run");
    }
    const auto& config = contender.engine->config();
    const double value_size = static_cast<double>(c10::elementSize(dtype_));
    const int more = options_.new_tokens - 1;
    const int64_t mean_length = prompt_length(config, row.shape) + options_.new_tokens / 2;
    return {
        .first_token = generation.prefill_seconds,
        .per_token = more > 0 ? generation.decode_seconds / more : 0,
        .prefill_floor = floor_seconds(prefill_work(config, row.shape, value_size), ceilings),
        .per_token_floor = floor_seconds(decode_work(config, mean_length, value_size), ceilings)};
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
      config.image_context_id ? *config.image_context_id : image_context_id_of(checkpoint);
  return {.name = name,
          .mode = options.is_deterministic ? "parity, deterministic" : "parity",
          .engine = std::make_unique<const model::Engine>(checkpoint, id, options),
          .image_context_id = id};
}

std::vector<LatencyRow> measure_latency(const std::vector<Contender>& contenders,
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
