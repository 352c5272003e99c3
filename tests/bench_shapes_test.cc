#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "evaluator/bench/unseen_shapes.h"

namespace mono::bench {
namespace {

TEST(UnseenShapesTest, AreNeitherMeasuredNorGivenTwice) {
  std::vector<AskedShape> measured;
  for (size_t contender = 0; contender < 3; ++contender) {
    for (const Shape& shape : {Shape{.num_tiles = 1, .num_text_tokens = 64},
                               Shape{.num_tiles = 1, .num_text_tokens = 65},
                               Shape{.num_tiles = 7, .num_text_tokens = 64}}) {
      measured.push_back({.contender = contender, .shape = shape, .tokens_per_tile = 256});
    }
  }
  UnseenShapes unseen(measured);
  std::set<std::pair<int64_t, int64_t>> given;
  for (const auto& asked : measured) {
    const auto fresh = unseen.like(asked);
    EXPECT_EQ(fresh.num_tiles, asked.shape.num_tiles);
    EXPECT_GT(fresh.num_text_tokens, asked.shape.num_text_tokens);
    EXPECT_TRUE(given.emplace(fresh.num_tiles, fresh.num_text_tokens).second);
  }
  EXPECT_FALSE(given.contains({1, 65}));
}

TEST(UnseenShapesTest, HaveNoRecordOfTheirContender) {
  const AskedShape asked{.shape = {.num_tiles = 1, .num_text_tokens = 64}, .tokens_per_tile = 256};
  UnseenShapes unseen({&asked, 1});
  EXPECT_EQ(unseen.like(asked).num_text_tokens, 65);
  EXPECT_EQ(unseen.like(asked).num_text_tokens, 64 + model::kPrefillGrain + 1);
  auto other = asked;
  other.contender = 1;
  EXPECT_EQ(unseen.like(other).num_text_tokens, 66);
}

}  // namespace
}  // namespace mono::bench
