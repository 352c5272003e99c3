// The gate through the real program: what two runs must be for each exit code.

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/gate_cases.h"
#include "tests/gate_machine_cases.h"
#include "tests/gate_resample_cases.h"
#include "tests/gate_time_cases.h"
#include "tests/gate_usage_cases.h"
#include "tests/gate_verdict_cases.h"
#include "tests/run_maker.h"
#include "tests/written_run.h"

namespace mono::tests {
namespace {

class CliGateTest : public ProgramTest, public testing::WithParamInterface<GateCase> {
 protected:
  const RunMaker& runs() const { return runs_; }

 private:
  void SetUp() override {
    ProgramTest::SetUp();
    runs_ = RunMaker(folder_);
  }
  RunMaker runs_{""};
};

TEST_P(CliGateTest, GivesItsExitCode) {
  const auto& one = GetParam();
  ASSERT_EQ(runs().run("base", one.base, one.base_run).exit_code, 0);
  const auto made = runs().run("new", one.next, one.next_run);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  if (one.damage) one.damage(runs());
  auto options = one.options;
  if (const auto at = options.find("FOLDER"); at != std::string::npos) {
    options.replace(at, 6, folder_.string());
  }
  const auto compared = run_mono_eval("compare " + (folder_ / "base").string() + " " +
                                      (folder_ / "new").string() + " " + options);
  EXPECT_EQ(compared.exit_code, one.exit_code) << compared.output;
  for (const auto& part : one.says) {
    EXPECT_NE(compared.output.find(part), std::string::npos) << part << "\n" << compared.output;
  }
}

INSTANTIATE_TEST_SUITE_P(, CliGateTest, testing::ValuesIn(gate_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Usage, CliGateTest, testing::ValuesIn(usage_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Times, CliGateTest, testing::ValuesIn(time_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Resamples, CliGateTest, testing::ValuesIn(resample_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Machines, CliGateTest, testing::ValuesIn(machine_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(FewRows, CliGateTest, testing::ValuesIn(few_row_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Unanswered, CliGateTest, testing::ValuesIn(unanswered_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(SharedPictures, CliGateTest, testing::ValuesIn(shared_picture_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(FailedSlowRows, CliGateTest, testing::ValuesIn(failed_slow_row_cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(BesideALimit, CliGateTest,
                         testing::ValuesIn(regression_beside_a_limit_cases()),
                         [](const auto& info) { return info.param.name; });

class CliCompareTest : public ProgramTest {
 protected:
  std::string compare(const std::string& options) const {
    return "compare " + (folder_ / "base").string() + " " + (folder_ / "new").string() + " " +
           options;
  }

  Finished run_small(const std::string& name, const std::string& more) const {
    return run_mono_eval("run --model small=" + checkpoint_.string() +
                         " --tasks ocrbench,mmbench_en_dev --profile vek --max-new-tokens 4 "
                         "--data " +
                         rows_.string() + " --output-path " + (folder_ / name).string() + " " +
                         more);
  }
  static constexpr const char* kSmallTasks[] = {"ocrbench.vek", "mmbench_en_dev.vek"};

  std::string samples(const std::string& name, const std::string& task) const {
    return read_file(folder_ / name / "small" / task / "samples.jsonl");
  }
};

TEST_F(CliCompareTest, WithoutRunsIsAUsageError) {
  EXPECT_EQ(run_mono_eval("compare").exit_code, 2);
  EXPECT_EQ(run_mono_eval("compare one").exit_code, 2);
  EXPECT_EQ(run_mono_eval("compare /no/such /no/other").exit_code, 3);
}

TEST_F(CliCompareTest, ARunOverItsErrorLimitIsIncomplete) {
  const auto finished = RunMaker(folder_).run("base", {.num_missing = 1});
  EXPECT_EQ(finished.exit_code, 4) << finished.output;
}

TEST_F(CliCompareTest, RunsOfOneCheckpointInAnotherBatchAndOrderAreEqual) {
  ASSERT_EQ(run_small("base", "--batch-size 1 --no-prefix-reuse").exit_code, 0);
  ASSERT_EQ(run_small("new", "--batch-size 7 --shuffle 3").exit_code, 0);
  const auto finished = run_mono_eval(compare("--max-drop 0"));
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_NE(finished.output.find("no regression in 2 comparison(s)"), std::string::npos)
      << finished.output;
  for (const char* const task : kSmallTasks) {
    EXPECT_TRUE(samples("base", task) == samples("new", task)) << task << ": samples.jsonl differs";
  }
  const auto compared = json::parse(run_mono_eval(compare("--json 2>/dev/null")).output);
  const auto& tasks = compared["baselines"][0]["tasks"];
  ASSERT_EQ(tasks.size(), 2U);
  for (const auto& task : tasks) EXPECT_EQ(task["responses_changed"], 0) << task["label"];
}

TEST_F(CliCompareTest, ARunWritesTheSameFileHoweverItsRowsAreAsked) {
  ASSERT_EQ(run_small("plain", "--batch-size 1 --no-prefix-reuse --prepare-threads 1").exit_code,
            0);
  for (const std::string how :
       {"--batch-size 1 --no-prefix-reuse --prepare-threads 4", "--batch-size 1 --shuffle 7",
        "--batch-size 16 --prepare-threads 1", "--batch-size 16 --no-prefix-reuse --shuffle 8",
        "--batch-size 2 --shuffle 9 --prepare-threads 4"}) {
    const auto finished = run_small("other", how + " --no-resume");
    ASSERT_EQ(finished.exit_code, 0) << finished.output;
    for (const char* const task : kSmallTasks) {
      EXPECT_TRUE(samples("plain", task) == samples("other", task)) << task << " differs: " << how;
    }
  }
}

TEST_F(CliCompareTest, AFastRunSaysSoAndIsAsDeterministic) {
  ASSERT_EQ(run_small("one", "--fast --batch-size 1 --no-prefix-reuse").exit_code, 0);
  ASSERT_EQ(run_small("many", "--fast --batch-size 16 --shuffle 7").exit_code, 0);
  for (const char* const task : kSmallTasks) {
    EXPECT_TRUE(samples("one", task) == samples("many", task)) << task;
  }
  const auto first = lines_of(folder_ / "one/small/ocrbench.vek/samples.jsonl").at(0);
  const auto header = json::parse(first).at("header");
  EXPECT_EQ(header.at("model_mode"), "fast, deterministic");
  EXPECT_EQ(header.at("model_passes"), "fused passes, recorded prompts and steps");
}

TEST_F(CliCompareTest, ANumberOfPreparingThreadsIsPartOfARunsPace) {
  ASSERT_EQ(run_small("base", "--batch-size 8 --prepare-threads 3").exit_code, 0);
  const auto rows = lines_of(folder_ / "base/small/ocrbench.vek/timings.jsonl");
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(json::parse(rows.front()).at("pace"),
            "batch size 8, prefix reuse, deterministic, preparing threads 3");
  const auto refused = run_small("new", "--prepare-threads 0");
  EXPECT_EQ(refused.exit_code, 2) << refused.output;
}

TEST_F(CliCompareTest, ARunRecordsTheTimeItWorkedForEachRow) {
  const auto begin = std::chrono::steady_clock::now();
  const auto finished =
      run_mono_eval("run --model small=" + checkpoint_.string() +
                    " --tasks ocrbench --profile vek --max-new-tokens 4 --batch-size 2 --data " +
                    rows_.string() + " --output-path " + (folder_ / "base").string());
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  double worked = 0, longest = 0;
  std::set<int> calls;
  for (const auto& line : lines_of(folder_ / "base/small/ocrbench.vek/timings.jsonl")) {
    const auto row = json::parse(line);
    worked += row.at("wall_seconds").get<double>();
    longest = std::max(
        longest, row.at("prefill_seconds").get<double>() + row.at("decode_seconds").get<double>());
    calls.insert(row.at("call").get<int>());
    EXPECT_EQ(row.at("pace"), "batch size 2, prefix reuse, deterministic");
  }
  EXPECT_GE(worked, longest);
  EXPECT_LE(worked, elapsed.count());
  EXPECT_EQ(calls.size(), 2U);  // five rows, in windows of two batches
}

}  // namespace
}  // namespace mono::tests
