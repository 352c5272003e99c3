#include "model/sampler.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "tests/messages.h"

namespace mono::model {
namespace {

using tests::expect_says;
using tests::message_of;

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

std::vector<float> logs(const std::vector<double>& probabilities) {
  std::vector<float> logits;
  logits.reserve(probabilities.size());
  for (const double value : probabilities) logits.push_back(static_cast<float>(std::log(value)));
  return logits;
}

void expect_probabilities(const std::vector<double>& actual, const std::vector<double>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6) << i;
}

TEST(SamplerTest, PenalisesEachIdOnceByItsSign) {
  std::array<float, 4> logits = {2, -2, 1, 0};
  const std::array<int64_t, 4> ids = {0, 1, 0, 3};
  penalise_repetition(logits, ids, 2);
  EXPECT_EQ(logits, (std::array<float, 4>{1, -4, 1, 0}));
}

TEST(SamplerTest, ForbidsIds) {
  std::array<float, 3> logits = {2, 1, 0};
  forbid(logits, std::array<int64_t, 1>{0});
  EXPECT_EQ(best_token(logits), 1);
}

TEST(SamplerTest, TheBestTokenIsTheLowestOfEqualOnes) {
  EXPECT_EQ(best_token(std::array<float, 4>{-1, 3, 3, 2}), 1);
  EXPECT_EQ(best_token(std::array<float, 2>{kForbidden, -9}), 1);
  expect_says(message_of<SetupError>([] { best_token({}); }), "logits: none");
}

TEST(SamplerTest, DividesByTheTemperature) {
  const Decoding decoding{.temperature = 0.5};  // squares the probabilities: .36, .16
  expect_probabilities(sampling_probabilities(logs({0.6, 0.4}), decoding), {9.0 / 13, 4.0 / 13});
}

TEST(SamplerTest, KeepsEveryTokenEqualToTheLastOfTheTopK) {
  const Decoding decoding{.top_k = 2};
  expect_probabilities(sampling_probabilities(logs({0.2, 0.4, 0.2, 0.1, 0.1}), decoding),
                       {0.25, 0.5, 0.25, 0, 0});
}

TEST(SamplerTest, KeepsFiftyTokensByDefault) {
  std::vector<float> logits(60);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i);
  const auto probabilities = sampling_probabilities(logits, {});
  EXPECT_EQ(probabilities[9], 0);
  EXPECT_GT(probabilities[10], 0);
  EXPECT_GT(sampling_probabilities(logits, {.top_k = 0})[0], 0);
}

TEST(SamplerTest, KeepsTheFewestTokensThatComeToTopP) {
  const auto logits = logs({0.2, 0.5, 0.3});
  expect_probabilities(sampling_probabilities(logits, {.top_p = 0.75}), {0, 0.625, 0.375});
  expect_probabilities(sampling_probabilities(logits, {.top_p = 0.0}), {0, 1, 0});
  expect_probabilities(sampling_probabilities(logits, {.top_p = 1.0}), {0.2, 0.5, 0.3});
}

TEST(SamplerTest, KeepsTheLowerIdsOfEqualOnesUnderTopP) {
  const auto probabilities = sampling_probabilities(logs({0.25, 0.25, 0.25, 0.25}), {.top_p = 0.4});
  expect_probabilities(probabilities, {0.5, 0.5, 0, 0});
}

TEST(SamplerTest, WeighsTopPAfterTopKAndTemperature) {
  // Squared: .36 .09 .04; the two largest: .8 .2; of these .8 alone comes to .75.
  const Decoding decoding{.temperature = 0.5, .top_p = 0.75, .top_k = 2};
  expect_probabilities(sampling_probabilities(logs({0.2, 0.6, 0.3}), decoding), {0, 1, 0});
}

TEST(SamplerTest, RefusesToDrawFromNothing) {
  const auto call = [] { sampling_probabilities(std::array{kForbidden, kForbidden}, {}); };
  expect_says(message_of<SetupError>(call), "no token is allowed");
}

// The published first numbers of SplitMix64.
TEST(RandomTest, IsSplitMix64) {
  Random zero(0);
  EXPECT_EQ(zero.next(), 0xE220A8397B1DCDAFU);
  EXPECT_EQ(zero.next(), 0x6E789E6AA1B965F4U);
  Random other(1234567);
  EXPECT_EQ(other.next(), 6457827717110365317U);
}

TEST(RandomTest, DrawsByTheInverseOfTheDistribution) {
  Random random(0);  // .8833, .4316, .0264
  const std::array probabilities = {0.0, 0.5, 0.3, 0.2, 0.0};
  EXPECT_EQ(draw_token(probabilities, random), 3);
  EXPECT_EQ(draw_token(probabilities, random), 1);
  EXPECT_EQ(draw_token(std::array{0.01, 0.99}, random), 1);
}

}  // namespace
}  // namespace mono::model
