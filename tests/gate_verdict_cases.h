#pragma once

#include "tests/gate_cases.h"
#include "tests/gate_resample_cases.h"

/// Runs of which a gate must not be green: rows too few for any verdict, rows without a score, rows
/// that have no answer any more.
namespace mono::tests {

inline GateCases few_row_cases() {
  constexpr Answers kFourRight = {.rows = 4};
  constexpr Answers kFourWrong = {.rows = 4, .num_wrong = 4};
  return {
      {.name = "FourRowsThatLoseAll",
       .base = kFourRight,
       .next = kFourWrong,
       .exit_code = 3,
       .says = {"NOT JUDGED: ocrbench.vek (too few rows)", "ocrbench.vek: too few rows",
                "bound the drop with --max-drop"}},
      {.name = "FourRowsThatLoseAllWithABound",
       .base = kFourRight,
       .next = kFourWrong,
       .options = "--max-drop 50",
       .exit_code = 5,
       .says = {"more than --max-drop 50"}},
      {.name = "FourEqualRows", .base = kFourWrong, .next = kFourWrong, .says = {"same"}},
  };
}

inline GateCases unanswered_cases() {
  return {
      {.name = "MoreThanATenthWithoutAScoreInTheBaseline",
       .base = {.num_missing = 11},
       .base_run = "--error-limit 11",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows: 11 of 100 have no score in the baseline; a comparison takes "
                "10 % at most"}},
      {.name = "ATenthWithoutAScoreInTheBaseline",
       .base = {.num_missing = 10},
       .base_run = "--error-limit 10",
       .says = {"10 rows without a score in the baseline are left out"}},
      {.name = "MoreThanATenthOfTheAnswersLostThatHadNoScore",
       .base = {.first_wrong = 80, .num_wrong = 20},
       .next = {.first_wrong = 80, .num_wrong = 9, .num_missing = 11},
       .next_run = "--error-limit 11",
       .options = "--task-tolerance '*=50'",
       .exit_code = 5,
       .says = {"11 of the 100 rows that the baseline answered fail now, more than 10 %"}},
      {.name = "ATenthOfTheAnswersLostThatHadNoScore",
       .base = {.first_wrong = 80, .num_wrong = 20},
       .next = {.first_wrong = 80, .num_wrong = 10, .num_missing = 10},
       .next_run = "--error-limit 10",
       .says = {"ocrbench.vek: no drop",
                "no score changed, but 10 rows that the baseline answered fail now"}},
      {.name = "EveryRowFailsWhereNoneWasRight",
       .base = wrong(100),
       .damage = fail_every_row,
       .exit_code = 5,
       .says = {"100 of the 100 rows that the baseline answered fail now"}},
  };
}

/// All six lost rows ask about one picture: one unit, no evidence.
inline GateCases shared_picture_cases() {
  constexpr Answers kRight = {.rows_a_picture = 6};
  constexpr Answers kLost = {.num_wrong = 6, .rows_a_picture = 6};
  constexpr Answers kRightByReference = {.rows_a_picture = 6, .refers_to_pictures = true};
  constexpr Answers kLostByReference = {
      .num_wrong = 6, .rows_a_picture = 6, .refers_to_pictures = true};
  const std::vector<std::string> says = {
      "no regression", "17 pictures, recognised by texts, are the independent units"};
  return {
      {.name = "RowsWithOnePicture", .base = kRight, .next = kLost, .says = says},
      {.name = "RowsThatReferToAPicture",
       .base = kRightByReference,
       .next = kLostByReference,
       .says = says},
  };
}

/// Six rows that failed in the baseline have an answer now, and six others fail now; the rest takes
/// as long as before.
inline void fail_six_rows_in_each_run(const RunMaker& runs) {
  fail_rows(runs, "base", 0, 6);
  fail_rows(runs, "new", 6, 12);
  for (const char* const run : {"base", "new"}) write_times(runs, run, {.rows_a_call = 1});
}

inline GateCases failed_slow_row_cases() {
  constexpr Answers kSixWrong = {.first_wrong = 6, .num_wrong = 6};
  return {
      {.name = "RowsThatFailedInOneRunOnlyInformOnly",
       .base = kSixWrong,
       .next = kSixWrong,
       .damage = fail_six_rows_in_each_run,
       .says = {"no regression"}},
      {.name = "RowsThatFailedInOneRunOnlyWithALimitOnRowsASecond",
       .base = kSixWrong,
       .next = kSixWrong,
       .damage = fail_six_rows_in_each_run,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"rows a second: 12 of 100 rows are left out, 12 that failed in one run only"}},
      {.name = "RowsThatFailedInOneRunOnlyWithALimitOnTimes",
       .base = kSixWrong,
       .next = kSixWrong,
       .damage = fail_six_rows_in_each_run,
       .options = "--max-slowdown 1.1",
       .exit_code = 3,
       .says = {"times: 12 of 100 rows are left out, as they failed in one run only"}},
  };
}

/// A limit on times that cannot be judged says nothing about the scores.
inline GateCases regression_beside_a_limit_cases() {
  return {
      {.name = "EveryRowFailsWithALimitOnRowsASecond",
       .damage = fail_every_row,
       .options = "--min-throughput 0.9",
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek NOT JUDGED: ocrbench.vek (rows a second)",
                "ocrbench.vek: rows a second: no row was answered in both runs"}},
      {.name = "WrongAnswersAndAnotherBatchSizeWithALimit",
       .next = wrong(20),
       .damage = write_times_of_two_batch_sizes,
       .options = "--max-slowdown 1.1",
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek", "ocrbench.vek: times: asked differently"}},
      {.name = "RightAnswersAndAnotherBatchSizeWithALimit",
       .damage = write_times_of_two_batch_sizes,
       .options = "--max-slowdown 1.1",
       .exit_code = 3,
       .says = {"ocrbench.vek: same", "NOT JUDGED: ocrbench.vek (times)"}},
      {.name = "SlowerTimesOfWhichTooFewCallsAreLeft",
       .damage = write_times_of_few_calls,
       .options = "--max-slowdown 1.1 --min-throughput 0.9",
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek (slower) NOT JUDGED: ocrbench.vek (rows a second)"}},
  };
}

}  // namespace mono::tests
