#pragma once

#include <string>
#include <vector>

#include "evaluator/bench/floor.h"

namespace mono::bench {

/// A stage of a model as it was measured.
struct RooflinePoint {
  std::string series{};  // the model and its mode
  std::string stage{};   // "vision", "prefill", "decode"
  std::string label{};   // its shape, for the tooltip
  Work work{};
  double seconds = 0;
};

/// The points below what the machine can do, one panel a stage: FLOPs a second over FLOPs a byte,
/// both logarithmic.
/// \param ceilings  both above 0
/// \returns  a whole SVG document
/// Formula: Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785.
std::string roofline_svg(const std::vector<RooflinePoint>& points, const Ceilings& ceilings);

}  // namespace mono::bench
