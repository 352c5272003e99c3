#include "evaluator/bench/request.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "model/adapter.h"

namespace mono::bench {

int64_t text_id(const model::ModelConfig& config, int64_t image_context_id, int64_t i) {
  constexpr int64_t kFirst = 3;  // SentencePiece's own come before
  constexpr int64_t kMost = 200;
  constexpr int64_t kStride = 7;
  const auto& language = config.language;
  std::set<int64_t> special{language.bos_id, language.eos_id, image_context_id};
  std::erase_if(special, [&](int64_t id) { return id < kFirst || id >= language.vocab_size; });
  const auto count =
      std::min(kMost, language.vocab_size - kFirst - static_cast<int64_t>(special.size()));
  if (count < 1) model::fail("a vocabulary of ", language.vocab_size, " has no id of text");
  int64_t id = kFirst + i * kStride % count;
  for (const int64_t other : special) id += id >= other ? 1 : 0;
  return id;
}

std::vector<int64_t> prompt_of(const model::ModelConfig& config, const Shape& shape,
                               int64_t image_context_id) {
  constexpr int64_t kTextBefore = 40;
  std::vector<int64_t> ids;
  ids.reserve(static_cast<size_t>(shape.num_text_tokens));
  for (int64_t i = 0; i < shape.num_text_tokens; ++i) {
    ids.push_back(text_id(config, image_context_id, i));
  }
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
