#include "kernels/expert_routing.h"

#include <c10/util/Exception.h>

#include <array>

#include "kernels/visual_embeddings.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

constexpr int64_t kImage = 7;
const Expert kTimesTen = [](const at::Tensor& x) { return x * 10; };
const Expert kNegate = [](const at::Tensor& x) { return -x; };

TEST(ExpertRoutingTest, RoutesEachTokenToItsExpert) {
  const std::array<int64_t, 5> ids = {1, kImage, 2, kImage, 3};
  const auto x = at::tensor({1.0, 2.0, 3.0, 4.0, 5.0}).view({5, 1});
  const auto routing = route_by_token_id(ids, kImage, at::kCPU);
  const auto y = apply_experts(x, routing, kTimesTen, kNegate);
  EXPECT_TRUE(at::equal(y.flatten(), at::tensor({10.0, -2.0, 30.0, -4.0, 50.0})));
}

TEST(ExpertRoutingTest, TakesARunAsASliceAndScatteredRowsByIndex) {
  const std::array<int64_t, 5> ids = {1, kImage, kImage, kImage, 3};
  const auto routing = route_by_token_id(ids, kImage, at::kCPU);
  EXPECT_FALSE(routing.visual.indices.defined());
  EXPECT_EQ(routing.visual.begin, 1);
  EXPECT_EQ(routing.visual.end, 4);
  EXPECT_TRUE(at::equal(routing.text.indices, at::tensor({0, 4}, at::kLong)));
}

TEST(ExpertRoutingTest, CallsEachExpertOnItsOwnRowsOnly) {
  const std::array<int64_t, 4> ids = {1, kImage, kImage, kImage};
  const auto routing = route_by_token_id(ids, kImage, at::kCPU);
  const auto text = [](const at::Tensor& x) {
    EXPECT_EQ(x.size(0), 1);
    return x;
  };
  const auto visual = [](const at::Tensor& x) {
    EXPECT_EQ(x.size(0), 3);
    return x;
  };
  EXPECT_TRUE(at::equal(apply_experts(at::ones({4, 2}), routing, text, visual), at::ones({4, 2})));
}

TEST(ExpertRoutingTest, NeverCallsAnExpertWithoutTokens) {
  const Expert unreachable = [](const at::Tensor& x) {
    ADD_FAILURE() << "called for no rows";
    return x;
  };
  const auto x = at::ones({2, 4});
  const std::array<int64_t, 2> text = {1, 2};
  const std::array<int64_t, 2> visual = {kImage, kImage};
  const auto of_text = route_by_token_id(text, kImage, at::kCPU);
  const auto of_visual = route_by_token_id(visual, kImage, at::kCPU);
  EXPECT_TRUE(at::equal(apply_experts(x, of_text, kNegate, unreachable), -x));
  EXPECT_TRUE(at::equal(apply_experts(x, of_visual, unreachable, kNegate), -x));
}

TEST(ExpertRoutingTest, RefusesAnotherNumberOfRows) {
  const std::array<int64_t, 2> ids = {1, 2};
  const auto routing = route_by_token_id(ids, kImage, at::kCPU);
  const auto call = [&] { apply_experts(at::ones({3, 1}), routing, kNegate, kNegate); };
  expect_says(message_of<c10::Error>(call), "x must be [2, in_features], got [3, 1]");
}

TEST(VisualEmbeddingsTest, OverwritesTheImageRowsInOrder) {
  const std::array<int64_t, 4> ids = {kImage, 1, kImage, 2};
  auto embeddings = at::zeros({4, 1});
  place_visual_embeddings(embeddings, at::tensor({5.0F, 6.0F}).view({2, 1}),
                          route_by_token_id(ids, kImage, at::kCPU).visual);
  EXPECT_TRUE(at::equal(embeddings.flatten(), at::tensor({5.0F, 0.0F, 6.0F, 0.0F})));
}

TEST(VisualEmbeddingsTest, NamesBothCountsWhereTheyDiffer) {
  const std::array<int64_t, 3> ids = {kImage, kImage, 1};
  auto embeddings = at::zeros({3, 1});
  const auto rows = route_by_token_id(ids, kImage, at::kCPU).visual;
  const auto call = [&] { place_visual_embeddings(embeddings, at::ones({3, 1}), rows); };
  expect_says(message_of<c10::Error>(call),
              "the prompt has 2 image-context tokens, the images give 3 embeddings");
}

}  // namespace
}  // namespace mono::kernels
