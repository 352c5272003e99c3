// Where the golden tests look for their data, when they skip, and which pictures may be refused.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/golden_data.h"
#include "tests/golden_refusals.h"
#include "tests/temporary_folder.h"

namespace mono::tests {
namespace {

namespace fs = std::filesystem;

/// The two variables, as they were once the test is over.
class GoldenDataTest : public testing::Test {
 protected:
  GoldenDataTest() {
    setenv("MONO_GOLDEN", (folder_.path() / "data").c_str(), 1);
    unsetenv("MONO_FIXTURES");
  }
  ~GoldenDataTest() override {
    restore("MONO_GOLDEN", golden_);
    restore("MONO_FIXTURES", fixtures_);
  }
  GoldenDataTest(const GoldenDataTest&) = delete;
  GoldenDataTest& operator=(const GoldenDataTest&) = delete;

  const fs::path& folder() const { return folder_.path(); }

 private:
  static std::string value_of(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
  }
  static void restore(const char* name, const std::string& value) {
    if (value.empty()) {
      unsetenv(name);
    } else {
      setenv(name, value.c_str(), 1);
    }
  }

  TemporaryFolder folder_{};
  std::string golden_ = value_of("MONO_GOLDEN");
  std::string fixtures_ = value_of("MONO_FIXTURES");
};

TEST_F(GoldenDataTest, GoldenFilesLieInTheFolderWhateverItsName) {
  EXPECT_EQ(golden_data_file("golden/image/files/a.png"), folder() / "data/image/files/a.png");
  EXPECT_EQ(golden_data_file("fixtures/images/a.png"), folder() / "fixtures/images/a.png");
}

TEST_F(GoldenDataTest, FixturesLieWhereTheirVariableSays) {
  setenv("MONO_FIXTURES", "/elsewhere", 1);
  EXPECT_EQ(golden_data_file("fixtures/images/a.png"), "/elsewhere/images/a.png");
  EXPECT_EQ(golden_data_file("golden/a"), folder() / "data/a");
}

TEST_F(GoldenDataTest, FixturesLieBesideTheFolderThatALinkLeadsToWhereItHasNone) {
  fs::create_directories(folder() / "far/golden");
  fs::create_directories(folder() / "far/fixtures/images");
  fs::create_directory_symlink(folder() / "far/golden", folder() / "data");
  EXPECT_EQ(golden_data_file("fixtures/images"), folder() / "far/fixtures/images");
  fs::create_directories(folder() / "fixtures/images");
  EXPECT_EQ(golden_data_file("fixtures/images"), folder() / "fixtures/images");
}

TEST_F(GoldenDataTest, ALinkToAGoldenFolderHasItsOwnNeighbours) {
  fs::create_directories(folder() / "far/golden");
  fs::create_directory_symlink(folder() / "far/golden", folder() / "data");
  EXPECT_EQ(golden_base(), folder());
  setenv("MONO_GOLDEN", (folder() / "data/").c_str(), 1);
  EXPECT_EQ(golden_base(), folder());
}

TEST_F(GoldenDataTest, AGoldenFolderBesideALinkedOneIsFound) {
  fs::create_directories(folder() / "far/shared/fixtures/only_here");
  fs::create_directories(folder() / "project");
  fs::create_directory_symlink(folder() / "far/shared", folder() / "shared");
  setenv("MONO_GOLDEN", (folder() / "project/../shared/golden").c_str(), 1);
  EXPECT_EQ(golden_data_file("fixtures/only_here"),
            folder() / "project/../shared/fixtures/only_here");
}

/// The exit code of a golden test that finds no case of its own.
int code_without_cases(const std::string& part) {
  std::string program = "test";
  char* arguments[] = {program.data(), nullptr};
  return run_golden(
      1, arguments, "model", [](const fs::path&) { return 0; }, part);
}

TEST_F(GoldenDataTest, AnEmptyFolderFailsAndAFolderOfOtherDataIsASkip) {
  EXPECT_EQ(code_without_cases("pipeline"), 77);
  fs::create_directories(folder() / "data/model");
  EXPECT_EQ(code_without_cases("pipeline"), 1);
  std::ofstream(folder() / "data/model/README.md") << "nothing else";
  EXPECT_EQ(code_without_cases("pipeline"), 1);
  fs::create_directories(folder() / "data/model/mono_v1");
  EXPECT_EQ(code_without_cases("pipeline"), 77);
  EXPECT_EQ(code_without_cases(""), 1);
}

bool is_refusable(const char* format, const char* opencv) {
  return may_be_refused(
      {{"format", format}, {"decoders", {{"opencv46_ignore_orientation", opencv}}}});
}

TEST(GoldenRefusalsTest, OnlyRareKindsOfBmpAndTiffAndOtherFormatsMayBeRefused) {
  for (const auto* const whole : {"JPEG", "MPO", "PNG", "GIF", "WEBP"}) {
    EXPECT_FALSE(is_refusable(whole, "fail")) << whole;
  }
  for (const auto* const with_rare_kinds : {"BMP", "TIFF"}) {
    EXPECT_FALSE(is_refusable(with_rare_kinds, "equal")) << with_rare_kinds;
    EXPECT_TRUE(is_refusable(with_rare_kinds, "diff max 7, 74.95%")) << with_rare_kinds;
    EXPECT_TRUE(is_refusable(with_rare_kinds, "fail")) << with_rare_kinds;
  }
  EXPECT_TRUE(is_refusable("PPM", "equal"));
}

}  // namespace
}  // namespace mono::tests
