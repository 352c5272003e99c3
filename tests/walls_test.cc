#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// What the files of one folder may include of ours, as prefixes of the path.
struct Wall {
  std::string folder;
  std::vector<std::string> may_include;
  bool may_use_torch;
};

// The most specific folder of a file decides. An edge that is not here does not exist.
const std::vector<Wall> kWalls = {
    {"kernels/", {"kernels/"}, true},
    {"model/image/", {"model/image/", "model/adapter.h"}, false},
    {"model/text/", {"model/text/", "model/adapter.h", "model/json_text.h"}, false},
    {"model/adapter.h", {}, false},
    {"model/json_text.h", {"model/adapter.h"}, false},
    {"model/native/", {"model/"}, true},
    {"model/", {"model/", "kernels/"}, true},
    {"tasks/", {"tasks/", "model/adapter.h", "model/json_text.h"}, false},
    {"results/", {"results/", "model/adapter.h", "model/json_text.h"}, false},
    {"evaluator/bench/", {"evaluator/bench/", "model/", "kernels/"}, true},
    {"evaluator/", {"evaluator/", "model/", "kernels/", "tasks/", "results/"}, true},
};

const Wall* wall_of(const std::string& file) {
  const Wall* found = nullptr;
  for (const auto& wall : kWalls) {
    if (!file.starts_with(wall.folder)) continue;
    if (found == nullptr || wall.folder.size() > found->folder.size()) found = &wall;
  }
  return found;
}

constexpr const char* kFolders[] = {"kernels", "model", "tasks", "results", "evaluator"};

/// Whether an include names a file of this project, in quotes or in angle brackets.
bool is_ours(const std::string& header, const std::string& bracket) {
  if (bracket == "\"") return true;
  return std::any_of(std::begin(kFolders), std::end(kFolders),
                     [&](const std::string& folder) { return header.starts_with(folder + "/"); });
}

bool is_torch_header(const std::string& header) {
  const auto starts = [&](const char* prefix) { return header.starts_with(prefix); };
  return starts("ATen/") || starts("torch/") || starts("c10/") || starts("caffe2/");
}

/// "<file>:<line>: ..." for each include of `file` that its folder's wall forbids.
void check_file(const fs::path& root, const std::string& file, std::vector<std::string>& faults) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  const Wall* wall = wall_of(file);
  std::ifstream in(root / file);
  std::string line;
  int number = 0;
  const auto refuse = [&](const std::string& what) {
    faults.push_back(file + ":" + std::to_string(number) + ": " + what);
  };
  while (std::getline(in, line)) {
    ++number;
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const auto header = match[2].str();
    if (is_torch_header(header) && !wall->may_use_torch) {
      refuse("Torch header <" + header + "> in the text half");
    }
    if (!is_ours(header, match[1].str())) continue;
    const bool allowed =
        std::any_of(wall->may_include.begin(), wall->may_include.end(),
                    [&](const std::string& prefix) { return header.starts_with(prefix); });
    if (!allowed) refuse(wall->folder + " may not include \"" + header + "\"");
  }
}

bool is_source(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".h" || extension == ".cc" || extension == ".cu" || extension == ".cuh";
}

std::vector<std::string> wall_faults(const fs::path& root) {
  std::vector<std::string> faults;
  for (const char* folder : kFolders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (is_source(entry.path()))
        check_file(root, fs::relative(entry.path(), root).string(), faults);
    }
  }
  std::sort(faults.begin(), faults.end());
  return faults;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// A source tree of one file, for showing that a wall turns red.
class WallsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("walls_test." + std::to_string(getpid()));
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  fs::path root_;
};

TEST_F(WallsTest, HoldInTheSourceTree) {
  const fs::path source = MONO_SOURCE_DIR;
  ASSERT_TRUE(fs::exists(source / "model/adapter.h"));
  EXPECT_EQ(joined(wall_faults(source)), "");
}

TEST_F(WallsTest, TurnRedForAModelHeaderInATask) {
  write("tasks/a.cc", "#include \"tasks/task.h\"\n#include \"model/engine.h\"\n");
  EXPECT_EQ(joined(wall_faults(root_)),
            "tasks/a.cc:2: tasks/ may not include \"model/engine.h\"\n");
}

TEST_F(WallsTest, TurnRedForATaskInAKernel) {
  write("kernels/a.cu", "#include \"tasks/task.h\"\n");
  EXPECT_EQ(joined(wall_faults(root_)),
            "kernels/a.cu:1: kernels/ may not include \"tasks/task.h\"\n");
}

TEST_F(WallsTest, TurnRedForATaskInAHeaderOfDeviceCode) {
  write("kernels/cuda/a.cuh", "#include \"tasks/task.h\"\n");
  EXPECT_EQ(joined(wall_faults(root_)),
            "kernels/cuda/a.cuh:1: kernels/ may not include \"tasks/task.h\"\n");
}

TEST_F(WallsTest, TurnRedForAPathOfOursInAngleBrackets) {
  write("tasks/a.cc", "#include <model/engine.h>\n#include <model/adapter.h>\n");
  EXPECT_EQ(joined(wall_faults(root_)),
            "tasks/a.cc:1: tasks/ may not include \"model/engine.h\"\n");
}

TEST_F(WallsTest, TurnRedForTorchInTheTextHalf) {
  write("results/a.h", "#include <ATen/ATen.h>\n");
  write("model/text/b.h", "#include <torch/library.h>\n");
  EXPECT_EQ(joined(wall_faults(root_)),
            "model/text/b.h:1: Torch header <torch/library.h> in the text half\n"
            "results/a.h:1: Torch header <ATen/ATen.h> in the text half\n");
}

TEST_F(WallsTest, LetTheAdapterThrough) {
  write("tasks/a.h", "#include \"model/adapter.h\"\n#include <vector>\n");
  EXPECT_EQ(joined(wall_faults(root_)), "");
}

}  // namespace
