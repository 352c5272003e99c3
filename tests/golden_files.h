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

/// The folder that holds the golden one, as it is named: not where a link leads.
inline std::filesystem::path golden_base() {
  auto root = std::filesystem::absolute(golden_root());
  if (!root.has_filename()) root = root.parent_path();  // "golden/"
  const bool is_named = root.filename() != "." && root.filename() != "..";
  return (is_named ? root : std::filesystem::weakly_canonical(root)).parent_path();
}

/// Where `fixtures` may lie: what MONO_FIXTURES names, or beside the golden folder, as it is named
/// and where links lead, or where it lies by default.
inline std::vector<std::filesystem::path> golden_fixtures() {
  const char* const root = std::getenv("MONO_FIXTURES");
  if (root != nullptr) return {root};
  return {golden_base() / "fixtures",
          std::filesystem::weakly_canonical(golden_root()).parent_path() / "fixtures",
          std::filesystem::path(MONO_DEFAULT_GOLDEN).parent_path() / "fixtures"};
}

/// Where a file lies that a golden file names, `fixtures/...` or `golden/...`: the first place
/// where it is.
inline std::filesystem::path golden_data_file(const std::string& name) {
  const std::string fixtures = "fixtures/";
  const std::string golden = "golden/";
  if (name.starts_with(golden)) return golden_root() / name.substr(golden.size());
  if (!name.starts_with(fixtures)) return golden_base() / name;
  const auto folders = golden_fixtures();
  for (const auto& folder : folders) {
    const auto path = folder / name.substr(fixtures.size());
    if (std::filesystem::exists(path)) return path;
  }
  return folders.front() / name.substr(fixtures.size());
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

inline bool holds_data(const std::filesystem::path& folder) {
  const auto entries = golden_files(folder, "");
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return entry.filename() != "README.md"; });
}

/// The main function of a golden test: `add_cases(folder)` registers the cases found in
/// `MONO_GOLDEN`/`kind` and returns how many there are.
/// \param part  What the test needs of a folder that it shares with others; "" where it does not.
/// \returns 77, CTest's skip, if the folder is absent, or one that MONO_GOLDEN names has data, but
///   no such part; 1 if it holds no case.
inline int run_golden(int argc, char** argv, const std::string& kind,
                      const std::function<int(const std::filesystem::path&)>& add_cases,
                      const std::string& part = "") {
  testing::InitGoogleTest(&argc, argv);
  const auto folder = golden_root() / kind;
  if (!std::filesystem::is_directory(folder)) {
    std::printf("skipped: %s is absent; set MONO_GOLDEN\n", folder.c_str());
    return 77;
  }
  if (add_cases(folder) == 0) {
    const bool is_named = std::getenv("MONO_GOLDEN") != nullptr;
    const bool is_skip = is_named && !part.empty() && holds_data(folder);
    std::printf("%s: %s holds no %s\n", is_skip ? "skipped" : "failed", folder.c_str(),
                is_skip ? part.c_str() : "case");
    return is_skip ? 77 : 1;
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
