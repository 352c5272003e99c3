// Runs that are killed at random moments, run out of disk or may not write: what they leave behind,
// resumed, is what an undisturbed run writes, to the byte. MONO_KILLS sets how many kills (20).

#include <signal.h>
#include <spawn.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "tests/run_maker.h"

extern char** environ;

namespace mono::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr Answers kAnswers = {.rows = 8000, .first_wrong = 100, .num_wrong = 50};

std::vector<std::string> lines_of(const fs::path& path) {
  std::istringstream text(read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// The ids of a file of rows, in order; a torn last line and the header have none.
std::vector<std::string> ids_of(const fs::path& path) {
  std::vector<std::string> ids;
  for (const auto& line : lines_of(path)) {
    const auto row = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (row.is_object() && row.contains("id")) ids.push_back(row["id"]);
  }
  return ids;
}

/// What a finished run wrote, its times left out.
struct Written {
  std::string samples{};
  std::vector<std::string> timed{};  // ids
  json results{};
  std::string environment{};
  bool operator==(const Written&) const = default;
};

Written written(const RunMaker& runs, const std::string& name) {
  Written all;
  all.samples = read_file(runs.task_folder(name) / "samples.jsonl");
  all.timed = ids_of(runs.task_folder(name) / "timings.jsonl");
  all.results = json::parse(read_file(runs.run_folder(name) / "results.json"));
  all.results.erase("date");
  all.results.erase("total_evaluation_time_seconds");
  all.environment = read_file(runs.run_folder(name) / "environment.json");
  return all;
}

void expect_same(const Written& actual, const Written& expected) {
  EXPECT_TRUE(actual.samples == expected.samples) << "samples.jsonl differs";
  EXPECT_TRUE(actual.timed == expected.timed) << "timings.jsonl has other rows";
  EXPECT_EQ(actual.results, expected.results);
  EXPECT_EQ(actual.environment, expected.environment);
}

class CliKillTest : public ProgramTest {
 protected:
  /// Starts the program and kills it after `delay`.
  /// \returns true if it was killed before its end.
  static bool run_and_kill(const std::string& arguments, std::chrono::microseconds delay) {
    auto command = std::string("exec " MONO_EVAL_BINARY " ") + arguments + " >/dev/null 2>&1";
    std::string shell = "/bin/sh", flag = "-c";
    char* const argv[] = {shell.data(), flag.data(), command.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, shell.c_str(), nullptr, nullptr, argv, environ), 0);
    std::this_thread::sleep_for(delay);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  }

  static int num_kills() {
    const char* const given = std::getenv("MONO_KILLS");
    return given != nullptr ? std::atoi(given) : 20;
  }

  /// No row twice, and no results.json that calls this run finished.
  void expect_visibly_partial(const RunMaker& runs) const {
    const auto ids = ids_of(runs.task_folder("run") / "samples.jsonl");
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
    const auto text = read_file(runs.run_folder("run") / "results.json");
    if (text.empty()) return;
    const auto results = json::parse(text);
    if (results["ext"]["status"] == "complete") {
      EXPECT_EQ(ids.size(), static_cast<size_t>(kAnswers.rows));
    } else {
      EXPECT_TRUE(results["results"].empty());
    }
  }
};

TEST_F(CliKillTest, KilledAtRandomMomentsItLosesAndDoublesNoRow) {
  const RunMaker runs(folder_);
  const auto arguments = runs.arguments("run", kAnswers);
  const auto begin = Clock::now();
  ASSERT_EQ(run_mono_eval(arguments).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  const auto expected = written(runs, "run");
  ASSERT_EQ(expected.timed.size(), static_cast<size_t>(kAnswers.rows));
  fs::remove_all(runs.run_folder("run"));

  std::mt19937_64 random(42);
  int kills = 0, finished = 0;
  while (kills < num_kills()) {
    const std::chrono::microseconds delay(random() % static_cast<uint64_t>(whole.count()));
    if (run_and_kill(arguments, delay)) {
      ++kills;
      expect_visibly_partial(runs);
      continue;
    }
    ++finished;
    expect_same(written(runs, "run"), expected);
    fs::remove_all(runs.run_folder("run"));
  }
  ASSERT_EQ(run_mono_eval(arguments).exit_code, 0);
  expect_same(written(runs, "run"), expected);
  std::printf("%d kills; %d runs ended between them, and one after\n", kills, finished);
}

/// A small file system of its own, where the test may mount one.
class SmallDisk {
 public:
  SmallDisk(fs::path folder, const std::string& options) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    is_mounted_ =
        run_command("mount -t tmpfs -o " + options + " tmpfs " + folder_.string()).exit_code == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) run_command("umount " + folder_.string());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  void remount(const std::string& options) const {
    ASSERT_EQ(run_command("mount -o remount," + options + " " + folder_.string()).exit_code, 0);
  }

 private:
  fs::path folder_;
  bool is_mounted_ = false;
};

TEST_F(CliKillTest, AFullDiskAndAReadOnlyFolderLoseNothing) {
  const SmallDisk disk(folder_ / "run", "size=64m");
  if (!disk.is_mounted()) GTEST_SKIP() << "a small tmpfs needs the right to mount";
  const RunMaker runs(folder_);
  const auto arguments = runs.arguments("run", kAnswers);
  ASSERT_EQ(run_mono_eval(arguments).exit_code, 0);
  const auto expected = written(runs, "run");
  fs::remove_all(runs.run_folder("run"));

  for (const char* const size : {"size=8k", "size=64k", "size=600k", "size=2m", "size=4m"}) {
    disk.remount(size);
    const auto full = run_mono_eval(arguments);
    EXPECT_EQ(full.exit_code, 3) << size << full.output;
    EXPECT_NE(full.output.find("No space left on device"), std::string::npos) << full.output;
    expect_visibly_partial(runs);
    const auto samples = read_file(runs.task_folder("run") / "samples.jsonl");
    EXPECT_TRUE(samples.empty() || samples.ends_with("\n")) << size;
  }
  disk.remount("ro,size=64m");
  const auto read_only = run_mono_eval(arguments);
  EXPECT_EQ(read_only.exit_code, 3) << read_only.output;
  EXPECT_NE(read_only.output.find("Read-only file system"), std::string::npos) << read_only.output;
  disk.remount("rw,size=64m");
  ASSERT_EQ(run_mono_eval(arguments).exit_code, 0);
  expect_same(written(runs, "run"), expected);
}

TEST_F(CliKillTest, ASecondProcessInTheFolderIsRefusedByName) {
  const RunMaker runs(folder_);
  const auto arguments = runs.arguments("run", kAnswers);
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

TEST_F(CliKillTest, WhatIsDamagedIsNamed) {
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
  refused("\"profile_version\":1", "\"profile_version\":2",
          "'profile_version' is 2, this run's is 1");
  refused("\"data_sha256\":\"", "\"data_sha256\":\"0", "'data_sha256'");
  refused("\"registration\":\"v2.0\"", "\"registration\":\"v1.5\"", "'registration'");
  refused("\"model_fingerprint\":\"", "\"model_fingerprint\":\"0", "'model_fingerprint'");

  write_file(samples, whole.substr(0, whole.size() - 5));
  const auto torn = run_mono_eval(arguments);
  EXPECT_EQ(torn.exit_code, 0) << torn.output;
  EXPECT_NE(torn.output.find("samples.jsonl:21: "), std::string::npos) << torn.output;
  expect_same(written(runs, "run"), expected);
}

TEST_F(CliKillTest, TasksOfOneModelAddUpAndThoseOfAnotherAreRefused) {
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
