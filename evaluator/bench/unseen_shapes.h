#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "evaluator/bench/workload.h"
#include "model/prefill/prefill_shape.h"

namespace mono::bench {

/// A shape of the prompts that a contender is asked.
struct AskedShape {
  size_t contender = 0;
  Shape shape{};
  int64_t tokens_per_tile = 1;  // of its model

  model::PrefillShape recorded() const {
    return model::prefill_shape(shape.num_tiles,
                                shape.num_tiles * tokens_per_tile + shape.num_text_tokens);
  }
};

/// Shapes that nobody in this process has asked for: plans and tables of a shape serve every model
/// that has the same sizes, so a shape is new once. Recorded prompts are a contender's own and
/// serve all shapes that are rounded up to the same one, so that is new to the contender too.
class UnseenShapes {
 public:
  /// \param seen  that are or will be asked for
  explicit UnseenShapes(std::span<const AskedShape> seen);

  /// A shape with as many tiles and more text: mostly a few tokens, model::kPrefillGrain of them
  /// where such shapes were given before; never the same twice.
  Shape like(const AskedShape& asked);

 private:
  bool is_new(const AskedShape& asked);

  std::set<std::pair<int64_t, int64_t>> seen_{};                 // tiles, text tokens
  std::set<std::pair<size_t, model::PrefillShape>> recorded_{};  // by contender
};

}  // namespace mono::bench
