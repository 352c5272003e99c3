#pragma once

#include <vector>

#include "evaluator/bench/latency_rows.h"

namespace mono::bench {

/// How a plain run of a model is opened: deterministic, an operation of ATen after the other.
model::EngineOptions plain_options(at::Device device, at::ScalarType dtype);

/// Asks what the rows of one model were asked, one request after the other, and sets their
/// `num_as_plain` and `most_given_up`. Comes behind the contenders' first calls, which it would
/// spoil, and before what is timed.
/// \param plain  the model, opened with `plain_options` under the contenders' name
/// \throws std::runtime_error if a contender whose passes are plain and deterministic as well said
/// something else, or another one something that rounding does not explain: a token whose logit in
/// the plain run is behind that run's own by more than 1/16 of the largest one (eight steps of
/// bf16), in fp32 1/1024.
void compare_with_plain(const Contender& plain, const LatencyOptions& options,
                        const std::vector<Contender>& contenders, std::vector<LatencyRow>& rows);

}  // namespace mono::bench
