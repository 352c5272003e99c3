// Bad rows of data and of predictions through the real program: each is a failed row with its file
// and line, the others go on; what spoils a whole file stops the program.

#include <string>
#include <vector>

#include "tests/base64_text.h"
#include "tests/program.h"

namespace mono::tests {
namespace {

constexpr const char* kHeader = "index\tquestion\tA\tB\tC\tanswer\timage\n";

class CliRowsTest : public ProgramTest {
 protected:
  static std::string picture() { return base64_text(std::string(60, 'p')); }

  static std::string row(const std::string& id, const std::string& question,
                         const std::string& answer) {
    return id + "\t" + question + "\tx\ty\t\t" + answer + "\t" + picture() + "\n";
  }

  /// A good row at line 2, then one bad row of each kind.
  std::string bad_table() const {
    return kHeader + row("1", "q", "B") + row("1", "again", "A") + row("2", "q", "C") +
           row("3", "q", "cat") + row("4", "\xff", "A") + row("5", "nan", "A") +
           "6\tq\tx\ty\t\tA\t99\n" + row("7", "q", "A");
  }

  void write_predictions(const std::vector<std::string>& ids) const {
    std::string lines;
    for (const auto& id : ids) lines += R"({"id": ")" + id + R"(", "response": "B"})" + "\n";
    write_file(folder_ / "p.jsonl", lines);
  }

  std::string data() const { return (folder_ / "data/MMBench_DEV_EN.tsv").string(); }

  Finished score(const std::string& more = "") const {
    return run_mono_eval("score --task mmbench_en_dev --profile vek --predictions " +
                         (folder_ / "p.jsonl").string() + " --data " + data() + " " + more);
  }

  Finished run(const std::string& more = "") const {
    return run_mono_eval("run --model p=" + (folder_ / "p.jsonl").string() +
                         " --tasks mmbench_en_dev --profile vek --data " + data() +
                         " --output-path " + (folder_ / "runs").string() + " " + more);
  }
};

void expect_parts(const Finished& finished, int exit_code, const std::vector<std::string>& parts) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.output;
  for (const auto& part : parts) {
    EXPECT_NE(finished.output.find(part), std::string::npos) << part << "\n" << finished.output;
  }
}

const std::vector<std::string> kReasons = {
    "MMBench_DEV_EN.tsv:3: index '1' was used before",
    "MMBench_DEV_EN.tsv:4: column 'answer': expected the letter of an option, A B, got 'C'",
    "MMBench_DEV_EN.tsv:5: column 'answer': expected the letter of an option, A B, got 'cat'",
    "MMBench_DEV_EN.tsv:6: column 'question' is not UTF-8",
    "MMBench_DEV_EN.tsv:7: column 'question': expected a text, got a missing value",
    "MMBench_DEV_EN.tsv:8: column 'image': expected base64 or the index of another row, got '99'"};

TEST_F(CliRowsTest, ScoreOfNoRowIsIncompleteWhateverTheErrorLimit) {
  const auto path = folder_ / "none.jsonl";
  write_file(path, R"({"index": 1, "question": "q", "answer": null, "prediction": "a"})"
                   "\n"
                   R"({"index": 2, "question": "q", "answer": "dog", "prediction": ["a"]})"
                   "\n");
  for (const auto* const more : {"", " --json"}) {
    expect_parts(run_mono_eval("score --task gqa --profile ivl --error-limit 5 --predictions " +
                               path.string() + more),
                 4, {"no row could be scored"});
  }
}

TEST_F(CliRowsTest, ScoreCountsBadRowsAsFailedAndGoesOn) {
  write_file(data(), bad_table());
  write_predictions({"1", "2", "3", "4", "5", "6", "7"});
  expect_parts(score(), 4, kReasons);
  expect_parts(score("--error-limit 5"), 4, {"2 of 8 rows scored"});
  expect_parts(score("--error-limit 6"), 0, {"2 of 8 rows scored"});
}

TEST_F(CliRowsTest, AFailedRotationIsOneFailureAndTheQuestionSaysSo) {
  write_file(data(), kHeader + row("1", "q", "B") + row("1000001", "q", "B") + row("2", "q", "B") +
                         row("1000002", "q", "C"));
  write_predictions({"1", "2", "1000001", "1000002"});
  expect_parts(score("--error-limit 1"), 0,
               {"2 of 4 rows scored", "2 read, 0 guessed, 0 unparsed, 0 unscored, 2 failed",
                "lies in [0.5, 1]", "row '2' failed: row '1000002' of its group failed"});
  expect_parts(score(), 4, {"2 failed"});
  expect_parts(run("--error-limit 1"), 0, {"2 read, 0 guessed, 0 unparsed, 0 unscored, 2 failed"});
}

TEST_F(CliRowsTest, AFailedRotationOfTheOnlyQuestionLeavesNoNumber) {
  write_file(data(),
             kHeader + row("1", "q", "B") + row("1000001", "q", "C") + row("2000001", "q", "B"));
  write_predictions({"1", "1000001", "2000001"});
  expect_parts(score(), 4, {"1 of 3 rows scored", "lies in [0, 1]"});
  expect_parts(run(), 4, {"1 read, 0 guessed, 0 unparsed, 0 unscored, 2 failed"});
}

TEST_F(CliRowsTest, RunKeepsEachBadRowWithItsReason) {
  write_file(data(), bad_table());
  write_predictions({"1", "2", "3", "4", "5", "6", "7"});
  expect_parts(run(), 4, kReasons);
  const auto samples = read_file(folder_ / "runs/p/mmbench_en_dev.vek/samples.jsonl");
  for (const auto& reason : kReasons) EXPECT_NE(samples.find(reason), std::string::npos) << reason;
  expect_parts(run("--error-limit 6"), 0, {"2/8"});
}

TEST_F(CliRowsTest, ValidateNamesEveryRowThatCannotBeAsked) {
  write_file(data(), bad_table());
  auto reasons = kReasons;
  reasons.emplace_back("row 7: ");  // its picture does not decode
  expect_parts(run_mono_eval("validate " + data() + " --task mmbench_en_dev --profile vek"), 3,
               reasons);
}

TEST_F(CliRowsTest, APictureThatDoesNotDecodeFailsItsRow) {
  write_file(data(), kHeader + row("1", "q", "B"));
  const auto finished = run_mono_eval("run --model small=" + checkpoint_.string() +
                                      " --tasks mmbench_en_dev --profile vek --data " + data() +
                                      " --output-path " + (folder_ / "runs").string());
  expect_parts(finished, 4, {"MMBench_DEV_EN.tsv: row '1': ", "1 rows failed"});
}

TEST_F(CliRowsTest, AMissingPredictionOrOneTooManyFailsItsRow) {
  write_file(data(), kHeader + row("1", "q", "B") + row("2", "q", "B") + row("3", "q", "B"));
  write_predictions({"1", "2", "2"});
  expect_parts(score(), 4,
               {"p.jsonl:3: id '2' was used before, at ", "p.jsonl:2", "no prediction in ", "'3'"});
  write_predictions({"1", "9"});
  expect_parts(score(), 3, {"p.jsonl", "'9'"});
}

TEST_F(CliRowsTest, ALineOfPredictionsThatCannotBeUsedFailsItsRow) {
  write_file(data(), kHeader + row("1", "q", "B") + row("2", "q", "B") + row("3", "q", "B"));
  for (const std::string bad : {R"({"id": "2", "response": NaN})", R"({"id": "2"})", "{"}) {
    write_file(folder_ / "p.jsonl", R"({"id": "1", "response": "B"})"
                                    "\n" +
                                        bad + "\n" + R"({"id": "3", "response": "B"})" + "\n");
    expect_parts(score(), 4, {"2 of 3 rows scored", "1 failed", "row '2' failed: ", "p.jsonl:2: "});
    expect_parts(score("--error-limit 1 --json"), 0, {"\"failed\": 1"});
    expect_parts(run("--no-resume"), 4, {"2/3", "1 failed", "p.jsonl:2: "});
  }
}

TEST_F(CliRowsTest, WhatSpoilsAWholeFileStopsTheProgram) {
  write_predictions({"1"});
  write_file(data(), "index\tA\tB\tanswer\timage\n1\tx\ty\tA\t" + picture() + "\n");
  expect_parts(score(), 3, {"MMBench_DEV_EN.tsv:1", "'question'"});
  write_file(data(), kHeader + row("1", "q\tone too many", "B"));
  expect_parts(score(), 3, {"MMBench_DEV_EN.tsv:2", "expected 7 fields, got 8"});
  write_file(data(), kHeader + row("1", "\"not closed", "B"));
  expect_parts(score(), 3, {"MMBench_DEV_EN.tsv:2", "not closed"});
}

TEST_F(CliRowsTest, AFileThatEndsWithinALineHasAFailedRow) {
  write_file(data(), kHeader + row("1", "q", "B") + row("2", "q", "B"));
  write_file(folder_ / "p.jsonl", "{\"id\": \"1\", \"response\": \"B\"}\n{\"id\":");
  expect_parts(score(), 4, {"1 of 2 rows scored", "p.jsonl:2", "ends within a row"});
}

TEST_F(CliRowsTest, ConvertKeepsTheTextsThatPandasWouldChange) {
  const std::vector<std::string> texts = {"N/A", "007", "1.50", "None", "1e3"};
  std::string table = "index\tquestion\tcategory\tanswer\tprediction\n";
  for (size_t i = 0; i < texts.size(); ++i) {
    table += std::to_string(i) + "\tq\t" + texts[i] + "\t" + texts[i] + "\tx\n";
  }
  write_file(folder_ / "p.tsv", table);
  const auto task = " --task gqa --profile vek ";
  const auto expected =
      run_mono_eval("score --rows --predictions " + (folder_ / "p.tsv").string() + task);
  const auto convert = [&](const std::string& format, const std::string& file) {
    return run_mono_eval("convert --from " + (folder_ / "p.tsv").string() + " --to " + format +
                         task + "--output " + file);
  };
  for (const std::string format : {"vlmevalkit-tsv", "lm-eval", "internvl-json"}) {
    const auto file = (folder_ / ("q." + format)).string();
    expect_parts(convert(format, file), 0, {"5 of 5 rows"});
    const auto written = read_file(file);
    for (const auto& text : texts) {
      EXPECT_NE(written.find(std::string("\"").append(text).append("\"")), std::string::npos)
          << format << text;
    }
    const auto scored = run_mono_eval("score --rows --predictions " + file + task);
    const auto rows_alone = [](const std::string& output) {
      return output.substr(0, output.find("\ngqa "));
    };
    EXPECT_EQ(rows_alone(scored.output), rows_alone(expected.output)) << format;
  }
}

TEST_F(CliRowsTest, ConvertAndSubmitWriteOverNothingThatTheyRead) {
  const auto path = (folder_ / "p.tsv").string();
  write_file(path, "index\tquestion\tanswer\tprediction\tcategory\n0\tq\ta\ta\tx\n");
  const auto before = read_file(path);
  expect_parts(
      run_mono_eval("convert --task gqa --to lm-eval --from " + path + " --output " + path), 2,
      {"--output: " + path + " is the file that --from reads"});
  expect_parts(run_mono_eval("submit --task docvqa --predictions " + path + " --output " + path), 2,
               {"--output: " + path + " is the file that --predictions reads"});
  EXPECT_EQ(read_file(path), before);
}

TEST_F(CliRowsTest, ConvertWritesRowsThatCannotBeScored) {
  write_file(folder_ / "p.jsonl", R"({"answer": "A", "gt_answers": "A", "image_path": "1.png"})");
  const auto path = (folder_ / "p.jsonl").string();
  expect_parts(run_mono_eval("score --task scienceqa --profile vek --predictions " + path), 4,
               {"0 of 1 rows scored", "options", "--data"});
  expect_parts(run_mono_eval("convert --task scienceqa --to vlmevalkit-tsv --from " + path +
                             " --output " + path + ".tsv"),
               0, {"1 of 1 rows"});
}

TEST_F(CliRowsTest, ConvertGivesAnotherToolsFileThatScoresTheSame) {
  write_file(data(), kHeader + row("1", "q", "B") + row("2", "q", "A"));
  write_predictions({"1", "2"});
  const auto expected = score("--rows --json");
  ASSERT_EQ(expected.exit_code, 0) << expected.output;
  const auto convert = [&](const std::string& format, const std::string& file) {
    return run_mono_eval("convert --from " + (folder_ / "p.jsonl").string() + " --to " + format +
                         " --task mmbench_en_dev --data " + data() + " --output " + file);
  };
  for (const std::string format :
       {"vlmevalkit-xlsx", "vlmevalkit-tsv", "lm-eval", "lmms-eval", "samples"}) {
    const auto file = (folder_ / ("p." + format)).string();
    expect_parts(convert(format, file), 0, {"2 of 2 rows written as " + format});
    const auto scored = run_mono_eval("score --task mmbench_en_dev --profile vek --predictions " +
                                      file + " --data " + data() + " --rows --json");
    const auto without_format = [](std::string text) {
      const size_t begin = text.find("\"format\":");
      return text.erase(begin, text.find('\n', begin) - begin);
    };
    EXPECT_EQ(without_format(scored.output), without_format(expected.output)) << format;
  }
  expect_parts(run_mono_eval("convert --from x --to internvl-json --task mmbench_en_dev --data " +
                             data() + " --output y"),
               3, {"x"});
}

}  // namespace
}  // namespace mono::tests
