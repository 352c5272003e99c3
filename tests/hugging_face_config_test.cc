#include <gtest/gtest.h>

#include <vector>

#include "model/adapter.h"
#include "model/config.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_hugging_face.h"

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

TEST(HuggingFaceConfigTest, ReadsEveryField) {
  const auto config = read(tests::tiny_hugging_face_config());
  EXPECT_EQ(config.layout, CheckpointLayout::kHuggingFace);
  EXPECT_EQ(config.language.architecture, LanguageArchitecture::kQwen2);
  EXPECT_EQ(config.language.rope_theta, 10000);
  EXPECT_EQ(config.language.rope_scaling.kind, RopeScalingKind::kDynamic);
  EXPECT_TRUE(config.language.has_qkv_bias);
  EXPECT_FALSE(config.language.ties_embeddings);
  EXPECT_EQ(config.vision.architecture, VisionArchitecture::kInternVit);
  EXPECT_EQ(config.vision.patch_size, 2);
  EXPECT_EQ(config.vision.num_layers, 2);
  EXPECT_TRUE(config.vision.has_qkv_bias);
  EXPECT_EQ(config.image_size, 4);
  EXPECT_EQ(config.tokens_per_tile, 1);
  EXPECT_EQ(config.num_vision_layers_used, 2);
  EXPECT_EQ(config.image_context_id, 30);
  EXPECT_EQ(config.template_name, "internvl2_5");
  EXPECT_TRUE(config.uses_dynamic_tiles);
  EXPECT_TRUE(config.uses_thumbnail);
}

TEST(HuggingFaceConfigTest, ReadsTheFieldsOfOlderFiles) {
  auto config = tests::tiny_hugging_face_config();
  auto& text = config["text_config"];
  text.erase("rope_parameters");
  text["rope_theta"] = 1000000.0;
  text["rope_scaling"] = nullptr;
  config["vision_config"]["image_size"] = 4;
  EXPECT_EQ(read(config).language.rope_theta, 1e6);
  EXPECT_EQ(read(config).language.rope_scaling.kind, RopeScalingKind::kNone);
  text["rope_scaling"] = {{"factor", 2.0}, {"rope_type", "dynamic"}, {"type", "dynamic"}};
  EXPECT_EQ(read(config).language.rope_scaling.kind, RopeScalingKind::kDynamic);
  text["tie_word_embeddings"] = true;
  EXPECT_TRUE(read(config).language.ties_embeddings);
}

struct Fault {
  std::string field{};  // a JSON pointer
  json value{};
  std::string message{};
};

TEST(HuggingFaceConfigTest, RefusesWhatDoesNotFit) {
  const std::vector<Fault> faults = {
      {"/text_config/model_type", "qwen3", "text_config.model_type must be \"qwen2\" or \"llama\""},
      {"/text_config/rope_parameters/rope_type", "yarn", "must be \"linear\" or \"dynamic\""},
      {"/text_config/use_sliding_window", true, "use_sliding_window must be false, got true"},
      {"/vision_config/image_size", {4, 6}, "a size in pixels, or the same size twice, got [4,6]"},
      {"/vision_config/use_mean_pooling", false, "use_mean_pooling must be true, got false"},
      {"/vision_config/norm_type", "none", "must be \"layer_norm\" or \"rms_norm\""},
      {"/image_token_id", 40, "image_token_id must be an id from 0 to vocab_size - 1 = 39, got 40"},
      {"/vision_feature_layer", {-1, -2}, "vision_feature_layer must be an integer, got [-1,-2]"},
      {"/vision_feature_select_strategy", "full", "must be \"default\", got \"full\""},
      {"/downsample_ratio", 0.25, "a multiple of patch_size 2 times 4"}};
  for (const auto& fault : faults) {
    auto config = tests::tiny_hugging_face_config();
    config[json::json_pointer(fault.field)] = fault.value;
    const auto message = message_of<SetupError>([&] { read(config); });
    expect_says(message, "config.json: ");
    expect_says(message, fault.message);
  }
}

}  // namespace
}  // namespace mono::model
