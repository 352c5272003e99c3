#include "evaluator/bench/request.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace mono::bench {

std::vector<int64_t> prompt_of(const model::ModelConfig& config, const Shape& shape,
                               int64_t image_context_id) {
  constexpr int64_t kTextBefore = 40;
  std::vector<int64_t> ids;
  ids.reserve(static_cast<size_t>(shape.num_text_tokens));
  for (int64_t i = 0; i < shape.num_text_tokens; ++i) ids.push_back(3 + i * 7 % 200);
  const auto place = ids.begin() + std::min<int64_t>(kTextBefore, shape.num_text_tokens);
  ids.insert(place, static_cast<size_t>(shape.num_tiles * config.tokens_per_tile),
             image_context_id);
  return ids;
}

at::Tensor pixels_of(const model::ModelConfig& config, int64_t num_tiles,
                     const model::EngineOptions& options, int64_t seed) {
  if (num_tiles == 0) return {};
  at::manual_seed(static_cast<uint64_t>(seed));
  const auto pixels =
      at::randn({num_tiles, 3, config.image_size, config.image_size}).to(options.dtype);
  return options.device.is_cuda() ? pixels.pin_memory() : pixels;
}

}  // namespace mono::bench
