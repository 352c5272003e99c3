#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <vector>

#include "model/stopwatch.h"

namespace mono::bench {

/// Times the same work again and again without the host's part in it: on a GPU the calls of a round
/// are captured as one graph, whose replays are timed by events; on the CPU they are made in turn.
///
/// \param call      call(i) starts the i-th call of a round; on a GPU whatever it allocates, plans
///                  or loads it must find again when it is called once more.
/// \param num_calls calls of a round
/// \param repeats   rounds that are timed, behind two that are not
/// \returns         what a call took, one value a round; its CPU time is the host's
std::vector<model::Spent> times_per_call(at::Device device, const std::function<void(int)>& call,
                                         int num_calls, int repeats);

}  // namespace mono::bench
