#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "evaluator/bench/unseen_shapes.h"

namespace mono::bench {
namespace {

TEST(UnseenShapesTest, AreNeitherMeasuredNorGivenTwice) {
  const std::vector<Shape> measured{{.num_tiles = 1, .num_text_tokens = 64},
                                    {.num_tiles = 1, .num_text_tokens = 65},
                                    {.num_tiles = 7, .num_text_tokens = 64}};
  UnseenShapes unseen(measured);
  std::set<std::pair<int64_t, int64_t>> given;
  for (int contender = 0; contender < 3; ++contender) {
    for (const auto& shape : measured) {
      const auto fresh = unseen.like(shape);
      EXPECT_EQ(fresh.num_tiles, shape.num_tiles);
      EXPECT_GT(fresh.num_text_tokens, shape.num_text_tokens);
      EXPECT_TRUE(given.emplace(fresh.num_tiles, fresh.num_text_tokens).second);
    }
  }
  EXPECT_FALSE(given.contains({1, 65}));
}

}  // namespace
}  // namespace mono::bench
