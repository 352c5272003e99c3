// A run that is killed and started again ends with the same bytes as one that was not.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/program.h"

extern char** environ;

namespace mono::tests {
namespace {

class CliResumeTest : public ProgramTest {
 protected:
  /// Starts mono-eval and sends it a signal after `milliseconds`, if it still runs.
  /// \returns what waitpid says of its end.
  static int run_and_signal(const std::vector<std::string>& arguments, int milliseconds,
                            int signal) {
    std::vector<std::string> copy = {MONO_EVAL_BINARY};
    copy.insert(copy.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& argument : copy) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, MONO_EVAL_BINARY, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  /// \returns true if it was killed before its end.
  static bool run_and_kill(const std::vector<std::string>& arguments, int milliseconds) {
    return WIFSIGNALED(run_and_signal(arguments, milliseconds, SIGKILL));
  }

  /// Predictions and data of `count` rows, for the replay adapter.
  void write_replay_rows(int count) const {
    std::string picture;  // 64 characters or fewer would name another row
    for (int i = 0; i < 20; ++i) picture += "QUJD";
    std::string table = "index\timage\tquestion\tanswer\n", predictions;
    for (int i = 0; i < count; ++i) {
      const auto id = std::to_string(i);
      const std::string list = "['a" + id + "', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b']";
      table += id + "\t" + picture + "\twhat is " + id + "?\t\"" + list + "\"\n";
      predictions += R"({"index": )" + id + R"(, "question": "what is )" + id +
                     R"(?", "answer": ")" + list + R"(", "prediction": ")" +
                     (i % 3 == 0 ? "a" + id : "b") + "\"}\n";
    }
    write_file(folder_ / "data/TextVQA_VAL.tsv", table);
    write_file(folder_ / "predictions.jsonl", predictions);
  }

  std::vector<std::string> replay_arguments(const std::string& output) const {
    return {"run",
            "--model",
            "vila=" + (folder_ / "predictions.jsonl").string(),
            "--tasks",
            "textvqa",
            "--profile",
            "vek",
            "--data",
            (folder_ / "data").string(),
            "--output-path",
            (folder_ / output).string()};
  }

  std::string samples(const std::string& output) const {
    return read_file(folder_ / output / "vila/textvqa.vek/samples.jsonl");
  }

  static std::string command_line(const std::vector<std::string>& arguments) {
    std::string line;
    for (const auto& argument : arguments) line += argument + " ";
    return line;
  }
};

TEST_F(CliResumeTest, KilledReplayEndsWithTheSameBytes) {
  write_replay_rows(20000);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("whole"))).exit_code, 0);
  const auto expected = samples("whole");
  ASSERT_FALSE(expected.empty());
  int killed = 0;
  for (int delay = 60; delay <= 900; delay += 60) {
    killed += run_and_kill(replay_arguments("cut"), delay) ? 1 : 0;
  }
  EXPECT_GT(killed, 0) << "no run was killed before its end";
  const auto finished = run_mono_eval(command_line(replay_arguments("cut")));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(samples("cut") == expected) << "the samples files differ";
}

TEST_F(CliResumeTest, KilledCheckpointRunEndsWithTheSameBytes) {
  const auto arguments = [&](const std::string& output) {
    return std::vector<std::string>{"run",
                                    "--model",
                                    "small=" + checkpoint_.string(),
                                    "--tasks",
                                    "ocrbench",
                                    "--profile",
                                    "vek",
                                    "--max-new-tokens",
                                    "16",
                                    "--data",
                                    rows_.string(),
                                    "--output-path",
                                    (folder_ / output).string()};
  };
  const auto file = [&](const std::string& output) {
    return read_file(folder_ / output / "small/ocrbench.vek/samples.jsonl");
  };
  ASSERT_EQ(run_mono_eval(command_line(arguments("whole"))).exit_code, 0);
  for (const int delay : {1500, 2500, 4000}) run_and_kill(arguments("cut"), delay);
  const auto finished = run_mono_eval(command_line(arguments("cut")));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(file("cut") == file("whole")) << "the samples files differ";
}

TEST_F(CliResumeTest, InterruptedRunSaysSoAndCanBeResumed) {
  write_replay_rows(20000);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("whole"))).exit_code, 0);
  int status = 0;
  for (int delay = 700; delay >= 100; delay -= 100) {  // the first that comes before its end
    status = run_and_signal(replay_arguments("cut"), delay, SIGINT);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 130) break;
  }
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("cut"))).exit_code, 0);
  EXPECT_TRUE(samples("cut") == samples("whole")) << "the samples files differ";
}

TEST_F(CliResumeTest, ChangedPredictionsUnderAResumedRunAreRefused) {
  write_replay_rows(10);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("runs"))).exit_code, 0);
  write_file(folder_ / "predictions.jsonl",
             read_file(folder_ / "predictions.jsonl").replace(0, 11, "{\"index\":  0"));
  const auto finished = run_mono_eval(command_line(replay_arguments("runs")));
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  EXPECT_NE(finished.output.find("model_fingerprint"), std::string::npos) << finished.output;
}

TEST_F(CliResumeTest, ASmallerLimitKeepsTheRowsOfALargerOne) {
  write_replay_rows(10);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("runs"))).exit_code, 0);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("runs")) + "--limit 4").exit_code, 0);
  const auto text = samples("runs");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("again"))).exit_code, 0);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("runs"))).exit_code, 0);
  EXPECT_EQ(samples("runs"), samples("again"));
}

}  // namespace
}  // namespace mono::tests
