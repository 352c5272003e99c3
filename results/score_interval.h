#pragma once

#include <optional>
#include <span>
#include <string>

#include "results/sample_rows.h"
#include "results/statistics.h"

namespace mono::results {

/// A 95 % interval and how it was found: "Wilson", "clustered" or "normal".
struct ScoreInterval {
  Interval interval{};
  std::string method{};
};

/// The interval of a metric that is the mean of its rows' scores, up to a factor of 1, 100 (per
/// cent) or the number of rows (their sum): Wilson's where every score is 0 or 1 and no picture is
/// shared; else normal, clustered by picture where pictures are shared.
///
/// \returns nothing where the metric is no such mean, or 0, so that its factor is not known, or
///          rests on fewer than two independent rows.
std::optional<ScoreInterval> mean_interval(std::span<const SampleRow> rows, double metric);

}  // namespace mono::results
