#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mono::tests {

/// The folder MONO_GOLDEN names, else ../shared/golden beside the project.
inline std::filesystem::path golden_root() {
  const char* const root = std::getenv("MONO_GOLDEN");
  return std::filesystem::path(root != nullptr ? root : MONO_DEFAULT_GOLDEN);
}

/// What the paths inside golden files are relative to: the folder that holds `golden`.
inline std::filesystem::path golden_base() {
  return std::filesystem::weakly_canonical(golden_root()).parent_path();
}

/// Where the cases of a golden test run that has a choice: what MONO_DEVICE names, else the CPU.
inline std::string golden_device_name() {
  const char* const name = std::getenv("MONO_DEVICE");
  return name != nullptr ? name : "cpu";
}

/// One case, found when the test runs and not when it was built.
class GoldenCase : public testing::Test {
 public:
  explicit GoldenCase(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

/// Registers a case under a name that may hold any character.
inline void register_golden_case(const std::string& suite, const std::string& name,
                                 std::function<void()> body) {
  testing::RegisterTest(
      suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
      [body = std::move(body)]() -> testing::Test* { return new GoldenCase(body); });
}

/// The files below `folder` whose name ends in `suffix`, sorted by path.
inline std::vector<std::filesystem::path> golden_files(const std::filesystem::path& folder,
                                                       const std::string& suffix) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().ends_with(suffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The main function of a golden test: `add_cases(folder)` registers the cases found in
/// `MONO_GOLDEN`/`kind` and returns how many there are.
/// \returns 77, CTest's skip, if the folder is absent; 1 if it holds no case.
inline int run_golden(int argc, char** argv, const std::string& kind,
                      const std::function<int(const std::filesystem::path&)>& add_cases) {
  testing::InitGoogleTest(&argc, argv);
  const auto folder = golden_root() / kind;
  if (!std::filesystem::is_directory(folder)) {
    std::printf("skipped: %s is absent; set MONO_GOLDEN\n", folder.c_str());
    return 77;
  }
  if (add_cases(folder) == 0) {
    std::printf("failed: %s holds no case\n", folder.c_str());
    return 1;
  }
  return RUN_ALL_TESTS();
}

/// The usual case of `run_golden`: one case for each file of the folder that ends in `suffix`.
inline int run_golden_files(int argc, char** argv, const std::string& kind,
                            const std::string& suffix,
                            const std::function<void(const std::filesystem::path&)>& check) {
  return run_golden(argc, argv, kind, [&](const std::filesystem::path& folder) {
    const auto files = golden_files(folder, suffix);
    for (const auto& file : files) {
      register_golden_case("golden_" + kind, file.filename().string(),
                           [check, file] { check(file); });
    }
    return static_cast<int>(files.size());
  });
}

}  // namespace mono::tests
