#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/run_maker.h"

/// What two runs must be for each of compare's exit codes.
namespace mono::tests {

/// Two runs, what is done to their folders, and what compare must say.
struct GateCase {
  std::string name{};
  Answers base{};
  Answers next{};
  std::string base_run{};  // more arguments of the baseline's run
  std::string next_run{};  // more arguments of the new run
  std::function<void(const RunMaker&)> damage{};
  std::string options{};  // of compare
  int exit_code = 0;
  std::vector<std::string> says{};
};
using GateCases = std::vector<GateCase>;

inline std::ostream& operator<<(std::ostream& out, const GateCase& one) {
  return out << one.name;
}

inline void edit_results(const RunMaker& runs, const std::string& from, const std::string& to) {
  edit_file(runs.run_folder("new") / "results.json", from, to);
}

inline void edit_samples(const RunMaker& runs, const std::string& from, const std::string& to) {
  edit_file(runs.task_folder("new") / "samples.jsonl", from, to);
}

inline Answers wrong(int count) {
  return {.num_wrong = count};
}

inline GateCases fine_cases() {
  return {
      {.name = "EqualRuns", .says = {"no score changed", "same"}},
      {.name = "EqualRunsInAnotherOrder",
       .base = wrong(10),
       .next = {.num_wrong = 10, .is_reversed = true},
       .says = {"no regression", "no score changed"}},
      {.name = "ThreeOfAHundredAreBelowWhatCanBeSeen",
       .next = wrong(3),
       .says = {"a drop of 3.00 points, below the 6.63 points that these rows can show",
                "3 rows lost", "\"no idea\""}},
      {.name = "ATolerance",
       .next = wrong(8),
       .options = "--task-tolerance OCRBench=8",
       .says = {"within the tolerance of 8.00 points"}},
      {.name = "AToleranceOfEveryTask",
       .next = wrong(8),
       .options = "--task-tolerance '*=8'",
       .says = {"tolerated"}},
      {.name = "AStricterAlpha",
       .next = wrong(6),
       .options = "--alpha 0.01",
       .says = {"no regression"}},
      {.name = "ARise", .base = wrong(10), .says = {"better", "a rise of 10.00"}},
      {.name = "ANewerMinorSchema",
       .damage =
           [](const RunMaker& runs) {
             edit_results(runs, "\"schema_version\": \"1.0\"", "\"schema_version\": \"1.7\"");
             edit_samples(runs, "\"schema_version\":\"1.1\"", "\"schema_version\":\"1.9\"");
           }},
      {.name = "NoTimesAreSaidToBeNone", .says = {"times not compared: no row took any time"}},
  };
}

inline GateCases regression_cases() {
  return {
      {.name = "SixOfAHundred",
       .next = wrong(6),
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek", "p = 0.016 after Holm"}},
      {.name = "ThreeOfAHundredWithABound",
       .next = wrong(3),
       .options = "--max-drop 2",
       .exit_code = 5,
       .says = {"more than --max-drop 2"}},
      {.name = "RowsThatFailCountAsLost",
       .next = {.num_missing = 6},
       .next_run = "--error-limit 6",
       .exit_code = 5,
       .says = {"6 rows failed now and count as 0; 6 of them had scored more", "new.jsonl\""}},
      {.name = "RowsThatFailAndWereWrongBeforeLoseNothing",
       .base = {.first_wrong = 92, .num_wrong = 4},
       .next = {.num_missing = 8},
       .next_run = "--error-limit 8",
       .options = "--max-drop 3",
       .exit_code = 5,
       .says = {"4 rows lost", "8 rows failed now and count as 0; 4 of them had scored more"}},
      {.name = "WorseThanOneOfTwoBaselines",
       .base = wrong(10),
       .next = wrong(10),
       .damage = [](const RunMaker& runs) { ASSERT_EQ(runs.run("other", Answers{}).exit_code, 0); },
       .options = "--baseline FOLDER/other",
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek beside ", "other/made (2 comparison(s)"}},
  };
}

inline GateCases incomparable_cases() {
  return {
      {.name = "AnotherDataSet",
       .next = {.data_note = " again"},
       .exit_code = 3,
       .says = {"data digest"}},
      {.name = "AnotherLimit",
       .next_run = "--limit 50",
       .exit_code = 3,
       .says = {"limit: 100 of 100 rows in the baseline, 50 of 100 rows in the new run"}},
      {.name = "ATokenCap",
       .next_run = "--max-new-tokens 5",
       .exit_code = 3,
       .says = {"token cap: none in the baseline, 5 in the new run"}},
      {.name = "AnotherRegistration",
       .next_run = "--registration v1.5",
       .exit_code = 3,
       .says = {"registration: v2.0 in the baseline, v1.5 in the new run"}},
      {.name = "AnotherProfile",
       .next_run = "--profile vek-2024",
       .exit_code = 3,
       .says = {"profile: vek in the baseline, vek-2024 in the new run"}},
      {.name = "AnotherProfileVersion",
       .damage =
           [](const RunMaker& runs) {
             edit_samples(runs, "\"profile_version\":2", "\"profile_version\":3");
           },
       .exit_code = 3,
       .says = {"profile version: 2 in the baseline, 3 in the new run"}},
      {.name = "AnotherRow",
       .damage =
           [](const RunMaker& runs) { edit_samples(runs, "{\"id\":\"7\"", "{\"id\":\"x7\""); },
       .exit_code = 3,
       .says = {"rows: 1 of the baseline's 100 are not in the new run, id '7' for one"}},
      {.name = "ARowTwice",
       .damage = [](const RunMaker& runs) { edit_samples(runs, "{\"id\":\"7\"", "{\"id\":\"6\""); },
       .exit_code = 3,
       .says = {"samples.jsonl:9: id '6' is already in line 8"}},
      {.name = "AnUnfinishedRun",
       .damage =
           [](const RunMaker& runs) {
             edit_results(runs, "\"status\": \"complete\"", "\"status\": \"partial\"");
           },
       .exit_code = 3,
       .says = {"the new run in", "is unfinished"}},
      {.name = "ATornSamplesFile",
       .damage =
           [](const RunMaker& runs) {
             const auto file = runs.task_folder("new") / "samples.jsonl";
             std::filesystem::resize_file(file, std::filesystem::file_size(file) - 3);
           },
       .exit_code = 3,
       .says = {"unfinished: 99 of 100 rows"}},
      {.name = "ANewerMajorSchema",
       .damage =
           [](const RunMaker& runs) {
             edit_results(runs, "\"schema_version\": \"1.0\"", "\"schema_version\": \"2.0\"");
           },
       .exit_code = 3,
       .says = {"schema version 2.0 of mono-eval.results; this program reads 1.x"}},
      {.name = "AMalformedRow",
       .damage = [](const RunMaker& runs) { edit_samples(runs, "\"error\":\"\"", "\"error\":"); },
       .exit_code = 3,
       .says = {"samples.jsonl:2: expected a row with id"}},
      {.name = "ATaskThatOneOfTwoBaselinesLacks",
       .damage =
           [](const RunMaker& runs) {
             ASSERT_EQ(runs.run("other", Answers{}, "--profile vek-2024").exit_code, 0);
           },
       .options = "--baseline FOLDER/other --tasks ocrbench.vek",
       .exit_code = 3,
       .says = {"ocrbench.vek: missing in the baseline ", "/other/made"}},
      {.name = "NoRunAtAll",
       .damage = [](const RunMaker& runs) { std::filesystem::remove_all(runs.run_folder("new")); },
       .exit_code = 3,
       .says = {"not a run"}},
  };
}

inline GateCases gate_cases() {
  GateCases all;
  for (const auto& group : {fine_cases(), regression_cases(), incomparable_cases()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace mono::tests
