#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/latency.h"
#include "results/throughput.h"

namespace mono::results {

/// The working times of rows in both runs. A call's rows bear equal parts of its time: which of its
/// answers came first says nothing about what each of them took. A call that has times of
/// fewer rows than it was asked is incomplete: the others were asked again after a stop.
///
/// \param ids  Rows; those without a working time in either run are left out.
std::vector<WallPair> wall_pairs(const Timings& base, const Timings& next,
                                 std::span<const std::string> ids);

}  // namespace mono::results
