// What compare writes beside its exit code, through the real program, and what it must not
// overwrite.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "tests/gate_cases.h"
#include "tests/run_maker.h"

namespace mono::tests {
namespace {

using nlohmann::json;

class CliCompareReportsTest : public ProgramTest {
 protected:
  std::string compare(const std::string& options) const {
    return "compare " + (folder_ / "base").string() + " " + (folder_ / "new").string() + " " +
           options;
  }
};

TEST_F(CliCompareReportsTest, OutputThatNobodyTakesIsAnError) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {}).exit_code, 0);
  const auto finished = run_mono_eval(compare("> /dev/full"));
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  EXPECT_EQ(run_mono_eval(compare("--junit " + (folder_ / "base").string())).exit_code, 3);
}

TEST_F(CliCompareReportsTest, AReportThatCannotBeWrittenLosesNoRegression) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", wrong(50)).exit_code, 0);
  const auto finished = run_mono_eval(compare("--junit " + (folder_ / "base").string()));
  EXPECT_EQ(finished.exit_code, 5) << finished.output;
  EXPECT_NE(finished.output.find("REGRESSION in ocrbench.vek"), std::string::npos);
  EXPECT_NE(finished.output.find("mono-eval: "), std::string::npos) << finished.output;
}

TEST_F(CliCompareReportsTest, ARefusalLeavesNoEarlierVerdict) {
  const RunMaker runs(folder_);
  for (const char* const name : {"base", "new"}) ASSERT_EQ(runs.run(name, {}).exit_code, 0);
  const auto junit = folder_ / "gate.xml", markdown = folder_ / "gate.md";
  const auto reports = "--junit " + junit.string() + " --markdown " + markdown.string();
  ASSERT_EQ(run_mono_eval(compare(reports)).exit_code, 0);
  ASSERT_TRUE(std::filesystem::exists(junit) && std::filesystem::exists(markdown));
  EXPECT_EQ(run_mono_eval(compare(reports + " --tasks mmvet")).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(junit) || std::filesystem::exists(markdown));
}

TEST_F(CliCompareReportsTest, EveryReportSaysWhyRunsAreNotCompared) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("base", {}).exit_code, 0);
  ASSERT_EQ(runs.run("new", {}, "--limit 50").exit_code, 0);
  const auto junit = folder_ / "gate.xml", markdown = folder_ / "gate.md";
  const auto finished = run_mono_eval(compare("--json --junit " + junit.string() + " --markdown " +
                                              markdown.string() + " 2>/dev/null"));
  ASSERT_EQ(finished.exit_code, 3) << finished.output;
  constexpr const char* kReason = "limit: 100 of 100 rows in the baseline, 50 of 100 rows";
  const auto document = json::parse(finished.output);
  EXPECT_EQ(document["has_unjudged"], true);
  EXPECT_NE(document["refusal"].get<std::string>().find(kReason), std::string::npos);
  EXPECT_NE(read_file(junit).find("<error message=\"these runs cannot be compared:"),
            std::string::npos);
  EXPECT_NE(read_file(junit).find(kReason), std::string::npos);
  EXPECT_TRUE(read_file(markdown).starts_with("### mono-eval: NOT COMPARED\n"));
  EXPECT_NE(read_file(markdown).find("limit: 100 of 100 rows"), std::string::npos)
      << read_file(markdown);
}

TEST_F(CliCompareReportsTest, ReportsTakeNoFileOfARun) {
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

TEST_F(CliCompareReportsTest, ReportsTakeNoFileOfEachOther) {
  const auto file = (folder_ / "gate").string();
  const auto finished =
      run_mono_eval(compare("--junit " + file + " --markdown " + (folder_ / "./gate").string()));
  EXPECT_EQ(finished.exit_code, 2) << finished.output;
  EXPECT_NE(finished.output.find("is the file of --junit too"), std::string::npos)
      << finished.output;
}

class CliReportPlacesTest : public CliCompareReportsTest {
 protected:
  void SetUp() override {
    CliCompareReportsTest::SetUp();
    const RunMaker runs(folder_);
    for (const char* const name : {"base", "new"}) ASSERT_EQ(runs.run(name, {}).exit_code, 0);
  }
};

TEST_F(CliReportPlacesTest, ALinkKeepsLeadingToTheReport) {
  write_file(folder_ / "earlier.md", "earlier");
  for (const char* const target : {"earlier.md", "absent.md"}) {
    const auto link = folder_ / "link";
    std::filesystem::create_symlink(target, link);
    EXPECT_EQ(run_mono_eval(compare("--markdown " + link.string())).exit_code, 0);
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_TRUE(read_file(folder_ / target).starts_with("### mono-eval: ")) << target;
    std::filesystem::remove(link);
  }
}

TEST_F(CliReportPlacesTest, ALinkIntoARunIsRefusedWhereItsFileIsAbsentToo) {
  const auto link = folder_ / "link";
  std::filesystem::create_symlink(RunMaker(folder_).run_folder("new") / "gate.md", link);
  const auto finished = run_mono_eval(compare("--markdown " + link.string()));
  EXPECT_EQ(finished.exit_code, 2) << finished.output;
}

TEST_F(CliReportPlacesTest, APipeGetsTheReport) {
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK);
  EXPECT_EQ(run_mono_eval(compare("--junit " + pipe.string())).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  std::string begin(5, ' ');
  EXPECT_EQ(::read(reader, begin.data(), begin.size()), 5);
  ::close(reader);
  EXPECT_EQ(begin, "<?xml");
}

TEST_F(CliReportPlacesTest, StandardOutputGetsTextAndReport) {
  const auto output = folder_ / "output", link = folder_ / "stdout";  // /dev/stdout is not risked
  std::filesystem::create_symlink("/proc/self/fd/1", link);
  const auto finished =
      run_mono_eval(compare("--markdown " + link.string() + " > " + output.string()));
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  const auto both = read_file(output);
  EXPECT_NE(both.find("\nno regression in"), std::string::npos) << both;
  EXPECT_NE(both.find("\n### mono-eval: no regression in"), std::string::npos) << both;
}

TEST_F(CliReportPlacesTest, TheTableOfRunsTakesNoFileOfARun) {
  const auto run = RunMaker(folder_).run_folder("base");
  const auto before = read_file(run / "results.json");
  const auto finished =
      run_mono_eval("report " + run.string() + " --output " + (run / "results.json").string());
  EXPECT_EQ(finished.exit_code, 2) << finished.output;
  EXPECT_NE(finished.output.find("--output"), std::string::npos) << finished.output;
  EXPECT_EQ(read_file(run / "results.json"), before);
}

TEST_F(CliCompareReportsTest, EveryReportSaysThatATaskIsNotJudged) {
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
  EXPECT_NE(
      read_file(junit).find("<error message=\"too few rows: a drop of 100.00 points, where 4 rows"),
      std::string::npos);
  EXPECT_NE(read_file(markdown).find("### mono-eval: NOT JUDGED: ocrbench.vek"), std::string::npos);
}

TEST_F(CliCompareReportsTest, BaselinesOfOneNameAreToldApartByTheirFolders) {
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

TEST_F(CliCompareReportsTest, WritesJsonJUnitAndMarkdownTogether) {
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
