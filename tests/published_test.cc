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

/// The averages the paper prints follow from its rows: MME / 28, OCRBench / 10, others as they are.
TEST(PublishedTest, HoldsRowsThatGiveThePrintedAverages) {
  const std::pair<const char*, double> general[] = {
      {"mmvet", 1},      {"mmmu", 1},           {"mme", 28.0},
      {"mmbench_en", 1}, {"mathvista", 1},      {"seed_image", 1},
      {"ocrbench", 10},  {"hallusionbench", 1}, {"ccbench", 1}};
  const char* const vqa[] = {"textvqa", "scienceqa", "gqa", "docvqa", "ai2d", "chartqa", "infovqa"};
  ASSERT_EQ(published_models().size(), 2U);
  for (const auto& model : published_models()) {
    double sum = 0;
    for (const auto& [task, scale] : general) sum += published(model, task).value().value / scale;
    EXPECT_NEAR(sum / 9, published(model, "general9").value().value, 0.05) << model;
    sum = 0;
    for (const auto* const task : vqa) sum += published(model, task).value().value;
    EXPECT_NEAR(sum / 7, published(model, "vqa7").value().value, 0.05) << model;
  }
}

}  // namespace
}  // namespace mono::results
