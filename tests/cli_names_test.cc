// Names of files and folders that are no UTF-8, which JSON always is, through the real program.

#include <nlohmann/json.hpp>
#include <string>

#include "tests/base64_text.h"
#include "tests/program.h"

namespace mono::tests {
namespace {

using CliNamesTest = ProgramTest;

Finished said(const std::string& arguments) {
  return run_command(std::string(MONO_EVAL_BINARY).append(" ").append(arguments));
}

void expect_json(const Finished& finished, int exit_code, const std::string& part) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.output;
  EXPECT_NE(finished.output.find(part), std::string::npos) << finished.output;
  EXPECT_TRUE(nlohmann::json::accept(finished.output)) << finished.output;
}

TEST_F(CliNamesTest, AFaultyRowOfSuchAFileIsNamedAndTheOthersAreAsked) {
  const auto picture = base64_text(std::string(60, 'p'));
  const auto file = (folder_ / "o\xFF.tsv").string();
  write_file(file, "index\tquestion\tA\tB\tanswer\timage\n1\tq\tx\ty\tB\t" + picture +
                       "\n2\tq\tx\ty\tE\t" + picture + "\n");
  write_file(folder_ / "p.jsonl",
             "{\"id\": \"1\", \"response\": \"B\"}\n{\"id\": \"2\", \"response\": \"B\"}\n");
  const auto run = "run --model p=" + (folder_ / "p.jsonl").string() +
                   " --tasks mmbench_en_dev --profile vek --data " + file + " --output-path " +
                   (folder_ / "runs").string();
  for (int i = 0; i < 2; ++i) {  // the second call goes on with what the first left
    const auto finished = said(run);
    EXPECT_EQ(finished.exit_code, 4) << finished.output;
    for (const auto* const part : {"1/2", "o\xEF\xBF\xBD.tsv:3", "1 rows failed"}) {
      EXPECT_NE(finished.output.find(part), std::string::npos) << part << "\n" << finished.output;
    }
  }
  expect_json(said("validate --json --task mmbench_en_dev --profile vek " + file), 3,
              "o\xEF\xBF\xBD.tsv:3");
}

TEST_F(CliNamesTest, ACheckpointInSuchAFolderIsDescribed) {
  const auto folder = copy_of_checkpoint();
  std::filesystem::remove(folder / "tokenizer.model");
  const auto renamed = folder_ / "checkpoint\xFF";
  std::filesystem::rename(folder, renamed);
  expect_json(said("validate --json " + renamed.string()), 3, "no tokenizer.model");
  expect_json(said("validate --json --full " + renamed.string()), 3, "no tokenizer.model");
}

}  // namespace
}  // namespace mono::tests
