// A run folder that is in use, damaged or another run's: named, and resolved or refused.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/run_maker.h"
#include "tests/written_run.h"

namespace mono::tests {
namespace {

namespace fs = std::filesystem;

using CliDamageTest = ProgramTest;

TEST_F(CliDamageTest, ASecondProcessInTheFolderIsRefusedByName) {
  const RunMaker runs(folder_);
  const auto arguments = runs.arguments("run", {.rows = 20});
  fs::create_directories(runs.run_folder("run"));
  // flock(1) holds the lock as a running process would.
  const auto lock = (runs.run_folder("run") / ".lock").string();
  const auto refused = run_command("printf '4711\\n' > " + lock + " && flock " + lock +
                                   " " MONO_EVAL_BINARY " " + arguments);
  EXPECT_EQ(refused.exit_code, 3) << refused.output;
  EXPECT_NE(refused.output.find("another process (process 4711) is writing this run"),
            std::string::npos)
      << refused.output;
  EXPECT_EQ(run_mono_eval(arguments).exit_code, 0);
}

TEST_F(CliDamageTest, WhatIsDamagedIsNamed) {
  const RunMaker runs(folder_);
  const auto arguments = runs.arguments("run", {.rows = 20});
  ASSERT_EQ(run_mono_eval(arguments).exit_code, 0);
  const auto samples = runs.task_folder("run") / "samples.jsonl";
  const auto whole = read_file(samples);
  const auto expected = written(runs, "run");
  const auto refused = [&](const std::string& from, const std::string& to,
                           const std::string& message) {
    write_file(samples, whole);
    edit_file(samples, from, to);
    const auto finished = run_mono_eval(arguments);
    EXPECT_EQ(finished.exit_code, 3) << finished.output;
    EXPECT_NE(finished.output.find(message), std::string::npos) << finished.output;
  };
  refused("{\"id\":\"7\"", "{\"id\":\"6\"", "samples.jsonl:9: id '6' is already in line 8");
  refused("{\"id\":\"7\"", "{\"id\":7", "samples.jsonl:9: a row has no text 'id'");
  for (const auto* const other : {"null", "7", "[]"}) {
    refused("\"response\":\"w7x\"", std::string("\"response\":") + other,
            "samples.jsonl:9: a row has no text 'response'");
    refused("\"error\":\"\"", std::string("\"error\":") + other,
            "samples.jsonl:2: a row has no text 'error'");
  }
  refused("\"profile_version\":2", "\"profile_version\":3",
          "'profile_version' is 3, this run's is 2");
  refused("\"schema_version\":\"1.1\"", "\"schema_version\":\"2.0\"",
          "schema version 2.0 of mono-eval.samples; this program reads 1.x");
  refused("\"schema\":\"mono-eval.samples\"", "\"schema\":\"other\"",
          "expected a file of schema 'mono-eval.samples', got 'other'");
  refused("\"data_sha256\":\"", "\"data_sha256\":\"0", "'data_sha256'");
  refused("\"registration\":\"v2.0\"", "\"registration\":\"v1.5\"", "'registration'");
  refused("\"model_fingerprint\":\"", "\"model_fingerprint\":\"0", "'model_fingerprint'");

  write_file(samples, whole.substr(0, whole.size() - 5));
  const auto torn = run_mono_eval(arguments);
  EXPECT_EQ(torn.exit_code, 0) << torn.output;
  EXPECT_NE(torn.output.find("samples.jsonl:21: "), std::string::npos) << torn.output;
  expect_same(written(runs, "run"), expected);
}

TEST_F(CliDamageTest, ARunOfANewerMinorSchemaGoesOn) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("run", {.rows = 20}, "--limit 5").exit_code, 0);
  const auto samples = runs.task_folder("run") / "samples.jsonl";
  edit_file(samples, "\"schema_version\":\"1.1\"", "\"schema_version\":\"1.7\"");
  const auto finished = runs.run("run", {.rows = 20});
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_EQ(ids_of(samples).size(), 20U);
  EXPECT_TRUE(lines_of(samples).front().find("\"schema_version\":\"1.7\"") != std::string::npos);
}

TEST_F(CliDamageTest, TasksOfOneModelAddUpAndThoseOfAnotherAreRefused) {
  const RunMaker runs(folder_);
  ASSERT_EQ(runs.run("run", {.rows = 20}).exit_code, 0);
  ASSERT_EQ(runs.run("run", {.rows = 20}, "--profile vek-2024").exit_code, 0);
  const auto results = json::parse(read_file(runs.run_folder("run") / "results.json"));
  EXPECT_EQ(results["ext"]["tasks"].size(), 2U);
  EXPECT_EQ(results["results"].size(), 2U);
  EXPECT_EQ(results["ext"]["status"], "complete");
  const auto refused = runs.run("run", {.rows = 20, .num_wrong = 1}, "--no-resume");
  EXPECT_EQ(refused.exit_code, 3) << refused.output;
  EXPECT_NE(refused.output.find("tasks of another checkpoint: 'model_sha'"), std::string::npos)
      << refused.output;
}

}  // namespace
}  // namespace mono::tests
