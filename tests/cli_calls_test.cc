// The calls in which a run asks its rows: a run that was stopped in the middle of one and resumed
// has the others as an undisturbed run has them, so that their times can be compared.

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/program.h"
#include "tests/written_run.h"

namespace mono::tests {
namespace {

using nlohmann::json;

class CliCallsTest : public ProgramTest {
 protected:
  /// Makes an undisturbed run, "base", and one whose second call a stop cut off, "new", once.
  static void SetUpTestSuite() {
    runs_ = std::filesystem::temp_directory_path() / ("mono.calls." + std::to_string(getpid()));
    std::filesystem::remove_all(runs_);
    run("base");
    std::filesystem::copy(runs_ / "base", runs_ / "new", std::filesystem::copy_options::recursive);
    for (const auto& [id, row] : timings("base")) {
      if (row.at("call") == 1) second_call_.push_back(id);
    }
    ASSERT_EQ(second_call_.size(), 2U);
    std::set<std::string> kept = {second_call_.back()};
    for (const auto& [id, row] : timings("base")) {
      if (row.at("call") == 0) kept.insert(id);
    }
    keep_rows("new", kept);
    run("new");
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(runs_); }

  static std::filesystem::path task_folder(const std::string& name) {
    return runs_ / name / "small/mmbench_en_dev.vek";
  }

  /// What timings.jsonl says of each row, by id.
  static std::map<std::string, json> timings(const std::string& name) {
    std::map<std::string, json> rows;
    for (const auto& line : lines_of(task_folder(name) / "timings.jsonl")) {
      auto row = json::parse(line);
      rows.emplace(row.at("id"), row);
    }
    return rows;
  }

  /// The rows asked together, in every call.
  static std::set<std::set<std::string>> grouped(const std::map<std::string, json>& timings) {
    std::map<int, std::set<std::string>> of_call;
    for (const auto& [id, row] : timings) of_call[row.at("call").get<int>()].insert(id);
    std::set<std::set<std::string>> groups;
    for (const auto& [call, ids] : of_call) groups.insert(ids);
    return groups;
  }

  static inline std::filesystem::path runs_{};
  static inline std::vector<std::string> second_call_{};  // in both runs begun with these rows

 private:
  static void run(const std::string& name) {
    const auto source = std::filesystem::path(MONO_SOURCE_DIR) / "tests";
    const auto finished = run_mono_eval(
        "run --model small=" + (source / "golden/model/mono_v1_pipeline").string() +
        " --tasks mmbench_en_dev --profile vek --max-new-tokens 2 --batch-size 1 "
        "--data " +
        (source / "data/sample").string() + " --output-path " + (runs_ / name).string());
    ASSERT_EQ(finished.exit_code, 0) << finished.output;
  }

  /// Leaves only these rows of a task, as a run that is killed behind them does.
  static void keep_rows(const std::string& name, const std::set<std::string>& ids) {
    for (const char* const file : {"samples.jsonl", "timings.jsonl"}) {
      std::string kept;
      for (const auto& line : lines_of(task_folder(name) / file)) {
        const auto row = json::parse(line);
        if (row.contains("header") || ids.contains(row.at("id"))) kept += line + "\n";
      }
      write_file(task_folder(name) / file, kept);
    }
  }
};

TEST_F(CliCallsTest, AResumedRunAsksTheOtherCallsAsBefore) {
  auto expected = grouped(timings("base"));
  ASSERT_EQ(expected.erase({second_call_.begin(), second_call_.end()}), 1U);
  for (const auto& id : second_call_) expected.insert({id});
  EXPECT_EQ(grouped(timings("new")), expected);
}

TEST_F(CliCallsTest, ARowSaysHowManyItWasAskedWith) {
  const auto rows = timings("new");
  EXPECT_EQ(rows.at(second_call_.front()).at("rows_in_call"), 1);
  EXPECT_EQ(rows.at(second_call_.back()).at("rows_in_call"), 2);
}

TEST_F(CliCallsTest, TimesOfACallThatAStopCutOffAreLeftOut) {
  const auto compare =
      "compare " + (runs_ / "base").string() + " " + (runs_ / "new").string() + " ";
  const auto finished = run_mono_eval(compare);
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_NE(finished.output.find("2 rows left out, for rows of their calls were asked again"),
            std::string::npos)
      << finished.output;
  const auto compared = json::parse(run_mono_eval(compare + " --json").output);
  const auto& throughput = compared["baselines"][0]["tasks"][0]["throughput"];
  EXPECT_EQ(throughput["rows"], 13);
  EXPECT_EQ(throughput["rows_left_out"], 2);
  EXPECT_EQ(throughput["rows_left_out_by_reason"]["asked_again"], 2);
  EXPECT_EQ(throughput["calls"], 7);
}

TEST_F(CliCallsTest, ALimitIsRefusedWhereMoreThanATenthOfTheRowsIsLeftOut) {
  const auto finished = run_mono_eval("compare " + (runs_ / "base").string() + " " +
                                      (runs_ / "new").string() + " --min-throughput 0.0001");
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  EXPECT_NE(finished.output.find("2 of 15 rows are left out"), std::string::npos)
      << finished.output;
}

}  // namespace
}  // namespace mono::tests
