#include "model/config.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "model/adapter.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_config.h"

namespace mono::model {
namespace {

using nlohmann::json;
using tests::expect_says;
using tests::message_of;

ModelConfig read(const json& config) {
  const tests::TemporaryFolder folder;
  folder.write("config.json", config.dump());
  return read_config(folder.path());
}

TEST(ConfigTest, ReadsEveryField) {
  const auto config = read(tests::tiny_config());
  EXPECT_EQ(config.language.architecture, LanguageArchitecture::kInternLm2Ve);
  EXPECT_EQ(config.language.vocab_size, 40);
  EXPECT_EQ(config.language.head_dim, 8);
  EXPECT_EQ(config.language.rope_scaling.kind, RopeScalingKind::kDynamic);
  EXPECT_EQ(config.language.rope_scaling.factor, 2);
  EXPECT_TRUE(config.language.has_visual_experts);
  EXPECT_EQ(config.vision.architecture, VisionArchitecture::kPatchOnly);
  EXPECT_EQ(config.image_size, 4);
  EXPECT_EQ(config.shuffle_factor, 2);
  EXPECT_EQ(config.tokens_per_tile, 1);
  EXPECT_FALSE(config.transposes_shuffle);
  EXPECT_EQ(config.template_name, "internlm2-chat");
  EXPECT_FALSE(config.system_message.has_value());
  EXPECT_EQ(config.max_dynamic_patch, 12);
  EXPECT_EQ(config.layout, CheckpointLayout::kChat);
}

TEST(ConfigTest, TakesTheStoredSizeWhereNoneIsForced) {
  auto config = tests::tiny_config();
  config["force_image_size"] = nullptr;
  config["vision_config"]["image_size"] = 8;
  EXPECT_EQ(read(config).image_size, 8);
  EXPECT_EQ(read(config).tokens_per_tile, 4);
}

TEST(ConfigTest, RefusesATileOfMoreTokensThanThereArePositions) {
  for (const auto& [size, num_tokens] : {std::pair(36, "81"), {28'000'000, "49000000000000"}}) {
    auto config = tests::tiny_config();
    config["force_image_size"] = size;
    expect_says(message_of<SetupError>([&] { read(config); }),
                std::string("force_image_size must be such that the ") + num_tokens +
                    " image tokens of a tile of " + std::to_string(size) +
                    " pixels fit max_position_embeddings 64, got " + std::to_string(size));
  }
}

TEST(ConfigTest, ReadsASystemMessageAndNoScaling) {
  auto config = tests::tiny_config();
  config["system_message"] = "be brief";
  config["llm_config"]["rope_scaling"] = nullptr;
  EXPECT_EQ(read(config).system_message, "be brief");
  EXPECT_EQ(read(config).language.rope_scaling.kind, RopeScalingKind::kNone);
}

json with_intern_vit() {
  auto config = tests::tiny_config();
  config["vision_config"].update({{"model_type", "intern_vit_6b"},
                                  {"num_hidden_layers", 4},
                                  {"num_attention_heads", 3},
                                  {"intermediate_size", 10},
                                  {"norm_type", "rms_norm"},
                                  {"layer_norm_eps", 1e-6},
                                  {"qkv_bias", false},
                                  {"qk_normalization", true},
                                  {"hidden_act", "gelu"}});
  return config;
}

TEST(ConfigTest, ReadsTheLayersOfInternVit) {
  const auto vision = read(with_intern_vit()).vision;
  EXPECT_EQ(vision.architecture, VisionArchitecture::kInternVit);
  EXPECT_EQ(vision.num_layers, 4);
  EXPECT_EQ(vision.norm, NormKind::kRms);
  EXPECT_EQ(vision.norm_epsilon, 1e-6);
  EXPECT_FALSE(vision.has_qkv_bias);
  EXPECT_TRUE(vision.normalises_qk);
}

TEST(ConfigTest, CountsTheSelectedLayerFromTheEmbedding) {
  const std::vector<std::pair<int, int>> used = {{-1, 4}, {-3, 2}, {-5, 0}, {0, 0}, {4, 4}};
  for (const auto& [select, expected] : used) {
    auto config = with_intern_vit();
    config["select_layer"] = select;
    EXPECT_EQ(read(config).num_vision_layers_used, expected) << select;
  }
  for (const int select : {5, -6}) {
    auto config = with_intern_vit();
    config["select_layer"] = select;
    expect_says(message_of<SetupError>([&] { read(config); }),
                "select_layer must be an index into 5 hidden states, from -5 to 4");
  }
}

TEST(ConfigTest, NamesEveryFaultAtOnce) {
  auto config = with_intern_vit();
  config["llm_config"].erase("hidden_size");
  config["llm_config"]["rope_theta"] = "big";
  config["vision_config"]["norm_type"] = "batch_norm";
  config["ps_version"] = "v9";
  config.erase("template");
  const auto message = message_of<SetupError>([&] { read(config); });
  for (const auto* const fault :
       {"llm_config.hidden_size is missing", "llm_config.rope_theta must be a number > 0",
        "vision_config.norm_type must be \"layer_norm\" or \"rms_norm\", got \"batch_norm\"",
        "ps_version must be", "template is missing"}) {
    expect_says(message, fault);
  }
}

TEST(ConfigTest, NamesEachMissingField) {
  const auto whole = tests::tiny_config();
  std::vector<std::pair<std::string, json::json_pointer>> fields;
  for (const auto& [field, value] : whole.items()) {
    fields.emplace_back(field, json::json_pointer("/" + field));
  }
  for (const std::string part : {"llm_config", "vision_config"}) {
    for (const auto& [field, value] : whole[part].items()) {
      fields.emplace_back(std::string(part).append(".").append(field),
                          json::json_pointer("/" + part) / field);
    }
  }
  for (const auto& [name, pointer] : fields) {
    auto config = whole;
    config[pointer.parent_pointer()].erase(pointer.back());
    expect_says(message_of<SetupError>([&] { read(config); }),
                "config.json: " + name + " is missing");
  }
}

TEST(ConfigTest, IgnoresWhatTheReferenceIgnoresInQwen2) {
  auto config = tests::tiny_config();
  config["llm_config"]["architectures"] = {"Qwen2ForCausalLM"};
  config["llm_config"]["tie_word_embeddings"] = true;
  const auto language = read(config).language;
  EXPECT_EQ(language.rope_scaling.kind, RopeScalingKind::kNone);
  EXPECT_FALSE(language.ties_embeddings);
  EXPECT_TRUE(language.has_qkv_bias);
  EXPECT_FALSE(language.has_output_bias);
}

TEST(ConfigTest, ReadsTheScalingsOfPhi3) {
  auto config = tests::tiny_config();
  auto& language = config["llm_config"];
  language["architectures"] = {"Phi3ForCausalLM"};
  language["original_max_position_embeddings"] = 16;
  language["rope_scaling"] = {
      {"type", "su"}, {"short_factor", {1, 1, 1, 1}}, {"long_factor", {1, 2, 3, 4.5}}};
  const auto scaling = read(config).language.rope_scaling;
  EXPECT_EQ(scaling.kind, RopeScalingKind::kSu);
  EXPECT_EQ(scaling.long_factors, (std::vector<double>{1, 2, 3, 4.5}));
  EXPECT_EQ(scaling.original_max_position_embeddings, 16);

  language["rope_scaling"]["short_factor"] = {1, 1};
  expect_says(message_of<SetupError>([&] { read(config); }),
              "rope_scaling must be lists of head_dim / 2 = 4 factors");
  language["rope_scaling"] = {{"type", "dynamic"}, {"factor", 2}};
  expect_says(message_of<SetupError>([&] { read(config); }), "type must be \"su\" or \"yarn\"");
}

struct Fault {
  std::string field{};  // a JSON pointer
  json value{};
  std::string message{};
};

TEST(ConfigTest, RefusesWhatDoesNotFit) {
  const std::vector<Fault> faults = {
      {"/llm_config/hidden_size", "32", "llm_config.hidden_size must be an integer, got \"32\""},
      {"/llm_config/hidden_size", 0, "llm_config.hidden_size must be an integer from 1"},
      {"/llm_config/hidden_size", 18446744073709551615U, "must be an integer, got 184467440"},
      {"/llm_config/hidden_size", 30, "num_attention_heads must be a divisor of hidden_size 30"},
      {"/llm_config/hidden_size", 36, "hidden_size must be an even multiple"},
      {"/llm_config/hidden_size", 8, "more than 2 * num_attention_heads under dynamic"},
      {"/llm_config/num_key_value_heads", 3, "must be a divisor of num_attention_heads 4, got 3"},
      {"/llm_config/head_dim", 16, "head_dim must be hidden_size 32 / num_attention_heads 4 = 8"},
      {"/llm_config/architectures", {"GPT2LMHeadModel"}, "must be one of InternLM2VEForCausalLM"},
      {"/llm_config/architectures", json::array(), "a list of strings, not empty, got []"},
      {"/llm_config/rope_scaling/type", "yarn", "must be \"linear\" or \"dynamic\", got \"yarn\""},
      {"/llm_config/rope_scaling/factor", 0.5, "factor must be a number >= 1, got 0.5"},
      {"/llm_config/rms_norm_eps", -1, "rms_norm_eps must be a number > 0, got -1"},
      {"/llm_config/bias", 0, "llm_config.bias must be true or false, got 0"},
      {"/llm_config/hidden_act", "gelu", "hidden_act must be \"silu\", got \"gelu\""},
      {"/llm_config/bos_token_id", 40, "an id from 0 to vocab_size - 1 = 39, got 40"},
      {"/llm_config", 3, "llm_config must hold an object, got 3"},
      {"/vision_config/model_type", "clip", "must be intern_vit_patch or intern_vit_6b"},
      {"/vision_config/num_channels", 1, "num_channels must be 3, got 1"},
      {"/vision_config/image_size", 5, "image_size must be a multiple of patch_size 2, got 5"},
      {"/force_image_size", 6, "a multiple of patch_size 2 times 2"},
      {"/downsample_ratio", 0.3, "downsample_ratio must be 1 over an integer from 1 to 64"},
      {"/ps_version", "v3", "ps_version must be \"v1\" or \"v2\", got \"v3\""},
      {"/select_layer", -4, "select_layer must be -1, as intern_vit_patch has no layers, got -4"},
      {"/vision_config/num_attention_heads", 4, "must be a divisor of hidden_size 6, got 4"},
      {"/vision_config/hidden_act", "relu", "vision_config.hidden_act must be \"gelu\""},
      {"/min_dynamic_patch", 13, "min_dynamic_patch must be at most max_dynamic_patch 12, got 13"},
      {"/template", 1, "template must be a string, got 1"}};
  for (const auto& fault : faults) {
    const bool is_of_layers = fault.field.starts_with("/vision_config/") &&
                              !tests::tiny_config().contains(json::json_pointer(fault.field));
    auto config = is_of_layers ? with_intern_vit() : tests::tiny_config();
    config[json::json_pointer(fault.field)] = fault.value;
    const auto message = message_of<SetupError>([&] { read(config); });
    expect_says(message, "config.json: ");
    expect_says(message, fault.message);
  }
}

TEST(ConfigTest, NamesAFileThatIsAbsentOrNoJson) {
  const tests::TemporaryFolder folder;
  expect_says(message_of<SetupError>([&] { read_config(folder.path()); }),
              "config.json: cannot open");
  folder.write("config.json", "{\"llm_config\": ");
  expect_says(message_of<SetupError>([&] { read_config(folder.path()); }), "parse error");
  folder.write("config.json", "[1]");
  expect_says(message_of<SetupError>([&] { read_config(folder.path()); }),
              "the file must hold an object, got [1]");
}

}  // namespace
}  // namespace mono::model
