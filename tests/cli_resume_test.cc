// A run that is killed and started again ends with the same bytes as one that was not.

#include <algorithm>
#include <chrono>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/program.h"
#include "tests/spawned_program.h"

namespace mono::tests {
namespace {

class CliResumeTest : public ProgramTest {
 protected:
  /// Starts mono-eval and kills it once its log has so many lines.
  /// \returns true if it was killed before its end.
  static bool run_and_kill_at(const std::vector<std::string>& arguments, long num_lines,
                              const std::function<long()>& lines_now) {
    const auto child = start(arguments);
    while (lines_now() < num_lines && !has_ended(child)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return WIFSIGNALED(signal_and_wait(child, SIGKILL));
  }

  /// Predictions and data of `count` rows, for the replay adapter.
  void write_replay_rows(int count) const {
    std::string picture;  // 64 characters or fewer would name another row
    for (int i = 0; i < 20; ++i) picture += "QUJD";
    std::ostringstream table, predictions;
    table << "index\timage\tquestion\tanswer\n";
    for (int i = 0; i < count; ++i) {
      std::ostringstream list;
      list << "['a" << i << "', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b']";
      table << i << "\t" << picture << "\twhat is " << i << "?\t\"" << list.str() << "\"\n";
      predictions << R"({"index": )" << i << R"(, "question": "what is )" << i
                  << R"(?", "answer": ")" << list.str() << R"(", "prediction": ")";
      if (i % 3 == 0) {
        predictions << "a" << i << "\"}\n";
      } else {
        predictions << "b\"}\n";
      }
    }
    write_file(folder_ / "data/TextVQA_VAL.tsv", table.str());
    write_file(folder_ / "predictions.jsonl", predictions.str());
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

  std::vector<std::string> checkpoint_arguments(const std::string& output) const {
    return {"run",
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
  }

  std::string checkpoint_samples(const std::string& output) const {
    return read_file(folder_ / output / "small/ocrbench.vek/samples.jsonl");
  }

  static long num_lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }

  long lines(const std::string& output) const { return num_lines_of(checkpoint_samples(output)); }

  static std::vector<std::string> one_at_a_time(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--batch-size", "1"});
    return arguments;
  }

  std::string samples(const std::string& output) const {
    return read_file(folder_ / output / "vila/textvqa.vek/samples.jsonl");
  }

  static void expect_refused(const std::vector<std::string>& arguments,
                             const std::string& message) {
    const auto finished = run_mono_eval(command_line(arguments));
    EXPECT_EQ(finished.exit_code, 3) << finished.output;
    EXPECT_NE(finished.output.find(message), std::string::npos) << finished.output;
  }

  static std::string command_line(const std::vector<std::string>& arguments) {
    std::string line;
    for (const auto& argument : arguments) line += argument + " ";
    return line;
  }
};

TEST_F(CliResumeTest, KilledReplayEndsWithTheSameBytes) {
  constexpr long kRows = 20000;
  write_replay_rows(kRows);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("whole"))).exit_code, 0);
  const auto expected = samples("whole");
  ASSERT_FALSE(expected.empty());
  int killed = 0;
  for (long num_lines = 2; num_lines <= kRows; num_lines += kRows / 5) {
    const auto before = num_lines_of(samples("cut"));
    const bool was_killed = run_and_kill_at(replay_arguments("cut"), num_lines,
                                            [&] { return num_lines_of(samples("cut")); });
    const auto now = num_lines_of(samples("cut"));
    killed += was_killed && now > std::max(1L, before) && now <= kRows ? 1 : 0;
  }
  EXPECT_GE(killed, 3) << "too few runs were killed between their first row and their last";
  const auto finished = run_mono_eval(command_line(replay_arguments("cut")));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(samples("cut") == expected) << "the samples files differ";
}

TEST_F(CliResumeTest, KilledCheckpointRunEndsWithTheSameBytes) {
  ASSERT_EQ(run_mono_eval(command_line(checkpoint_arguments("whole"))).exit_code, 0);
  int killed = 0;
  for (const long num_lines : {1, 2, 3, 4}) {
    killed += run_and_kill_at(one_at_a_time(checkpoint_arguments("cut")), num_lines,
                              [&] { return lines("cut"); })
                  ? 1
                  : 0;
  }
  EXPECT_GT(killed, 0) << "no run was killed before its end";
  EXPECT_LT(lines("cut"), 6) << "nothing was left to resume";
  const auto finished = run_mono_eval(command_line(checkpoint_arguments("cut")));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(checkpoint_samples("cut") == checkpoint_samples("whole"))
      << "the samples files differ";
}

TEST_F(CliResumeTest, InterruptedRunSaysSoAndCanBeResumed) {
  const auto child = start(one_at_a_time(checkpoint_arguments("cut")));
  for (int i = 0; i < 1200 && lines("cut") < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const int status = signal_and_wait(child, SIGINT);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_LT(lines("cut"), 6);
  ASSERT_EQ(run_mono_eval(command_line(checkpoint_arguments("cut"))).exit_code, 0);
  EXPECT_EQ(lines("cut"), 6);
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

TEST_F(CliResumeTest, ChangedDataUnderAResumedRunIsRefused) {
  write_replay_rows(10);
  ASSERT_EQ(run_mono_eval(command_line(replay_arguments("runs"))).exit_code, 0);
  const auto before = samples("runs");
  const auto results = read_file(folder_ / "runs/vila/results.json");
  const auto data = folder_ / "data/TextVQA_VAL.tsv";
  auto table = read_file(data);
  write_file(data, table.replace(table.find("what is 7?"), 10, "what was 7"));
  expect_refused(replay_arguments("runs"), "samples.jsonl: rows of another run: 'data_sha256' is ");
  EXPECT_EQ(samples("runs"), before);
  EXPECT_EQ(read_file(folder_ / "runs/vila/results.json"), results)
      << "a refused run changed the results";
}

TEST_F(CliResumeTest, ChangedWeightsAndArithmeticUnderAResumedRunAreRefused) {
  const auto checkpoint = copy_of_checkpoint();
  auto arguments = checkpoint_arguments("runs");
  arguments[2] = "small=" + checkpoint.string();
  arguments[8] = "2";  // tokens
  ASSERT_EQ(run_mono_eval(command_line(arguments)).exit_code, 0);
  auto other_arithmetic = arguments;
  other_arithmetic.insert(other_arithmetic.end(), {"--dtype", "fp32"});
  expect_refused(other_arithmetic, "'model_dtype' is \"bf16\", this run's is \"fp32\"");

  const auto weights = checkpoint / "model.safetensors";
  auto bytes = read_file(weights);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(weights, bytes);
  expect_refused(arguments, "'model_fingerprint' is ");
}

TEST_F(CliResumeTest, AnotherProfileHasAFolderOfItsOwn) {
  write_replay_rows(10);
  auto arguments = replay_arguments("runs");
  ASSERT_EQ(run_mono_eval(command_line(arguments)).exit_code, 0);
  const auto before = samples("runs");
  arguments[6] = "vek-2024";
  ASSERT_EQ(run_mono_eval(command_line(arguments)).exit_code, 0);
  EXPECT_EQ(samples("runs"), before);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "runs/vila/textvqa.vek-2024/samples.jsonl"));
}

TEST_F(CliResumeTest, TwoProcessesDoNotWriteOneRun) {
  auto arguments = checkpoint_arguments("runs");
  arguments[8] = "2000";  // tokens: it is at work while the second one comes
  const auto first = start(arguments);
  const auto lock = folder_ / "runs/small/.lock";
  for (int i = 0; i < 600 && read_file(lock).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  expect_refused(arguments,
                 "another process (process " + std::to_string(first) + ") is writing this run");
  EXPECT_TRUE(WIFSIGNALED(signal_and_wait(first, SIGKILL)));
  arguments[8] = "2";
  expect_refused(arguments, "'max_new_tokens_cap' is 2000, this run's is 2");
  arguments.push_back("--no-resume");
  EXPECT_EQ(run_mono_eval(command_line(arguments)).exit_code, 0);
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
