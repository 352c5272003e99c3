#include "evaluator/bench/latency_rows.h"

#include <algorithm>

#include "evaluator/bench/published_latency.h"

namespace mono::bench {

Shape shape_of_total(const model::ModelConfig& config, int64_t total) {
  const int64_t tiles =
      std::max<int64_t>(0, total - PublishedLatency::kTextTokens) / config.tokens_per_tile;
  return {.num_tiles = tiles, .num_text_tokens = total - tiles * config.tokens_per_tile};
}

std::vector<LatencyRow> latency_rows(const std::vector<Contender>& contenders,
                                     const LatencyOptions& options) {
  std::vector<LatencyRow> rows;
  const auto add = [&](auto shape_for) {
    for (const int concurrency : options.concurrencies) {
      for (size_t i = 0; i < contenders.size(); ++i) {
        const auto& config = contenders[i].size.config;
        const Shape shape = shape_for(config);
        rows.push_back({.contender = i,
                        .shape = shape,
                        .num_tokens = prompt_length(config, shape),
                        .concurrency = concurrency});
      }
    }
  };
  for (const int64_t tiles : options.tile_counts) {
    add([&](const auto&) {
      return Shape{.num_tiles = tiles, .num_text_tokens = options.num_text_tokens};
    });
  }
  for (const int64_t total : options.totals) {
    add([&](const auto& config) { return shape_of_total(config, total); });
  }
  return rows;
}

}  // namespace mono::bench
