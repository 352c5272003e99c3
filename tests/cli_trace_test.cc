// Traces through the real program: every stage, and the first one that differs.

#include <fstream>
#include <string>

#include "model/weights/tensors.h"
#include "tests/program.h"
#include "tests/tiny_folders.h"

namespace mono::tests {
namespace {

class CliTraceTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    names_ = write_every_kind(folder_);
  }

  Finished trace(const std::string& name, const std::string& arguments) const {
    return run_mono_eval("trace --model " + (folder_ / name).string() + " " + arguments);
  }

  std::string ask(const std::string& output) const {
    return "--image " + (rows_ / "data/textvqa/train_images/1.jpg").string() +
           " --question 'What is it?' --max-new-tokens 3 --dtype fp32 --output " +
           (folder_ / output).string();
  }

  NamedTensors tensors(const std::string& file) const {
    NamedTensors tensors;
    for (const auto& [name, stored] : model::read_safetensors(folder_ / file)) {
      tensors[name] = model::tensor_over(stored).clone();
    }
    return tensors;
  }

  static void expect_says(const Finished& finished, const std::string& part) {
    EXPECT_NE(finished.output.find(part), std::string::npos) << part << "\n" << finished.output;
  }

  std::vector<std::string> names_{};
};

TEST_F(CliTraceTest, HoldsEveryStageOfEachKind) {
  for (const auto& name : names_) {
    const auto finished = trace(name, ask("t"));
    ASSERT_EQ(finished.exit_code, 0) << name << "\n" << finished.output;
    const auto stages = tensors("t");
    for (const auto* const stage :
         {"tiles", "prompt", "input_ids", "pixel_values", "vit.embeddings", "vit.output",
          "mlp1.input", "visual_embeds", "inputs_embeds", "layer.0", "layer.0.k", "layer.1",
          "layer.1.v", "final_norm", "logits_prefill", "logits_steps", "token_ids", "response"}) {
      EXPECT_TRUE(stages.contains(stage)) << name << ": " << stage;
    }
    const bool is_modular = name.find("mono") == std::string::npos;
    EXPECT_EQ(stages.contains("vit.layer.1"), is_modular) << name;
  }
}

TEST_F(CliTraceTest, KnowsWhatItCannotWriteBeforeItAsks) {
  std::ofstream(folder_ / "file") << "text";
  std::filesystem::create_directory(folder_ / "empty");  // no model: it would say so first
  for (const std::string file : {"file/t", "empty"}) {
    const auto finished = trace("empty", ask(file));
    EXPECT_EQ(finished.exit_code, 3);
    expect_says(finished, (folder_ / file).string() + ": cannot write: ");
  }
  EXPECT_EQ(trace(names_.front(), ask("new/folder/t")).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "new/folder/t"));
}

TEST_F(CliTraceTest, ComparesANewTraceWithAnother) {
  ASSERT_EQ(trace("internvl3", ask("first")).exit_code, 0);
  const auto same =
      trace("internvl3", ask("second") + " --compare " + (folder_ / "first").string());
  EXPECT_EQ(same.exit_code, 0) << same.output;
  expect_says(same, "stages equal");

  auto other = tensors("first");
  other["vit.layer.1"][0][2][3] += 1;
  other["layer.0"][0][1] += 1;
  write_tensors(folder_ / "other", other);
  const auto differs = run_mono_eval("trace --trace " + (folder_ / "second").string() +
                                     " --compare " + (folder_ / "other").string());
  EXPECT_EQ(differs.exit_code, 5) << differs.output;
  expect_says(differs, "first that differs: vit.layer.1 [0, 2, 3]: expected ");
  const auto num = other.size();
  expect_says(differs, std::to_string(num - 2) + " of " + std::to_string(num) + " stages equal");

  const auto json = run_mono_eval("trace --json --trace " + (folder_ / "second").string() +
                                  " --compare " + (folder_ / "other").string());
  EXPECT_EQ(json.exit_code, 5) << json.output;
  EXPECT_EQ(nlohmann::json::parse(json.output).at("comparison").at("first_difference").at("stage"),
            "vit.layer.1");
}

TEST_F(CliTraceTest, TakesThePromptOfAnotherTrace) {
  ASSERT_EQ(trace("internvl3-hf", ask("first")).exit_code, 0);
  const auto first = (folder_ / "first").string();
  const auto num_new = std::to_string(tensors("first").at("token_ids").numel());
  const auto same = trace("internvl3-hf", "--dtype fp32 --inputs " + first + " --compare " + first +
                                              " --max-new-tokens " + num_new + " --output " +
                                              (folder_ / "again").string());
  EXPECT_EQ(same.exit_code, 0) << same.output;
  expect_says(same, "only in " + first + ": prompt, response, tiles");
}

TEST_F(CliTraceTest, AgreesWithTracesOfTheReference) {
  const auto golden = std::filesystem::path(MONO_SOURCE_DIR) / "tests/golden/model";
  const auto compare = [&](const std::string& checkpoint, const std::string& reference,
                           const std::string& options) {
    return run_mono_eval("trace --model " + checkpoint + " --inputs " + reference + " --compare " +
                         reference + " --output " + (folder_ / "ours").string() + options);
  };
  for (const std::string name :
       {"mono_v1/cases/two_images", "internvl3_hf/cases/one_tile", "internvl3_hf/cases/text_only",
        "internvl25_hf_llama/cases/two_images"}) {
    const auto reference = (golden / (name + ".safetensors")).string();
    const auto checkpoint = (golden / name.substr(0, name.find('/'))).string();
    const std::string num_new = name.starts_with("mono") ? "24" : "16";
    const auto finished = compare(checkpoint, reference,
                                  " --dtype fp32 --tolerance 1e-4 --max-new-tokens " + num_new);
    EXPECT_EQ(finished.exit_code, 0) << name << "\n" << finished.output;
    if (name.ends_with("text_only")) continue;
    const auto bf16 = compare(checkpoint, reference, "");
    EXPECT_EQ(bf16.exit_code, 5) << name << "\n" << bf16.output;
    expect_says(bf16, "first that differs: vit.embeddings [0, 0");
  }
}

TEST_F(CliTraceTest, SaysWhatItNeeds) {
  const auto nothing = run_mono_eval("trace");
  EXPECT_EQ(nothing.exit_code, 2) << nothing.output;
  expect_says(nothing, "give --model and --output, or --trace with --compare");
  const auto alone = run_mono_eval("trace --trace " + (folder_ / "a").string());
  EXPECT_EQ(alone.exit_code, 2) << alone.output;
  const auto absent = run_mono_eval("trace --trace " + (folder_ / "a").string() + " --compare " +
                                    (folder_ / "b").string());
  EXPECT_EQ(absent.exit_code, 3) << absent.output;
}

TEST_F(CliTraceTest, WritesOverNothingThatItReads) {
  const auto trace = (folder_ / "trace").string();
  write_file(trace, "of another day");
  const auto link = (folder_ / "link").string();
  std::filesystem::create_symlink(trace, link);
  const auto asked = "trace --model " + folder_.string() + " --question a --output " + trace + " ";
  for (const std::string option : {"--compare", "--inputs", "--image", "--data"}) {
    for (const auto& file : {trace, link}) {
      const auto refused =
          run_mono_eval(std::string(asked).append(option).append(" ").append(file));
      EXPECT_EQ(refused.exit_code, 2) << refused.output;
      expect_says(refused, std::string("--output: ")
                               .append(trace)
                               .append(" is the file that ")
                               .append(option)
                               .append(" reads"));
    }
  }
  EXPECT_EQ(read_file(trace), "of another day");
}

}  // namespace
}  // namespace mono::tests
