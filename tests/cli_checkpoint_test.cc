// Damaged checkpoints through the real program: one clear message, exit code 3, no crash.

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/program.h"

namespace mono::tests {
namespace {

class CliCheckpointTest : public ProgramTest {
 protected:
  Finished run_with(const std::filesystem::path& checkpoint) const {
    return run_mono_eval("run --model broken=" + checkpoint.string() +
                         " --tasks textvqa --limit 1" + " --data " + rows_.string() +
                         " --output-path " + (folder_ / "runs").string());
  }

  void expect_refusal(const Finished& finished, const std::string& place,
                      const std::string& reason) const {
    EXPECT_EQ(finished.exit_code, 3) << finished.output;
    EXPECT_NE(finished.output.find(place), std::string::npos) << finished.output;
    EXPECT_NE(finished.output.find(reason), std::string::npos) << finished.output;
  }
};

std::string with_header(const std::string& header, const std::string& data) {
  const uint64_t size = header.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + header + data;
}

TEST_F(CliCheckpointTest, TruncatedSafetensors) {
  const auto folder = copy_of_checkpoint();
  const auto file = folder / "model.safetensors";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  expect_refusal(run_with(folder), "model.safetensors", "");
}

TEST_F(CliCheckpointTest, HeaderLengthOfTwoToThe63) {
  const auto folder = copy_of_checkpoint();
  auto bytes = read_file(folder / "model.safetensors");
  const uint64_t length = uint64_t{1} << 63;
  std::memcpy(bytes.data(), &length, sizeof length);
  write_file(folder / "model.safetensors", bytes);
  expect_refusal(run_with(folder), "model.safetensors", "9223372036854775808");
}

TEST_F(CliCheckpointTest, OverlappingTensors) {
  const auto folder = copy_of_checkpoint();
  const std::string header = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                             R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})";
  write_file(folder / "model.safetensors", with_header(header, "abcdef"));
  expect_refusal(run_with(folder), "model.safetensors", "overlap");
}

TEST_F(CliCheckpointTest, ConfigWithoutHiddenSize) {
  const auto folder = copy_of_checkpoint();
  auto config = read_file(folder / "config.json");
  for (size_t at = 0; (at = config.find("\"hidden_size\"", at)) != std::string::npos;) {
    config.replace(at, 13, "\"hidden_sise\"");
  }
  write_file(folder / "config.json", config);
  expect_refusal(run_with(folder), "config.json", "hidden_size");
}

TEST_F(CliCheckpointTest, TokenizerMissing) {
  const auto folder = copy_of_checkpoint();
  std::filesystem::remove(folder / "tokenizer.model");
  expect_refusal(run_with(folder), folder.string(), "tokenizer.model");
}

TEST_F(CliCheckpointTest, ATokenizerOfMoreIdsThanTheModelIsRefusedByRunAndValidate) {
  const auto folder = copy_of_checkpoint();
  auto tokens = nlohmann::json::parse(read_file(folder / "added_tokens.json"));
  tokens["<one too many>"] = 92553;
  write_file(folder / "added_tokens.json", tokens.dump());
  const std::string reason = "tokenizer: it has 92554 ids, the model's vocab_size is 92553";
  expect_refusal(run_with(folder), folder.string(), reason);
  expect_refusal(run_mono_eval("validate " + folder.string()), "fault: ", reason);
}

TEST_F(CliCheckpointTest, MissingTensorIsNamed) {
  const auto folder = copy_of_checkpoint();
  auto bytes = read_file(folder / "model.safetensors");
  const std::string name = "\"mlp1.0.weight\"";
  const auto at = bytes.find(name);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, name.size(), "\"mlp1.0.wright\"");
  write_file(folder / "model.safetensors", bytes);
  const auto finished = run_with(folder);
  expect_refusal(finished, "mlp1.0.weight", "mlp1.0.wright");
}

TEST_F(CliCheckpointTest, ValidateNamesEveryFaultAtOnce) {
  const auto folder = copy_of_checkpoint();
  std::filesystem::remove(folder / "tokenizer.model");
  write_file(folder / "config.json", "{");
  const auto finished = run_mono_eval("validate " + folder.string());
  expect_refusal(finished, "config.json", "tokenizer.model");
}

TEST_F(CliCheckpointTest, ValidateNamesEveryFaultOfEachFile) {
  const auto folder = copy_of_checkpoint();
  auto config = nlohmann::json::parse(read_file(folder / "config.json"));
  config["llm_config"]["num_key_value_heads"] = 3;
  config["vision_config"]["image_size"] = 450;
  config["template"] = 7;
  write_file(folder / "config.json", config.dump());
  auto tokens = nlohmann::json::parse(read_file(folder / "tokenizer_config.json"));
  tokens["added_tokens_decoder"]["92544"]["content"] = "<picture>";
  tokens["added_tokens_decoder"]["92546"]["content"] = "<PIC_CONTEXT>";
  auto& additional = tokens["additional_special_tokens"];
  for (auto& token : additional) {
    if (token == "<img>") token = "<picture>";
    if (token == "<IMG_CONTEXT>") token = "<PIC_CONTEXT>";
  }
  write_file(folder / "tokenizer_config.json", tokens.dump());
  for (const auto* const name : {"added_tokens.json", "special_tokens_map.json"}) {
    std::filesystem::remove(folder / name);
  }
  const auto finished = run_mono_eval("validate " + folder.string());
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  for (const auto* const fault :
       {"num_key_value_heads must be a divisor of num_attention_heads 4, got 3",
        "image_size must be a multiple of patch_size 14, got 450",
        "template must be a string, got 7", "no token '<img>'", "no token '<IMG_CONTEXT>'"}) {
    EXPECT_NE(finished.output.find(fault), std::string::npos) << fault << "\n" << finished.output;
  }
}

TEST_F(CliCheckpointTest, ValidateNamesEveryTensorThoughTheTokenizerIsMissing) {
  const auto folder = copy_of_checkpoint();
  std::filesystem::remove(folder / "tokenizer.model");
  auto bytes = read_file(folder / "model.safetensors");
  for (const std::string name : {"\"mlp1.0.weight\"", "\"mlp1.3.weight\""}) {
    bytes.replace(bytes.find(name) + 8, 6, "wright");
  }
  write_file(folder / "model.safetensors", bytes);
  const auto finished = run_mono_eval("validate " + folder.string());
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  for (const auto* const fault :
       {"no tokenizer.model", "missing: mlp1.0.weight [96]", "missing: mlp1.3.weight [32, 32]",
        "unused: mlp1.0.wright", "unused: mlp1.3.wright"}) {
    EXPECT_NE(finished.output.find(fault), std::string::npos) << fault << "\n" << finished.output;
  }
}

TEST_F(CliCheckpointTest, ValidateAcceptsTheSmallCheckpoint) {
  const auto finished = run_mono_eval("validate " + checkpoint_.string());
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_NE(finished.output.find("5997384 in 33 tensors"), std::string::npos) << finished.output;
}

TEST_F(CliCheckpointTest, FullValidationOfAnotherModelNamesWhatDiffers) {
  const auto finished = run_mono_eval("validate --full " + checkpoint_.string());
  EXPECT_EQ(finished.exit_code, 3) << finished.output;
  EXPECT_NE(finished.output.find("expected 253, found 33"), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("ok      id of <IMG_CONTEXT>"), std::string::npos)
      << finished.output;
  EXPECT_NE(finished.output.find("found   config.json /max_dynamic_patch"), std::string::npos);
  EXPECT_NE(finished.output.find("ok      can be run"), std::string::npos);
}

TEST_F(CliCheckpointTest, FullValidationTakesANumberHoweverItIsWritten) {
  const auto folder = copy_of_checkpoint();
  auto config = nlohmann::json::parse(read_file(folder / "config.json"));
  config["llm_config"]["rope_theta"] = 1000000.0;
  config["llm_config"]["rope_scaling"] = {{"type", "dynamic"}, {"factor", 2}};
  config["llm_config"]["rms_norm_eps"] = 1e-6;
  write_file(folder / "config.json", config.dump());
  const auto finished = run_mono_eval("validate --full " + folder.string());
  for (const auto* const line : {"ok      config.json /llm_config/rope_theta",
                                 "ok      config.json /llm_config/rope_scaling/factor",
                                 "DIFFERS config.json /llm_config/rms_norm_eps"}) {
    EXPECT_NE(finished.output.find(line), std::string::npos) << line << "\n" << finished.output;
  }
}

TEST_F(CliCheckpointTest, FullValidationGoesOnBehindWhatItCannotRead) {
  const auto folder = copy_of_checkpoint();
  std::filesystem::remove(folder / "tokenizer.model");
  auto bytes = read_file(folder / "model.safetensors");
  bytes.replace(bytes.find("\"mlp1.0.weight\"") + 8, 6, "wright");
  write_file(folder / "model.safetensors", bytes);
  const auto finished = run_mono_eval("validate --full " + folder.string());
  EXPECT_EQ(finished.exit_code, 3);
  for (const auto* const part :
       {"DIFFERS tokenizer can be read", "ok      config.json /ps_version",
        "missing: mlp1.0.weight [96]", "unused: mlp1.0.wright", "number of tensors"}) {
    EXPECT_NE(finished.output.find(part), std::string::npos) << part << "\n" << finished.output;
  }
}

}  // namespace
}  // namespace mono::tests
