#include "evaluator/exit_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "model/adapter.h"

namespace mono::evaluator {
namespace {

template <typename Error>
ExitCode code_of(const Error& error) {
  return guarded([&]() -> ExitCode { throw error; });
}

TEST(ExitCodeTest, FollowsFromWhatAVerbThrows) {
  EXPECT_EQ(code_of(model::UsageError("no such task")), ExitCode::kUsage);
  EXPECT_EQ(code_of(model::SetupError("no data")), ExitCode::kSetup);
  EXPECT_EQ(code_of(std::filesystem::filesystem_error("no file", std::error_code())),
            ExitCode::kSetup);
  EXPECT_EQ(code_of(std::system_error(std::make_error_code(std::errc::io_error))),
            ExitCode::kSetup);
  EXPECT_EQ(code_of(std::logic_error("a fault")), ExitCode::kInternalError);
  EXPECT_EQ(code_of(std::bad_alloc()), ExitCode::kInternalError);
  EXPECT_EQ(guarded([] { return ExitCode::kRegression; }), ExitCode::kRegression);
}

TEST(ExitCodeTest, IsDocumentedInTheWordsOfTheProgram) {
  std::ifstream file(MONO_SOURCE_DIR "/docs/ci.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(exit_codes().size(), 7U);
  for (const auto& [code, meaning] : exit_codes()) {
    const auto line = fmt::format("| {} | {} |\n", static_cast<int>(code), meaning);
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace mono::evaluator
