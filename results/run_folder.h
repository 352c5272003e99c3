#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/statistics.h"

namespace mono::results {

/// The main metric of a task on the scale of the published table, as a run stored it.
struct TableCell {
  std::optional<double> value{};
  std::optional<Interval> interval{};
  std::string interval_method{};  // "Wilson", "clustered", "normal"
};

/// One task of a finished or unfinished run.
struct RunTask {
  std::string label{};  // "textvqa.vek": the key of its results
  std::string task{};
  std::string profile{};
  int profile_version = 0;
  bool is_complete = false;
  bool is_capped = false;  // answers were cut shorter than the profile does
  int64_t num_rows = 0;    // asked
  int64_t num_scored = 0;  // with a score
  int64_t rows_in_dataset = 0;
  std::string main_metric{};
  std::optional<double> main_value{};  // on its own scale
  TableCell cell{};
  std::string judge{};              // who judged, as JSON; "" where the run does not say
  std::filesystem::path samples{};  // the file
  std::filesystem::path timings{};
};

/// What a run left in the folder of one model.
struct RunFolder {
  std::filesystem::path folder{};
  std::string model{};
  bool is_complete = false;  // of all tasks that were asked for
  double date = 0;           // Unix time of its start
  std::vector<RunTask> tasks{};
  std::vector<nlohmann::ordered_json>
      environments{};  // it ran in, newest last; empty where unknown

  /// \returns null if it has no such task.
  const RunTask* find(std::string_view label) const;

  /// Those in which rows of this task may have been answered.
  std::vector<nlohmann::ordered_json> environments_of(const std::string& label) const;
};

/// Reads the folder of a run: the one with a results.json, or one with a single such folder in it.
/// \throws SetupError if there is none or several, if a file is malformed or of a newer major
///         schema version.
RunFolder read_run_folder(const std::filesystem::path& path);

}  // namespace mono::results
