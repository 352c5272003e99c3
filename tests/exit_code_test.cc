#include "evaluator/exit_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <new>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

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

using CodeAndMeaning = std::pair<int, std::string>;

/// The rows of a document that begin with a number and have one more cell: its exit codes.
std::vector<CodeAndMeaning> table_of(const std::string& document) {
  std::ifstream file(std::string(MONO_SOURCE_DIR "/") + document);
  const std::regex row(R"(\| (\d+) \| (.*) \|)");
  std::vector<CodeAndMeaning> table;
  for (std::string line; std::getline(file, line);) {
    std::smatch cells;
    if (std::regex_match(line, cells, row)) table.emplace_back(std::stoi(cells[1]), cells[2]);
  }
  return table;
}

TEST(ExitCodeTest, IsDocumentedInTheWordsOfTheProgram) {
  std::vector<CodeAndMeaning> codes;
  for (const auto& [code, meaning] : exit_codes()) {
    codes.emplace_back(static_cast<int>(code), meaning);
  }
  ASSERT_EQ(codes.size(), 7U);
  EXPECT_EQ(table_of("docs/ci.md"), codes);
  EXPECT_EQ(table_of("README.md"), codes);
  for (const auto& [code, meaning] : codes) {
    EXPECT_NE(exit_code_list().find(fmt::format("{:>5}  {}", code, meaning)), std::string::npos);
  }
}

}  // namespace
}  // namespace mono::evaluator
