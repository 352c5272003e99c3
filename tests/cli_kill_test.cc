// Runs that are killed at random moments, run out of disk or may not write: what they leave behind,
// resumed, is what an undisturbed run writes, to the byte. MONO_KILLS sets how many kills (20).

#include <signal.h>
#include <spawn.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "tests/run_maker.h"
#include "tests/small_disk.h"
#include "tests/written_run.h"

namespace mono::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr Answers kAnswers = {.rows = 8000, .first_wrong = 100, .num_wrong = 50};

/// Where kills hit a run.
struct Moments {
  int before_rows = 0;
  int among_rows = 0;
  int behind_rows = 0;

  int sum() const { return before_rows + among_rows + behind_rows; }
  void add(size_t rows_on_disk, size_t num_rows) {
    if (rows_on_disk == 0) {
      ++before_rows;
    } else if (rows_on_disk < num_rows) {
      ++among_rows;
    } else {
      ++behind_rows;
    }
  }
};

size_t bytes_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

class CliKillTest : public ProgramTest {
 protected:
  /// Starts the program and kills it as soon as `is_time` says so.
  /// \returns true if it was killed before its end.
  static bool run_and_kill(const std::string& arguments, const std::function<bool()>& is_time) {
    auto command = std::string("exec " MONO_EVAL_BINARY " ") + arguments + " >/dev/null 2>&1";
    std::string shell = "/bin/sh", flag = "-c";
    char* const argv[] = {shell.data(), flag.data(), command.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, shell.c_str(), nullptr, nullptr, argv, environ), 0);
    int status = 0;
    while (!is_time()) {
      if (waitpid(child, &status, WNOHANG) == child) return false;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  }

  /// A random moment of a run: half of them by the clock, up to `longest`, half by how much of the
  /// rows is written, because most of a short run is its beginning and its end.
  std::function<bool()> random_moment(const RunMaker& runs, Clock::duration longest,
                                      size_t all_bytes) {
    if (random_() % 2 == 0) {
      const auto delay = random_() % static_cast<uint64_t>(longest.count());
      return [end = Clock::now() + Clock::duration(delay)] { return Clock::now() >= end; };
    }
    const auto samples = runs.task_folder("run") / "samples.jsonl";
    const auto written = bytes_of(samples);
    const auto wanted = written + random_() % (all_bytes - std::min(all_bytes - 1, written));
    return [=] { return bytes_of(samples) > wanted; };
  }

  static int num_kills() {
    const char* const given = std::getenv("MONO_KILLS");
    return given != nullptr ? std::stoi(given) : 20;
  }

  /// No row twice, and no results.json that calls this run finished.
  /// \returns how many rows there are.
  static size_t expect_visibly_partial(const RunMaker& runs, size_t num_rows) {
    const auto ids = ids_of(runs.task_folder("run") / "samples.jsonl");
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
    const auto text = read_file(runs.run_folder("run") / "results.json");
    if (text.empty()) return ids.size();
    const auto results = json::parse(text);
    if (results["ext"]["status"] == "complete") {
      EXPECT_EQ(ids.size(), num_rows);
    } else {
      EXPECT_TRUE(results["results"].empty());
    }
    return ids.size();
  }

  /// Makes a run, then the same one killed so many times and resumed each time; one that ends is
  /// compared and begun anew.
  Moments kill_and_resume(const RunMaker& runs, const std::string& arguments, int kills);

 private:
  std::mt19937_64 random_{42};
};

Moments CliKillTest::kill_and_resume(const RunMaker& runs, const std::string& arguments,
                                     int kills) {
  const auto begin = Clock::now();
  EXPECT_EQ(run_mono_eval(arguments).exit_code, 0);
  const auto whole = Clock::now() - begin;
  const auto expected = written(runs, "run");
  const size_t num_rows = expected.timed.size();
  EXPECT_GT(num_rows, 0U);
  fs::remove_all(runs.run_folder("run"));

  int finished = 0;
  size_t rows_before = 0;
  Moments moments;
  while (moments.sum() < kills) {
    if (run_and_kill(arguments, random_moment(runs, whole, expected.samples.size()))) {
      const auto rows = expect_visibly_partial(runs, num_rows);
      EXPECT_GE(rows, rows_before) << "rows were lost";
      rows_before = rows;
      moments.add(rows, num_rows);
      continue;
    }
    rows_before = 0;
    ++finished;
    expect_same(written(runs, "run"), expected);
    fs::remove_all(runs.run_folder("run"));
  }
  EXPECT_EQ(run_mono_eval(arguments).exit_code, 0);
  expect_same(written(runs, "run"), expected);
  std::printf(
      "%d kills: %d before the first row was written, %d among the rows, %d behind the "
      "last; %d runs ended between them, and one after\n",
      moments.sum(), moments.before_rows, moments.among_rows, moments.behind_rows, finished);
  return moments;
}

TEST_F(CliKillTest, KilledAtRandomMomentsItLosesAndDoublesNoRow) {
  const RunMaker runs(folder_);
  const auto moments = kill_and_resume(runs, runs.arguments("run", kAnswers), num_kills());
  EXPECT_GT(moments.among_rows, 0);
}

TEST_F(CliKillTest, ACheckpointThatAnswersRowsTogetherLosesAndDoublesNone) {
  const RunMaker runs(folder_);
  const auto arguments = "run --model made=" + checkpoint_.string() +
                         " --tasks ocrbench --profile vek --max-new-tokens 8 --batch-size 1 "
                         "--data " +
                         rows_.string() + " --output-path " + (folder_ / "run").string();
  kill_and_resume(runs, arguments, std::max(2, num_kills() / 10));
}

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
    expect_visibly_partial(runs, kAnswers.rows);
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

}  // namespace
}  // namespace mono::tests
