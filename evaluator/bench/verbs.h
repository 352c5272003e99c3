#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace mono::bench {

/// Measures and prints what the command line asked for. \throws UsageError, SetupError.
/// \returns false where it was told to end (rounds.h) and so measured less than that.
using BenchWork = std::function<bool()>;

/// Declares latency, throughput and kernels below `app`, which must outlive `work`; one of them is
/// required. `work` does what was asked for, to be called when the command line was read.
void add_bench_verbs(CLI::App& app, BenchWork& work);

}  // namespace mono::bench
