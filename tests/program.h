#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/files.h"

namespace mono::tests {

/// What a program said and how it ended.
struct Finished {
  int exit_code = -1;    // 128 + signal where a signal ended it
  std::string output{};  // standard output and standard error together
};

/// Runs a shell command to its end.
inline Finished run_command(const std::string& command) {
  Finished finished;
  std::FILE* const pipe = popen(("{ " + command + " ; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return finished;
  std::array<char, 4096> block{};
  size_t size = 0;
  while ((size = fread(block.data(), 1, block.size(), pipe)) > 0) {
    finished.output.append(block.data(), size);
  }
  const int status = pclose(pipe);
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

/// Runs mono-eval.
inline Finished run_mono_eval(const std::string& arguments) {
  return run_command(std::string(MONO_EVAL_BINARY) + " " + arguments);
}

/// A test with a folder of its own, deleted afterwards, and the project's small checkpoint and
/// rows.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("mono." + std::to_string(getpid()) + "." + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// A copy of the small checkpoint that a test may damage.
  std::filesystem::path copy_of_checkpoint() const {
    auto copy = folder_ / "checkpoint";
    std::filesystem::create_directories(copy);
    for (const auto& entry : std::filesystem::directory_iterator(checkpoint_)) {
      if (entry.is_regular_file())
        std::filesystem::copy_file(entry.path(), copy / entry.path().filename());
    }
    return copy;
  }

  std::filesystem::path folder_{};
  const std::filesystem::path checkpoint_ =
      std::filesystem::path(MONO_SOURCE_DIR) / "tests/golden/model/mono_v1_pipeline";
  const std::filesystem::path rows_ = std::filesystem::path(MONO_SOURCE_DIR) / "tests/data/sample";
};

}  // namespace mono::tests
