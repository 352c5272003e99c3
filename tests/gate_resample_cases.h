#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/gate_time_cases.h"
#include "tests/written_run.h"

/// Sign flips at random against an alpha that so many of them cannot reach.
namespace mono::tests {

/// Gives each of a run's rows about this score.
inline void write_graded_scores(const RunMaker& runs, const std::string& run, double about) {
  const auto file = runs.task_folder(run) / "samples.jsonl";
  std::string lines;
  int row = 0;
  for (const auto& line : lines_of(file)) {
    auto sample = json::parse(line);
    if (sample.contains("score")) sample["score"]["value"] = about + 0.001 * (row++ % 7);
    lines += sample.dump() + "\n";
  }
  write_file(file, lines);
}

inline void write_a_graded_collapse(const RunMaker& runs) {
  write_graded_scores(runs, "base", 0.9);
  write_graded_scores(runs, "new", 0.1);
}

/// Fails the rows [first, end) of a run that is there.
inline void fail_rows(const RunMaker& runs, const std::string& run, int first, int end) {
  const auto file = runs.task_folder(run) / "samples.jsonl";
  std::string lines;
  int row = 0;
  for (const auto& line : lines_of(file)) {
    auto sample = json::parse(line);
    const bool is_row = sample.contains("id");
    if (is_row && row >= first && row < end) {
      sample["error"] = "out of memory";
      sample["response"] = "";
      sample["score"] = nullptr;
    }
    row += is_row ? 1 : 0;
    lines += sample.dump() + "\n";
  }
  write_file(file, lines);
}

inline void fail_every_row(const RunMaker& runs) {
  fail_rows(runs, "new", 0, 100);
}

inline void write_slower_times_of_many_calls(const RunMaker& runs) {
  write_times(runs, "base", {.rows_a_call = 4});
  write_times(runs, "new", {.row_seconds = 0.5, .call_seconds = 4, .rows_a_call = 4});
}

inline GateCases resample_cases() {
  return {
      {.name = "EveryRowFails",
       .damage = fail_every_row,
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek",
                "times not compared: no row was answered in both runs"}},
      {.name = "AGradedCollapse",
       .damage = write_a_graded_collapse,
       .exit_code = 5,
       .says = {"a drop of 80.00 points", "sampled permutation"}},
      {.name = "TooFewResamplesForAlpha",
       .damage = write_a_graded_collapse,
       .options = "--alpha 0.00005",
       .exit_code = 2,
       .says = {"9999 random sign flips give no p below 0.0001", "give --resamples 99999 or more"}},
      {.name = "TooFewResamplesForAlphaWhereNothingChanged",
       .damage =
           [](const RunMaker& runs) {
             for (const char* const run : {"base", "new"}) write_graded_scores(runs, run, 0.9);
           },
       .options = "--alpha 0.00005",
       .exit_code = 2,
       .says = {"give --resamples 99999 or more"}},
      {.name = "TooFewResamplesForThePowerThatIsStated",
       .damage = write_a_graded_collapse,
       .options = "--alpha 0.0004",
       .exit_code = 2,
       .says = {"no p below 0.0001", "give --resamples 12499 or more"}},
      {.name = "EnoughResamplesForThePowerThatIsStated",
       .damage = write_a_graded_collapse,
       .options = "--alpha 0.0005",
       .exit_code = 5},
      {.name = "AsManyResamplesAsAlphaNeeds",
       .damage = write_a_graded_collapse,
       .options = "--alpha 0.00005 --resamples 99999",
       .exit_code = 5,
       .says = {"a drop of 80.00 points, p = 1e-05 after Holm"}},
      {.name = "TooFewResamplesForTwoBaselines",
       .damage =
           [](const RunMaker& runs) {
             write_a_graded_collapse(runs);
             ASSERT_EQ(runs.run("other", Answers{}).exit_code, 0);
           },
       .options = "--alpha 0.0001 --baseline FOLDER/other",
       .exit_code = 2,
       .says = {"over 2 comparison(s)", "give --resamples 99999 or more"}},
      {.name = "ExactTestsNeedNoResamples",
       .next = wrong(20),
       .damage = write_slower_times_of_many_calls,
       .options = "--alpha 0.00005",
       .exit_code = 5,
       .says = {"exact McNemar"}},
      {.name = "TooFewResamplesForALimitOnTimes",
       .damage = write_slower_times_of_many_calls,
       .options = "--alpha 0.00005 --max-slowdown 1.1",
       .exit_code = 2,
       .says = {"give --resamples 99999 or more"}},
      {.name = "TooFewResamplesForALimitOnRowsASecond",
       .damage = write_slower_times_of_many_calls,
       .options = "--alpha 0.00005 --min-throughput 0.9",
       .exit_code = 2,
       .says = {"give --resamples 99999 or more"}},
  };
}

}  // namespace mono::tests
