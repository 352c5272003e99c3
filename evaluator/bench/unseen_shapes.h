#pragma once

#include <set>
#include <span>
#include <utility>

#include "evaluator/bench/workload.h"

namespace mono::bench {

/// Shapes that nobody in this process has asked for: plans, tables and graphs of a shape serve
/// every model that has the same sizes, so a shape is new once.
class UnseenShapes {
 public:
  /// \param seen  that are or will be asked for
  explicit UnseenShapes(std::span<const Shape> seen);

  /// A shape with as many tiles and a few text tokens more; never the same twice.
  Shape like(const Shape& shape);

 private:
  std::set<std::pair<int64_t, int64_t>> seen_{};  // tiles, text tokens
};

}  // namespace mono::bench
