#pragma once

#include <sstream>
#include <string>

#include "tests/gate_cases.h"

/// What two runs' times must be for each of compare's exit codes.
namespace mono::tests {

/// How long the hundred rows of a run took, asked so many in a call.
struct Times {
  double row_seconds = 0.1;   // from a row's question to its answer
  double call_seconds = 0.8;  // from a call's beginning to its last answer
  int rows_a_call = 8;
  std::string pace = "batch size 8";
  int num_rows = 100;
  int first_in_call = 0;   // place of the first row in its call
  int rows_asked = 0;      // in each call; 0 is as many as have times
  int num_of_no_time = 0;  // the last so many rows took 0 s each
};

constexpr Answers kTwoFail = {.num_missing = 2};

/// So many calls, each with one of the last rows.
inline void write_times_of_interleaved_calls(const RunMaker& runs, int num_calls) {
  const auto rows_in_call = std::to_string(100 / num_calls);
  for (const char* const run : {"base", "new"}) {
    std::ostringstream lines;
    for (int row = 0; row < 100; ++row) {
      const int call = row % num_calls;
      lines << R"({"id":")" << row
            << R"(","preprocess_seconds":0.01,"prefill_seconds":0.1,"decode_seconds":0.0,)"
            << R"("wall_seconds":)" << 0.2 + call % 5 * 0.001 << R"(,"call":)" << call
            << R"(,"rows_in_call":)" << rows_in_call << R"(,"pace":"batch size )" << rows_in_call
            << "\"}\n";
    }
    write_file(runs.task_folder(run) / "timings.jsonl", lines.str());
  }
}

inline void write_times_of_25_interleaved_calls(const RunMaker& runs) {
  write_times_of_interleaved_calls(runs, 25);
}

/// The last row of each of 10 calls of ten fails.
constexpr Answers kATenthFails = {.num_missing = 10};
inline void write_times_of_10_interleaved_calls(const RunMaker& runs) {
  write_times_of_interleaved_calls(runs, 10);
}

inline void write_times(const RunMaker& runs, const std::string& run, const Times& times) {
  std::string lines;
  for (int row = 0; row < times.num_rows; ++row) {
    const double scatter = 1 + row % 7 * 0.01;
    const int call = (row + times.first_in_call) / times.rows_a_call;
    const double share =
        times.call_seconds / times.rows_a_call * (1 + call * times.rows_a_call % 5 * 0.01);
    const bool is_timed = row < times.num_rows - times.num_of_no_time;
    lines += R"({"id":")" + std::to_string(row) + R"(","preprocess_seconds":)" +
             (is_timed ? "0.01" : "0.0") + R"(,"prefill_seconds":)" +
             std::to_string(is_timed ? times.row_seconds * scatter : 0) +
             R"(,"decode_seconds":0.0,"wall_seconds":)" + std::to_string(share) + R"(,"call":)" +
             std::to_string(call) + R"(,"rows_in_call":)" + std::to_string(times.rows_asked) +
             R"(,"pace":")" + times.pace + "\"}\n";
  }
  write_file(runs.task_folder(run) / "timings.jsonl", lines);
}

inline void write_slower_times(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.row_seconds = 0.2, .call_seconds = 1.6});
}

/// Rows that take half as long one by one, and twice as long together, for they no longer overlap.
inline void write_times_that_overlap_in_the_baseline(const RunMaker& runs) {
  write_times(runs, "base", {.row_seconds = 0.8, .call_seconds = 0.8});
  write_times(runs, "new", {.row_seconds = 0.2, .call_seconds = 1.6});
}

inline void write_times_of_two_batch_sizes(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.rows_a_call = 1, .pace = "batch size 1"});
}

inline void write_times_of_four_rows(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.row_seconds = 0.3, .call_seconds = 2.4, .num_rows = 4});
}

inline void write_no_time_of_most_rows(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.num_of_no_time = 95});
}

inline void write_times_of_no_time(const RunMaker& runs) {
  for (const char* const run : {"base", "new"}) write_times(runs, run, {.call_seconds = 0});
}

/// Four calls: the least p there is is 1/16.
inline void write_times_of_few_calls(const RunMaker& runs) {
  write_times(runs, "base", {.rows_a_call = 32});
  write_times(runs, "new", {.row_seconds = 1, .call_seconds = 8, .rows_a_call = 32});
}

inline void write_times_of_another_order(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.first_in_call = 4});
}

/// The slow half of the calls holds a row that was asked again by itself.
inline void write_times_of_slow_calls_asked_again(const RunMaker& runs) {
  write_times(runs, "base", {.rows_a_call = 4});
  std::string lines;
  for (int row = 0; row < 100; ++row) {
    const bool is_slow = row < 40;
    const bool is_alone = is_slow && row % 4 == 3;
    lines += R"({"id":")" + std::to_string(row) +
             R"(","preprocess_seconds":0.01,"prefill_seconds":0.1,"decode_seconds":0.0,)" +
             R"("wall_seconds":)" + std::to_string(is_slow ? 2.0 : 0.2) + R"(,"call":)" +
             std::to_string(is_alone ? 100 + row : row / 4) + R"(,"rows_in_call":)" +
             std::to_string(is_alone ? 1 : 4) + R"(,"pace":"batch size 8"})" + "\n";
  }
  write_file(runs.task_folder("new") / "timings.jsonl", lines);
}

inline void write_times_of_calls_asked_again(const RunMaker& runs) {
  write_times(runs, "base", {});
  write_times(runs, "new", {.rows_asked = 9});
}

inline GateCases time_cases() {
  return {
      {.name = "SlowerTimesInformOnly",
       .damage = write_slower_times,
       .says = {"prefill", "rows a second", "no regression",
                "their ratio the geometric mean of new / base row by row"}},
      {.name = "SlowerTimesWithinTheLimit",
       .damage = write_slower_times,
       .options = "--max-slowdown 2.5 --min-throughput 0.4",
       .says = {"p (equal)", "p (limit)", "1 (2.5)", "1 (0.4)"}},
      {.name = "SlowerTimesBeyondTheLimit",
       .damage = write_slower_times,
       .options = "--max-slowdown 1.1",
       .exit_code = 5,
       .says = {"ocrbench.vek (slower)"}},
      {.name = "FewerRowsASecondThanTheLimit",
       .damage = write_slower_times,
       .options = "--min-throughput 0.9",
       .exit_code = 5,
       .says = {"ocrbench.vek (fewer rows a second)", "0.500 times the baseline's rows a second",
                "from 13 independent calls"}},
      {.name = "CallsWithARowThatFailedInOneRunAreLeftOut",
       .next = kTwoFail,
       .next_run = "--error-limit 2",
       .damage = write_times_of_25_interleaved_calls,
       .options = "--min-throughput 0.9",
       .says = {"4.954   4.954  1.000",
                "rows a second: 6 rows left out, for a row of their call failed in one run only"}},
      {.name = "CallsWithARowThatFailedInBothRunsAreCompared",
       .base = kATenthFails,
       .next = kATenthFails,
       .base_run = "--error-limit 10",
       .next_run = "--error-limit 10",
       .damage = write_times_of_10_interleaved_calls,
       .options = "--min-throughput 0.9",
       .says = {"4.455   4.455  1.000", "no regression"}},
      {.name = "ARowThatFailedInOneRunInEveryCallWithALimit",
       .base = kATenthFails,
       .base_run = "--error-limit 10",
       .damage = write_times_of_10_interleaved_calls,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: a row of every call failed in one run only"}},
      {.name = "RowsThatOverlapAreNotSummed",
       .damage = write_times_that_overlap_in_the_baseline,
       .options = "--max-slowdown 1 --min-throughput 0.9",
       .exit_code = 5,
       .says = {"REGRESSION in ocrbench.vek (fewer rows a second) (1 comparison(s)"}},
      {.name = "AnotherBatchSizeIsSaidToBeOne",
       .damage = write_times_of_two_batch_sizes,
       .says = {"times not compared: asked differently: 'batch size 8' in the baseline, 'batch "
                "size 1' in the new run"}},
      {.name = "AnotherBatchSizeWithALimit",
       .damage = write_times_of_two_batch_sizes,
       .options = "--min-throughput 0.5",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: asked differently"}},
      {.name = "TimesOfSomeRowsInformOnly",
       .damage = write_times_of_four_rows,
       .says = {"times of 4 of 100 rows on record"}},
      {.name = "TimesOfSomeRowsWithALimit",
       .damage = write_times_of_four_rows,
       .options = "--max-slowdown 1.1 --min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: times: times of 4 of 100 rows on record",
                "ocrbench.vek: rows a second: times of 4 of 100 rows on record"}},
      {.name = "MostRowsTookNoTimeWithALimit",
       .damage = write_no_time_of_most_rows,
       .options = "--max-slowdown 1.1",
       .exit_code = 3,
       .says = {"ocrbench.vek: times: times of 5 of 100 rows on record"}},
      {.name = "TooFewCallsForALimit",
       .damage = write_times_of_few_calls,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: 4 independent calls", "5 are needed"}},
      {.name = "CallsOfAnotherOrderWithALimit",
       .damage = write_times_of_another_order,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"1 independent calls",
                "5 are needed: compare more rows, asked in one order in both"}},
      {.name = "CallsAskedAgainWithALimit",
       .damage = write_times_of_calls_asked_again,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: rows of every call were asked again later"}},
      {.name = "SlowCallsAskedAgainInformOnly",
       .damage = write_times_of_slow_calls_asked_again,
       .says = {"rows a second: 40 rows left out, for rows of their calls were asked again later",
                "no regression"}},
      {.name = "SlowCallsAskedAgainWithALimit",
       .damage = write_times_of_slow_calls_asked_again,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: 40 of 100 rows are left out",
                "a limit takes 10 % at most"}},
      {.name = "NoWorkingTimeWithALimit",
       .damage = write_times_of_no_time,
       .options = "--min-throughput 0.9",
       .exit_code = 3,
       .says = {"ocrbench.vek: rows a second: the rows took no working time"}},
      {.name = "NoTimesWithALimit",
       .options = "--max-slowdown 1.5",
       .exit_code = 3,
       .says = {"ocrbench.vek: times: no row took any time"}},
  };
}

}  // namespace mono::tests
