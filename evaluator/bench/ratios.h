#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/bench/interval.h"
#include "evaluator/bench/latency.h"

namespace mono::bench {

/// How many times as long one model takes as the first, at one shape, mode and concurrency; paired
/// by round.
struct LatencyRatio {
  size_t base = 0;  // rows
  size_t other = 0;
  MedianInterval first_token{};
  std::optional<MedianInterval> per_token{};  // where there are tokens behind the first
  MedianInterval end_to_end{};
  double flops = 0;                   // of the prefills: what the arithmetic allows
  std::optional<double> published{};  // of the paper, where it compares two such models
};

/// Of every model to the first one.
std::vector<LatencyRatio> latency_ratios(const std::vector<Contender>& contenders,
                                         const std::vector<LatencyRow>& rows);

/// A line a ratio, with what FLOPs allow and the paper says, and how far they are apart.
std::string ratio_lines(const std::vector<Contender>& contenders,
                        const std::vector<LatencyRow>& rows);

/// The same as a list of objects.
nlohmann::ordered_json ratios_json(const std::vector<Contender>& contenders,
                                   const std::vector<LatencyRow>& rows);

}  // namespace mono::bench
