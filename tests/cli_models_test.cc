// Every kind of model through the real program.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/program.h"
#include "tests/tiny_folders.h"

namespace mono::tests {
namespace {

size_t num_lines(const std::filesystem::path& file) {
  const auto text = read_file(file);
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

class CliModelsTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    names_ = write_every_kind(folder_);
  }

  std::vector<std::string> names_{};
};

TEST_F(CliModelsTest, ValidateDescribesEach) {
  for (const auto& name : names_) {
    const auto finished = run_mono_eval("validate " + (folder_ / name).string());
    EXPECT_EQ(finished.exit_code, 0) << name << "\n" << finished.output;
    EXPECT_NE(finished.output.find("this checkpoint can be run"), std::string::npos) << name;
  }
}

TEST_F(CliModelsTest, OneRunAsksThemAllAndEndsWithOneTable) {
  std::string models;
  for (const auto& name : names_) models += " --model " + name + "=" + (folder_ / name).string();
  const auto runs = folder_ / "runs";
  const auto finished = run_mono_eval("run" + models + " --tasks ocrbench,mmbench_en_dev,textvqa" +
                                      " --limit 2 --max-new-tokens 3 --data " + rows_.string() +
                                      " --output-path " + runs.string());
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  for (const auto& name : names_) {
    EXPECT_NE(finished.output.find(name), std::string::npos) << name << "\n" << finished.output;
    int num_samples = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(runs / name)) {
      if (file.path().filename() == "samples.jsonl") {
        ++num_samples;
        EXPECT_GE(num_lines(file.path()), 2U) << file.path();
      }
    }
    EXPECT_EQ(num_samples, 3) << name;
  }
}

TEST_F(CliModelsTest, ANameIsOfOneModel) {
  const auto model = " --model a=" + (folder_ / names_.front()).string();
  const auto result =
      run_mono_eval("run" + model + model + " --tasks ocrbench --data " + rows_.string() +
                    " --output-path " + (folder_ / "twice").string());
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_NE(result.output.find("the name 'a' twice"), std::string::npos) << result.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "twice"));
}

TEST_F(CliModelsTest, TheFolderOfARegisteredModelImpliesItsRegistration) {
  const auto v15 = folder_ / "Mini-InternVL-Chat-2B-V1-5";
  std::filesystem::rename(folder_ / "internvl-1.5", v15);
  const auto runs = folder_ / "runs";
  const auto finished =
      run_mono_eval("run --tasks ocrbench --limit 1 --max-new-tokens 1 --data " + rows_.string() +
                    " --output-path " + runs.string() + " --model modular=" + v15.string() +
                    "/ --model mono=" + (folder_ / "mono").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  const auto registration_of = [&](const std::string& name) -> std::string {
    const auto samples = read_file(runs / name / "ocrbench.vek-2024" / "samples.jsonl");
    const auto header = nlohmann::json::parse(samples.substr(0, samples.find('\n')));
    return header.at("header").at("registration");
  };
  EXPECT_EQ(registration_of("modular"), "v1.5");
  EXPECT_EQ(registration_of("mono"), "v2.0");
}

TEST_F(CliModelsTest, AFaultOfThePinnedTokenizerCanBeHadByName) {
  const auto prompt_of = [&](const std::string& more) {
    const auto output = folder_ / "trace";
    const auto finished =
        run_mono_eval("trace --model " + (folder_ / "internvl3").string() + " --question '##' " +
                      more + " --max-new-tokens 1 --output " + output.string());
    EXPECT_EQ(finished.exit_code, 0) << finished.output;
    return model::read_safetensors(output).at("input_ids").shape.front();
  };
  EXPECT_EQ(prompt_of("--lose-hash-merges"), prompt_of("") + 1);  // "##" is two tokens then
}

}  // namespace
}  // namespace mono::tests
