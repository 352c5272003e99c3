#pragma once

#include <vector>

#include "evaluator/bench/latency_rows.h"

namespace mono::bench {

/// How a plain run of a model is opened: deterministic, an operation of ATen after the other.
model::EngineOptions plain_options(at::Device device, at::ScalarType dtype);

/// Asks what the rows of one model were asked, one request after the other, and sets their
/// `num_as_plain`. Comes behind the measurement, whose first calls it would spoil.
/// \param plain  the model, opened with `plain_options` under the contenders' name
/// \throws SetupError if a contender whose passes are plain and deterministic as well said
/// something else; others round differently, and random weights make that heard.
void compare_with_plain(const Contender& plain, const LatencyOptions& options,
                        const std::vector<Contender>& contenders, std::vector<LatencyRow>& rows);

}  // namespace mono::bench
