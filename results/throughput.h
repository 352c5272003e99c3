#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "results/gate.h"

namespace mono::results {

/// Why the time of a call says nothing about how long its answers took.
enum class CallFault {
  kNone,
  kFailedInOneRun,  // a row of it has an answer in one of the runs only: unequal work
  kAskedAgain,      // rows of it were asked again later
};

/// The wall time that each run spent for one row, and the call of the adapter it was asked in. Rows
/// of one call are answered together: only calls are independent of each other.
struct WallPair {
  double base = 0;  // seconds since the answer before, so that a run's rows add to its working time
  double next = 0;
  int64_t base_call = 0;
  int64_t next_call = 0;
  CallFault fault = CallFault::kNone;  // the later one of the two calls'
};

/// Rows of groups of calls with a fault.
struct LeftOutRows {
  int64_t failed_in_one_run = 0;
  int64_t asked_again = 0;  // likewise, whether or not a row failed
  int64_t total() const { return failed_in_one_run + asked_again; }
};

/// Rows over the wall time in which a run worked, in both runs.
struct ThroughputComparison {
  int64_t num_rows = 0;
  LeftOutRows left_out{};
  int64_t num_calls = 0;  // groups of calls that share no row: the independent units
  double base_rows_per_second = 0;
  double next_rows_per_second = 0;
  double ratio = 1;                    // next / base
  std::optional<Interval> interval{};  // of that ratio
  double p_equal = 1;                  // a ratio this far from 1 by chance, two-sided
  std::optional<double> limit{};       // the smallest ratio that is allowed
  double p_below_limit = 1;       // a ratio this far below the limit by chance; 1 without a limit
  double p_below_limit_holm = 1;  // over all tasks; set by the caller
  bool is_regression = false;     // likewise
};

/// Compares rows a second: the ratio of the runs' working times, with a bootstrap over calls and
/// the sign-flip test of the calls' differences.
///
///   ratio = Σ base / Σ next;  differences  base_c - limit · next_c  of the groups of calls c
///
/// Were the true ratio the limit, base_c and limit · next_c could as well change places.
/// A group that holds a call with a fault is left out: of what was at work when a run was stopped,
/// nobody knows how long it had been, and nobody knows which part of a call a row took that failed.
/// \returns nothing where no row is left or a run spent no time.
/// \throws SetupError if a time is negative or not finite, or the limit not positive.
std::optional<ThroughputComparison> compare_throughput(std::span<const WallPair> pairs,
                                                       std::optional<double> limit,
                                                       const GateOptions& options);

}  // namespace mono::results
