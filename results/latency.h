#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/gate.h"

namespace mono::results {

/// The times of one row, in seconds.
struct RowTimes {
  double preprocess = 0;
  double prefill = 0;
  double decode = 0;
  std::optional<double> wall{};  // of the run, for this row; rows of one call are answered together
  int64_t call = 0;
  int64_t rows_in_call = 0;  // asked in it; 0 where not on record
  double total() const { return preprocess + prefill + decode; }
};

/// What a timings file holds.
struct Timings {
  std::unordered_map<std::string, RowTimes> rows{};  // by id
  std::set<std::string, std::less<>> paces{};        // how rows were asked: batch size, mode
};

/// Reads a timings file; of two lines of one row the later one counts, as that row was asked again.
/// \throws SetupError naming file and line of what is no row of times.
Timings read_timings(const std::filesystem::path& path);

/// One row's times in both runs.
struct TimesPair {
  RowTimes base{};
  RowTimes next{};
  uint64_t image = 0;
};

/// One stage of answering, in both runs.
struct StageComparison {
  std::string_view name{};  // "total", "preprocess", "prefill", "decode"
  double base_median = 0;   // seconds a row
  double next_median = 0;
  double ratio = 1;                    // geometric mean of next / base, row by row
  std::optional<Interval> interval{};  // of that ratio
  double p_equal = 1;                  // a ratio this far from 1 by chance, two-sided
  double p_over_limit = 1;  // a ratio this far above the limit by chance; 1 without a limit
};

struct LatencyComparison {
  int64_t num_rows = 0;
  int64_t num_images = 0;                 // the independent units
  std::optional<double> limit{};          // the largest ratio that is allowed
  std::vector<StageComparison> stages{};  // the total first; stages without times are left out
  double p_over_limit_holm = 1;           // of the total, over all tasks; set by the caller
  bool is_regression = false;             // likewise
};

/// Compares times row by row: the logarithms of their ratios, sign flips by picture.
/// \param limit  Ratio that is still allowed.
/// \returns nothing where no row has times in both runs.
/// \throws SetupError if a time is negative or not finite, or the limit not positive.
std::optional<LatencyComparison> compare_times(std::span<const TimesPair> pairs,
                                               std::optional<double> limit,
                                               const GateOptions& options);

}  // namespace mono::results
