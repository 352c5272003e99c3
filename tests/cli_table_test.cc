// All sixteen benchmarks in one run through the real program, and the tables made of it.

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/program.h"
#include "tests/reader_cases.h"

namespace mono::tests {
namespace {

constexpr const char* kMono16[] = {"mmvet",     "mmmu",       "mme",       "mmbench_en",
                                   "mathvista", "seed_image", "ocrbench",  "hallusionbench",
                                   "ccbench",   "textvqa",    "scienceqa", "gqa",
                                   "docvqa",    "ai2d",       "chartqa",   "infovqa"};

/// The case whose rows are of this benchmark's kind.
std::string case_of(const std::string& task) {
  if (task == "mmbench_en") return "mmbench_en_dev";
  return task == "docvqa" || task == "infovqa" ? task + "_val" : task;
}

class CliTableTest : public ProgramTest {
 protected:
  /// Two rows of each of the sixteen under the same two ids, so that one file of predictions, which
  /// answers B, serves all of them.
  void write_mono16() const {
    for (const std::string task : kMono16) {
      auto row = first_row(case_of(task));
      row["answer"] = "B";
      if (task == "gqa") row["answer"] = "b";
      if (task == "mme" || task == "hallusionbench") row["answer"] = "Yes";
      if (task == "textvqa") row["answer"] = "['B','B','B','B','B','B','B','B','B','B']";
      auto rows = ordered_json::array({row, row});
      for (size_t i = 0; i < rows.size(); ++i)
        rows[i]["index"] = "VD_figure_1_0_0_" + std::to_string(i);
      if (task == "chartqa") rows[1]["split"] = "test_augmented";
      write_file(folder_ / "data" / (task + ".tsv"), tsv_text(rows));
    }
    write_file(folder_ / "answers.jsonl",
               "{\"id\": \"VD_figure_1_0_0_0\", \"response\": \"B\"}\n{\"id\": "
               "\"VD_figure_1_0_0_1\", \"response\": \"B\"}\n");
  }

  Finished run_mono16(const std::string& more) const {
    return run_mono_eval("run --model made=" + (folder_ / "answers.jsonl").string() +
                         " --tasks mono16 --data " + (folder_ / "data").string() +
                         " --output-path " + (folder_ / "runs").string() + " " + more);
  }

  Finished report(const std::string& options) const {
    return run_mono_eval("report " + (folder_ / "runs").string() + " " + options);
  }

 private:
  static ordered_json first_row(const std::string& name) {
    for (const auto& one : reader_cases()) {
      if (one.name == name) return one.forms.at("tsv").front();
    }
    throw std::runtime_error("no rows of " + name);
  }
};

bool has_line(const std::string& text, const std::string& begin, const std::string& end) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(begin) && line.ends_with(end)) return true;
  }
  return false;
}

TEST_F(CliTableTest, Mono16EndsWithItsAveragesBesideThePublishedOnes) {
  write_mono16();
  const auto finished = run_mono16("");
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(has_line(finished.output, "made   general9", "4/9       55.2")) << finished.output;
  EXPECT_TRUE(has_line(finished.output, "made   vqa7", " 100.0       —     7/7       70.1"))
      << finished.output;
  for (const std::string task : kMono16) {
    EXPECT_NE(finished.output.find("made   " + task + " "), std::string::npos) << task;
  }
}

TEST_F(CliTableTest, ReportMakesThePapersTableOfIt) {
  write_mono16();
  ASSERT_EQ(run_mono16("").exit_code, 0);
  const auto markdown = report("--published Mono-InternVL-2B,Emu3");
  ASSERT_EQ(markdown.exit_code, 0) << markdown.output;
  EXPECT_TRUE(has_line(markdown.output, "| Avg (9) |  | — | 55.2 |", "| — |")) << markdown.output;
  EXPECT_TRUE(has_line(markdown.output, "| Avg (7) |  | 100.0 |", "67.6 |")) << markdown.output;
  EXPECT_NE(markdown.output.find("mmvet.ivl: no row has a score"), std::string::npos);
  EXPECT_NE(markdown.output.find("ccbench.ivl: no number of the table's kind"), std::string::npos);
  const auto latex = report("--format latex --output " + (folder_ / "table.tex").string());
  EXPECT_EQ(latex.exit_code, 0) << latex.output;
  EXPECT_NE(read_file(folder_ / "table.tex").find("\\begin{tabular}{llrrrrrrr}"),
            std::string::npos);
  const auto json = report("--json 2>/dev/null");
  ASSERT_EQ(json.exit_code, 0);
  const auto columns = nlohmann::json::parse(json.output).at("columns");
  ASSERT_EQ(columns.size(), 7U);
  EXPECT_EQ(columns[0]["vqa7"]["value"], 100);
  EXPECT_TRUE(columns[0]["general9"].is_null());
  EXPECT_EQ(columns[0]["cells"].size(), 11U);
}

TEST_F(CliTableTest, ReportRefusesWhatItCannotShow) {
  EXPECT_EQ(run_mono_eval("report /no/such/run").exit_code, 3);
  EXPECT_EQ(run_mono_eval("report --published InternVL9").exit_code, 2);
  EXPECT_EQ(run_mono_eval("report --format html").exit_code, 2);
  EXPECT_EQ(run_mono_eval("report > /dev/full").exit_code, 3);
}

TEST_F(CliTableTest, ACellWithoutDataIsADash) {
  const auto finished = run_mono_eval("report --published Emu3");
  ASSERT_EQ(finished.exit_code, 0);
  EXPECT_TRUE(has_line(finished.output, "| Avg (9) |  | — |", "")) << finished.output;
}

TEST_F(CliTableTest, GroupsAreListed) {
  const auto finished = run_mono_eval("ls groups");
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_NE(finished.output.find("vqa7"), std::string::npos);
  EXPECT_NE(finished.output.find("textvqa,scienceqa,gqa,docvqa,ai2d,chartqa,infovqa"),
            std::string::npos);
}

}  // namespace
}  // namespace mono::tests
