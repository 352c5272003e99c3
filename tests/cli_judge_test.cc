// Judged benchmarks through the real program: recorded replies, states, and every way it can end.

#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace mono::tests {
namespace {

using nlohmann::json;

constexpr const char* kSha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

class CliJudgeTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    const std::string picture(80, 'A');
    write_file(folder_ / "data/MMVet.tsv",
               "index\tquestion\tanswer\tcategory\timage\nv1_0\tq0\ta0\tocr,math\t" + picture +
                   "\nv1_1\tq1\ta1\trec\t" + picture + "\n");
    write_file(folder_ / "data/MME.tsv",
               "index\tquestion\tanswer\tcategory\timage_path\timage\n1\tq\tYes\tOCR\ta\t" +
                   picture + "\n2\tq\tNo\tOCR\ta\t" + picture + "\n");
    write_file(folder_ / "mmvet.jsonl", R"({"id": "v1_0", "response": "r0"})"
                                        "\n"
                                        R"({"id": "v1_1", "response": "r1"})"
                                        "\n");
    write_file(folder_ / "mme.jsonl", R"({"id": "1", "response": "Yes"})"
                                      "\n"
                                      R"({"id": "2", "response": "perhaps"})"
                                      "\n");
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// A file of records; each line an object without its braces.
  std::string records(const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines) text += "{" + line + "}\n";
    write_file(folder_ / "records.jsonl", text);
    return "replay:" + path("records.jsonl");
  }

  std::string both_graded() const {
    return records(
        {R"("id": "v1_0", "replies": ["0.5"])", R"("id": "v1_1", "replies": ["x", "1"])"});
  }

  Finished score_mmvet(const std::string& more) const {
    return run_mono_eval("score --task mmvet --profile vek --data " + path("data/MMVet.tsv") +
                         " --predictions " + path("mmvet.jsonl") + " " + more);
  }

  Finished run(const std::string& predictions, const std::string& tasks,
               const std::string& more) const {
    return run_mono_eval("run --model old=" + path(predictions) + " --tasks " + tasks + " --data " +
                         path("data") + " --output-path " + path("runs") + " " + more);
  }
};

void expect_in(const Finished& finished, int exit_code, const std::vector<std::string>& texts) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.output;
  for (const auto& text : texts) {
    EXPECT_NE(finished.output.find(text), std::string::npos) << text << "\n" << finished.output;
  }
}

/// What `--json` printed, behind what was said on the error stream.
json json_in(const Finished& finished) {
  return json::parse(finished.output.substr(finished.output.find("{\n")));
}

TEST_F(CliJudgeTest, WithoutAJudgeNothingIsScoredAndBoundsAreGiven) {
  expect_in(score_mmvet(""), 4,
            {"0 of 2 rows scored", "2 unscored", "Overall lies in [0, 100]", "judge: none",
             "2 wait for a judge"});
  const auto finished = score_mmvet("--json 2>/dev/null");
  EXPECT_EQ(finished.exit_code, 4);
  const auto summary = json::parse(finished.output);
  EXPECT_EQ(summary["states"]["unscored"], 2);
  EXPECT_EQ(summary["bounds"], (json{{"metric", "Overall"}, {"low", 0}, {"high", 100}}));
  EXPECT_EQ(summary["judge"], "none");
  EXPECT_TRUE(summary["metrics"].empty());
}

TEST_F(CliJudgeTest, RecordedRepliesScoreEveryRow) {
  expect_in(score_mmvet("--judge " + both_graded()), 0,
            {"2 of 2 rows scored", "2 read", "3 replies given, 0 of their prompts verified",
             "not at hand", "Overall", "75"});
  const auto finished = score_mmvet("--rows --judge " + both_graded());
  const auto row = json::parse(finished.output.substr(0, finished.output.find('\n')));
  EXPECT_EQ(row["score"]["state"], "read");
  EXPECT_EQ(row["score"]["judge"][0]["reply"], "0.5");
}

TEST_F(CliJudgeTest, AMissingReplyLeavesTheHeadlineOut) {
  const auto judge = records({R"("id": "v1_0", "replies": ["0.5"])"});
  expect_in(score_mmvet("--judge " + judge), 4, {"1 of 2", "1 unscored", "lies in [25, 75]"});
  const auto summary = json_in(score_mmvet("--json --judge " + judge));
  EXPECT_EQ(summary["metrics"][0]["name"], "Overall");
  EXPECT_TRUE(summary["metrics"][0]["value"].is_null());
}

TEST_F(CliJudgeTest, ALiveJudgeIsRefused) {
  for (const auto* const judge : {"gpt-4-0613", "replay:", "http://localhost:8000"}) {
    expect_in(score_mmvet("--judge " + std::string(judge)), 2,
              {judge, "a live judge is not built", "replay:FILE"});
  }
  expect_in(run("mmvet.jsonl", "mmvet", "--judge gpt-4"), 2, {"not built"});
}

TEST_F(CliJudgeTest, NamesRecordsThatCannotBeUsed) {
  expect_in(score_mmvet("--judge replay:" + path("none.jsonl")), 3, {"none.jsonl"});
  expect_in(score_mmvet("--judge " + records({R"("id": "v1_0")"})), 3,
            {"records.jsonl:1", "'replies'"});
  expect_in(score_mmvet("--judge " + records({R"("id": "1", "replies": ["x"], "task": "mme")"})), 3,
            {"records.jsonl", "no record for task mmvet"});
  const std::string twice = R"("id": "v1_0", "replies": ["0.5"])";
  expect_in(score_mmvet("--judge " + records({twice, twice})), 3, {"'v1_0'", "twice"});
}

TEST_F(CliJudgeTest, ChecksPromptsAgainstTheirHash) {
  expect_in(score_mmvet("--judge " + both_graded() + " --judge-prompts " + path("none")), 3,
            {"none", "folder of judge prompts"});
  write_file(folder_ / "prompts/mmvet-vek.txt", "Grade this.");
  expect_in(score_mmvet("--judge " + both_graded() + " --judge_prompts " + path("prompts")), 3,
            {"mmvet-vek.txt", "2291 characters", "got 11 characters"});
}

/// The real texts, where MONO_JUDGE_PROMPTS names them.
TEST_F(CliJudgeTest, RefusesRepliesToOtherPrompts) {
  const char* const prompts = std::getenv("MONO_JUDGE_PROMPTS");
  if (prompts == nullptr) GTEST_SKIP() << "MONO_JUDGE_PROMPTS names no folder of judge prompts";
  const auto wrong =
      std::string(R"("id": "v1_0", "replies": ["1"], "prompt_sha256": ")") + kSha256 + "\"";
  expect_in(score_mmvet("--judge " + records({wrong})), 3,
            {"sample 'v1_0'", kSha256, "other question, response, profile or task"});
}

TEST_F(CliJudgeTest, ARunSaysWhatWaitsForAJudge) {
  const auto finished = run("mmvet.jsonl", "mmvet", "");
  expect_in(finished, 0, {"0/2", "old mmvet.ivl: 0 read, 0 guessed, 0 unparsed, 2 unscored"});
  const auto results = json::parse(read_file(folder_ / "runs/old/results.json"));
  const auto& extras = results["ext"]["tasks"]["mmvet.ivl"];
  EXPECT_EQ(extras["states"]["unscored"], 2);
  EXPECT_EQ(extras["bounds"]["high"], 100);
  EXPECT_EQ(extras["judge"], "none");
  EXPECT_EQ(json::parse(read_file(folder_ / "runs/old/mmvet.ivl/mmvet_for_grader.json")),
            (json{{"v1_0", "r0"}, {"v1_1", "r1"}}));
}

TEST_F(CliJudgeTest, ALaterRunWithRepliesScoresWhatIsThere) {
  EXPECT_EQ(run("mmvet.jsonl", "mmvet", "--profile vek").exit_code, 0);
  expect_in(run("mmvet.jsonl", "mmvet", "--profile vek --judge " + both_graded()), 0,
            {"2/2", "75.0"});
  const auto results = json::parse(read_file(folder_ / "runs/old/results.json"));
  EXPECT_EQ(results["ext"]["tasks"]["mmvet.vek"]["judge"]["replies_given"], 3);
  EXPECT_TRUE(results["ext"]["tasks"]["mmvet.vek"]["bounds"].is_null());
}

TEST_F(CliJudgeTest, RecordsOfSeveralTasksNameTheirTask) {
  write_file(folder_ / "all.jsonl", read_file(folder_ / "mme.jsonl"));
  expect_in(run("mme.jsonl", "mme,mmvet", "--profile vek --judge " + both_graded()), 3,
            {"records.jsonl:1", "'task'"});
}

TEST_F(CliJudgeTest, AJudgeOfAnotherTaskIsNoJudge) {
  const auto judge = records({R"("id": "2", "replies": ["No"], "task": "MME")"});
  const auto finished =
      run_mono_eval("score --task mme --profile vek --data " + path("data/MME.tsv") +
                    " --predictions " + path("mme.jsonl") + " --json --judge " + judge);
  // One category of fourteen has no sum.
  EXPECT_EQ(finished.exit_code, 4) << finished.output;
  EXPECT_EQ(json_in(finished)["states"]["read"], 2);
  const auto without =
      run_mono_eval("score --task mme --profile vek --data " + path("data/MME.tsv") +
                    " --predictions " + path("mme.jsonl") + " --json");
  EXPECT_EQ(without.exit_code, 4) << without.output;
  EXPECT_EQ(json_in(without)["states"]["unparsed"], 1);
}

TEST_F(CliJudgeTest, AScorerAsksNothing) {
  expect_in(run("mmvet.jsonl", "mmvet", "--profile official"), 2, {"official", "only scores"});
  expect_in(run_mono_eval("prompt --task mmvet --profile official --data " + path("data")), 2,
            {"official", "only scores"});
}

TEST_F(CliJudgeTest, ReadsMmeAsInternVlKeepsIt) {
  write_file(folder_ / "ivl/eval/mme/Your_Results/OCR.txt", "a.png\tq\tYes\na.png\tr\tNo\n");
  const auto data = " --data " + path("ivl");
  expect_in(run_mono_eval("prompt --task mme --profile ivl" + data), 0,
            {"r Answer the question using a single word or phrase."});
  write_file(folder_ / "ivl.jsonl", R"({"id": "0", "response": "Yes"})"
                                    "\n"
                                    R"({"id": "1", "response": "other"})"
                                    "\n");
  const auto finished = run_mono_eval("run --model old=" + path("ivl.jsonl") + " --tasks mme" +
                                      data + " --profile ivl --output-path " + path("runs"));
  expect_in(finished, 0, {"2/2", "1 unparsed"});
  write_file(folder_ / "ivl/eval/mme/Your_Results/OCR.txt", "a.png\tq\n");
  expect_in(run_mono_eval("prompt --task mme --profile ivl" + data), 4, {"OCR.txt:1", "2 fields"});
}

}  // namespace
}  // namespace mono::tests
