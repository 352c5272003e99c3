#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mono::model {

/// The first place where two traces part.
struct StageDifference {
  std::string stage{};
  std::string what{};  // "[0, 3]: expected 0.5, got 0.25", or two shapes
};

/// What two traces have in common, in the order in which a forward pass makes it.
struct TraceComparison {
  size_t num_compared = 0;  // stages both files hold
  size_t num_equal = 0;
  std::optional<StageDifference> first{};
  std::vector<std::string> only_expected{};  // stages of one file alone; not compared
  std::vector<std::string> only_actual{};
};

/// Compares two files of `trace`, or one of them with tensors exported from the reference under the
/// same names.
///
/// Numbers differ where |actual - expected| > tolerance * r, r the root mean square of the stage's
/// expected finite values; a tolerance of 0 asks for equal values. A value that is not a number
/// differs from everything. Ids and texts must be equal whatever the tolerance; dtypes may differ.
/// \throws SetupError if a file is unsound or the two have no stage in common; UsageError for a
/// tolerance that is negative or no number.
TraceComparison compare_traces(const std::filesystem::path& expected,
                               const std::filesystem::path& actual, double tolerance);

}  // namespace mono::model
