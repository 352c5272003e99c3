// The gate through the real program: what two runs must be for each exit code.

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "tests/gate_cases.h"
#include "tests/gate_machine_cases.h"
#include "tests/gate_resample_cases.h"
#include "tests/gate_time_cases.h"
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

class CliCompareTest : public ProgramTest {
 protected:
  std::string compare(const std::string& options) const {
    return "compare " + (folder_ / "base").string() + " " + (folder_ / "new").string() + " " +
           options;
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

TEST_F(CliCompareTest, OutputThatNobodyTakesIsAnError) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {}).exit_code, 0);
  const auto finished = run_mono_eval(compare("> /dev/full"));
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  EXPECT_EQ(run_mono_eval(compare("--junit " + (folder_ / "base").string())).exit_code, 3);
}

TEST_F(CliCompareTest, ARefusalLeavesNoEarlierVerdict) {
  const RunMaker runs(folder_);
  for (const char* const name : {"base", "new"}) ASSERT_EQ(runs.run(name, {}).exit_code, 0);
  const auto junit = folder_ / "gate.xml", markdown = folder_ / "gate.md";
  const auto reports = "--junit " + junit.string() + " --markdown " + markdown.string();
  ASSERT_EQ(run_mono_eval(compare(reports)).exit_code, 0);
  ASSERT_TRUE(std::filesystem::exists(junit) && std::filesystem::exists(markdown));
  EXPECT_EQ(run_mono_eval(compare(reports + " --max-slowdown 1.1")).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(junit) || std::filesystem::exists(markdown));
}

TEST_F(CliCompareTest, ReportsTakeNoFileOfARun) {
  const RunMaker runs(folder_);
  for (const char* const name : {"base", "new"}) ASSERT_EQ(runs.run(name, {}).exit_code, 0);
  const auto link = folder_ / "link";
  std::filesystem::create_directory_symlink(runs.run_folder("base"), link);
  for (const auto& file : {runs.task_folder("base") / "samples.jsonl", link / "results.json",
                           runs.run_folder("new") / "gate.xml"}) {
    const bool is_there = std::filesystem::exists(file);
    for (const char* const option : {"--junit ", "--markdown "}) {
      const auto finished = run_mono_eval(compare(option + file.string()));
      EXPECT_EQ(finished.exit_code, 2) << finished.output;
      EXPECT_NE(finished.output.find("lies in the run"), std::string::npos) << finished.output;
      EXPECT_EQ(std::filesystem::exists(file), is_there) << file;
    }
  }
  EXPECT_EQ(run_mono_eval(compare("--junit " + (folder_ / "base/gate.xml").string())).exit_code, 0);
}

TEST_F(CliCompareTest, ReportsTakeNoFileOfEachOther) {
  const auto file = (folder_ / "gate").string();
  const auto finished =
      run_mono_eval(compare("--junit " + file + " --markdown " + (folder_ / "./gate").string()));
  EXPECT_EQ(finished.exit_code, 2) << finished.output;
  EXPECT_NE(finished.output.find("is the file of --junit too"), std::string::npos)
      << finished.output;
}

TEST_F(CliCompareTest, RunsOfOneCheckpointInAnotherBatchAndOrderAreEqual) {
  const auto run = [&](const std::string& name, const std::string& more) {
    return run_mono_eval("run --model small=" + checkpoint_.string() +
                         " --tasks ocrbench,mmbench_en_dev --profile vek --max-new-tokens 4 "
                         "--data " +
                         rows_.string() + " --output-path " + (folder_ / name).string() + " " +
                         more);
  };
  ASSERT_EQ(run("base", "--batch-size 1 --no-prefix-reuse").exit_code, 0);
  ASSERT_EQ(run("new", "--batch-size 7 --shuffle 3").exit_code, 0);
  const auto finished = run_mono_eval(compare("--max-drop 0"));
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_NE(finished.output.find("no regression in 2 comparison(s)"), std::string::npos)
      << finished.output;
  for (const char* const task : {"ocrbench.vek", "mmbench_en_dev.vek"}) {
    const auto samples = [&](const char* name) {
      return read_file(folder_ / name / "small" / task / "samples.jsonl");
    };
    EXPECT_TRUE(samples("base") == samples("new")) << task << ": samples.jsonl differs";
  }
  const auto compared = json::parse(run_mono_eval(compare("--json 2>/dev/null")).output);
  const auto& tasks = compared["baselines"][0]["tasks"];
  ASSERT_EQ(tasks.size(), 2U);
  for (const auto& task : tasks) EXPECT_EQ(task["responses_changed"], 0) << task["label"];
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

TEST_F(CliCompareTest, EveryReportSaysThatATaskIsNotJudged) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {.rows = 4}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {.rows = 4, .num_wrong = 4}).exit_code, 0);
  const auto junit = folder_ / "gate.xml", markdown = folder_ / "gate.md";
  const auto finished = run_mono_eval(compare("--json --junit " + junit.string() + " --markdown " +
                                              markdown.string() + " 2>/dev/null"));
  ASSERT_EQ(finished.exit_code, 3) << finished.output;
  const auto document = json::parse(finished.output);
  EXPECT_EQ(document["has_unjudged"], true);
  EXPECT_EQ(document["baselines"][0]["tasks"][0]["scores"]["verdict"], "too few rows");
  EXPECT_NE(read_file(junit).find("failures=\"0\" errors=\"1\""), std::string::npos);
  EXPECT_NE(read_file(junit).find("<error message=\"a drop of 100.00 points, where 4 rows"),
            std::string::npos);
  EXPECT_NE(read_file(markdown).find("### mono-eval: NOT JUDGED: ocrbench.vek"), std::string::npos);
}

TEST_F(CliCompareTest, BaselinesOfOneNameAreToldApartByTheirFolders) {
  const RunMaker runs(folder_);
  for (const char* const name : {"base", "other"}) ASSERT_EQ(runs.run(name, {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {.num_wrong = 7}).exit_code, 0);
  const auto junit = folder_ / "gate.xml";
  const auto finished = run_mono_eval(
      compare("--baseline " + (folder_ / "other").string() + " --junit " + junit.string()));
  EXPECT_EQ(finished.exit_code, 5) << finished.output;
  const auto text = read_file(junit);
  const std::regex pattern(R"re(<(testsuite |testcase class)[^>]*name="([^"]*)")re");
  std::multiset<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    names.insert((*it)[0]);
  }
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << text;
  for (const char* const name : {"base", "other"}) {
    const auto folder = runs.run_folder(name).string();
    EXPECT_NE(text.find("mono-eval.made beside made (" + folder + ")"), std::string::npos);
    EXPECT_NE(finished.output.find("ocrbench.vek beside " + folder), std::string::npos)
        << finished.output;
  }
}

TEST_F(CliCompareTest, WritesJsonJUnitAndMarkdownTogether) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {.num_wrong = 7}).exit_code, 0);
  const auto finished =
      run_mono_eval(compare("--json --rows 2 --junit " + (folder_ / "gate.xml").string() +
                            " --markdown " + (folder_ / "gate.md").string() + " 2>/dev/null"));
  ASSERT_EQ(finished.exit_code, 5) << finished.output;
  const auto json = nlohmann::json::parse(finished.output);
  EXPECT_EQ(json["has_regression"], true);
  const auto& task = json["baselines"][0]["tasks"][0];
  EXPECT_EQ(task["scores"]["lost"], 7);
  EXPECT_EQ(task["changed_rows"].size(), 2U);
  EXPECT_EQ(task["changed_rows"][0]["new"]["response"], "no idea");
  EXPECT_NE(read_file(folder_ / "gate.xml").find("failures=\"1\""), std::string::npos);
  EXPECT_NE(read_file(folder_ / "gate.md").find("REGRESSION in ocrbench.vek"), std::string::npos);
}

}  // namespace
}  // namespace mono::tests
