#include "evaluator/bench/unseen_shapes.h"

namespace mono::bench {

UnseenShapes::UnseenShapes(std::span<const AskedShape> seen) {
  for (const auto& asked : seen) {
    seen_.emplace(asked.shape.num_tiles, asked.shape.num_text_tokens);
    recorded_.emplace(asked.contender, asked.recorded());
  }
}

bool UnseenShapes::is_new(const AskedShape& asked) {
  return !recorded_.contains({asked.contender, asked.recorded()}) &&
         seen_.emplace(asked.shape.num_tiles, asked.shape.num_text_tokens).second;
}

Shape UnseenShapes::like(const AskedShape& asked) {
  auto found = asked;
  do {
    ++found.shape.num_text_tokens;
  } while (!is_new(found));
  recorded_.emplace(found.contender, found.recorded());
  return found.shape;
}

}  // namespace mono::bench
