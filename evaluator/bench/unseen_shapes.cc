#include "evaluator/bench/unseen_shapes.h"

namespace mono::bench {

UnseenShapes::UnseenShapes(std::span<const Shape> seen) {
  for (const auto& shape : seen) seen_.emplace(shape.num_tiles, shape.num_text_tokens);
}

Shape UnseenShapes::like(const Shape& shape) {
  auto found = shape;
  do {
    ++found.num_text_tokens;
  } while (!seen_.emplace(found.num_tiles, found.num_text_tokens).second);
  return found;
}

}  // namespace mono::bench
