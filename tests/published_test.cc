#include "results/reference/published.h"

#include <gtest/gtest.h>

namespace mono::results {
namespace {

TEST(PublishedTest, KnowsTheTableOfThePaper) {
  const auto value = published("Mono-InternVL-2B", "textvqa");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->value, 72.6);
  EXPECT_EQ(value->metric, "VQA accuracy, %");
  EXPECT_EQ(value->split, "val");
  EXPECT_EQ(value->confidence, "read:primary");
  EXPECT_NE(value->source.find("OpenGVLab/Mono-InternVL@5b17ab4"), std::string::npos);
  EXPECT_EQ(published("mini-internvl-chat-2b-v1-5", "DocVQA_test").value().value, 85.0);
}

TEST(PublishedTest, KnowsNothingOfOtherModelsTasksAndSplits) {
  EXPECT_FALSE(published("Mono-InternVL-2B", "docvqa_val").has_value());
  EXPECT_FALSE(published("Mono-InternVL-2B", "mmbench_en_dev").has_value());
  EXPECT_FALSE(published("Mono-InternVL-2B", "").has_value());
  EXPECT_FALSE(published("InternVL9", "mme").has_value());
}

TEST(PublishedTest, NamesTheRecipeOfARow) {
  EXPECT_EQ(published("Mono-InternVL-2B", "textvqa")->recipe, "ivl");
  EXPECT_EQ(published("Emu3", "ocrbench")->recipe, "vek-2024");
  EXPECT_EQ(published("Emu3", "vqa7")->recipe, "");
  EXPECT_EQ(published_recipe("hallusionbench"), "vek-2024");
  EXPECT_EQ(published_recipe("docvqa_val"), "");
}

}  // namespace
}  // namespace mono::results
