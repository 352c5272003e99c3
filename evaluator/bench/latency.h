#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "evaluator/bench/contender.h"
#include "evaluator/bench/latency_rows.h"
#include "evaluator/bench/profile.h"

namespace mono::bench {

struct LatencyTimes {
  /// Seconds to the first token of each contender's first call, one tile; the first contender's is
  /// the process's first, and so loads what all of them need.
  std::vector<double> first_calls{};
  std::vector<LatencyRow> rows{};
};

/// Hears what every contender answered at first, before any of it is timed; throws where an answer
/// is wrong.
using CheckAnswers = std::function<void(std::vector<LatencyRow>& rows)>;

/// Times all contenders in turns: each round takes one call a row, between two looks at the
/// ceilings, and begins with another row than the last, so that what drifts drifts for all of them.
/// Answers are compared before a time counts. take_rounds (rounds.h) says when there are fewer
/// rounds than asked for.
/// \throws std::runtime_error if a repetition says something else than the first call did.
/// \param contenders  at least one, all on one device and in one dtype
LatencyTimes measure_latency(const std::vector<Contender>& contenders,
                             const LatencyOptions& options, const CheckAnswers& check);

/// Profiles of one more call of each contender and shape, up to the first token and with all of
/// them, each behind a call that is not looked at.
/// \param folder  takes the Chrome traces; made where it is missing.
/// \returns       a table of each
std::string profile_latency(const std::vector<Contender>& contenders, const LatencyOptions& options,
                            const std::filesystem::path& folder);

}  // namespace mono::bench
