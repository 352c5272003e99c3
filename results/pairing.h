#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "results/gate.h"
#include "results/run_folder.h"
#include "results/sample_rows.h"

namespace mono::results {

/// Where a row whose score changed lies in both files.
struct ChangedPlace {
  int64_t base_offset = 0;
  int64_t next_offset = 0;
};

/// The rows of one task in two runs, matched by id.
struct PairedRows {  // NOLINT(bugprone-exception-escape): of the JSON library
  nlohmann::ordered_json base_header{};
  nlohmann::ordered_json next_header{};
  std::vector<ScorePair> pairs{};
  std::vector<std::string> ids{};                     // [num_pairs]
  std::vector<char> failed_now{};                     // [num_pairs], 1 or 0
  std::vector<std::string> answered_ids{};            // of all rows that failed in neither run
  std::unordered_set<std::string> base_failed_ids{};  // of all rows of the baseline's file
  std::unordered_set<std::string> next_failed_ids{};  // likewise
  std::vector<ChangedPlace> lost{};                   // the first ones
  std::vector<ChangedPlace> gained{};                 // likewise
  std::string images_by{};                            // "pixels", "texts" or "names"
  int64_t num_responses_changed = 0;
  int64_t num_failed_now = 0;   // scored in the baseline, failed now: value 0
  int64_t num_failed_lost = 0;  // of these, with a score above 0 in the baseline
  int64_t num_left_out = 0;     // without a score in the baseline
  // Of all rows, whether or not they count.
  int64_t num_base_answered = 0;
  int64_t num_answers_lost = 0;  // of these, failed now
  int64_t num_failed_in_one_run = 0;
};

/// More of the baseline's counted rows without a score than this share, and the rest does not stand
/// for the task.
inline constexpr double kMostWithoutScore = 0.1;

/// Reads and matches the rows of one task.
/// \param num_changed  At most so many places of lost rows, and of gained ones, are kept.
/// \param problems     Gets a line for everything that cannot be compared, `label` before it; the
///                     rows mean nothing then.
/// \throws SetupError if a samples file cannot be read.
PairedRows pair_rows(const RunTask& base, const RunTask& next, int num_changed,
                     std::vector<std::string>& problems);

}  // namespace mono::results
