// JSON whose lists and objects lie deeper within one another than the stack reaches, wherever the
// program reads JSON: one message that names the file, no crash.

#include <cstdint>
#include <cstring>
#include <string>

#include "tests/run_maker.h"

namespace mono::tests {
namespace {

constexpr const char* kReason =
    "expected at most 100 lists and objects within one another, got more";

std::string nested() {
  constexpr size_t kDepth = 200'000;
  return std::string(kDepth, '[') + std::string(kDepth, ']');
}

void expect_refusal(const Finished& finished, int exit_code, const std::string& place) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.output.substr(0, 2000);
  EXPECT_NE(finished.output.find(place + kReason), std::string::npos)
      << finished.output.substr(0, 2000);
}

using CliDeepJsonTest = ProgramTest;

TEST_F(CliDeepJsonTest, InAFileOfACheckpoint) {
  for (const auto* const name :
       {"config.json", "tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"}) {
    const auto folder = copy_of_checkpoint();
    write_file(folder / name, "{\n\"architectures\": " + nested() + "}");
    expect_refusal(run_mono_eval("validate " + folder.string()), 3,
                   std::string(name) + ": line 2: ");
    std::filesystem::remove_all(folder);
  }
}

TEST_F(CliDeepJsonTest, InAHeaderOfSafetensors) {
  const auto folder = copy_of_checkpoint();
  const auto header = R"({"a":{"dtype":"U8","shape":)" + nested() + "}}";
  const uint64_t size = header.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  write_file(folder / "model.safetensors", bytes + header);
  expect_refusal(run_mono_eval("validate " + folder.string()), 3,
                 "model.safetensors: the header: line 1: ");
}

TEST_F(CliDeepJsonTest, InOneLineOfPredictions) {
  const std::string begin =
      R"({"question": "q", "category": "Regular Text Recognition", "index": )";
  const auto expect_one_failed_row = [&](const std::string& bad) {
    write_file(folder_ / "p.jsonl", begin + R"(0, "answer": "['x']", "prediction": "x"})" + "\n" +
                                        begin + "1, " + bad + "}\n");
    expect_refusal(run_mono_eval("score --task ocrbench --profile vek --error-limit 1 "
                                 "--predictions " +
                                 (folder_ / "p.jsonl").string()),
                   0, "p.jsonl:2: ");
  };
  expect_one_failed_row(R"("answer": "x", "prediction": )" + nested());
  expect_one_failed_row(R"("prediction": "x", "answer": )" + nested());
}

TEST_F(CliDeepJsonTest, InAListOfPredictions) {
  write_file(folder_ / "p.json",
             "[{\"question_id\": 1, \"annotation\": \"a\",\n\"answer\": " + nested() + "}]");
  expect_refusal(run_mono_eval("score --task textvqa --profile ivl --predictions " +
                               (folder_ / "p.json").string()),
                 3, "p.json: line 2: ");
}

TEST_F(CliDeepJsonTest, InAFileOfARun) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("run", {.rows = 3}).exit_code, 0);
  edit_file(runs.task_folder("run") / "samples.jsonl", "\"response\":\"w1x\"",
            "\"response\":" + nested());
  expect_refusal(runs.run("run", {.rows = 3}), 3, "samples.jsonl:3: ");
}

TEST_F(CliDeepJsonTest, InAFileThatOnlyComparesRead) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("run", {.rows = 3}).exit_code, 0);
  for (const char* const name : {"results.json", "environment.json"}) {
    const auto file = runs.run_folder("run") / name;
    const auto before = read_file(file);
    edit_file(file, "\"schema\":", "\"deep\": " + nested() + ",\n\"schema\":");
    for (const std::string& verb :
         {"compare " + runs.run_folder("run").string(), std::string("report")}) {
      const auto finished = run_mono_eval(verb + " " + (folder_ / "run").string());
      EXPECT_EQ(finished.exit_code, 3) << verb << finished.output.substr(0, 2000);
      EXPECT_NE(finished.output.find(std::string(name) + ": line "), std::string::npos)
          << finished.output.substr(0, 2000);
      EXPECT_NE(finished.output.find(kReason), std::string::npos);
    }
    write_file(file, before);
  }
}

}  // namespace
}  // namespace mono::tests
