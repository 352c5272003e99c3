#include "results/grid.h"

#include <gtest/gtest.h>

namespace mono::results {
namespace {

TEST(GridTest, NoCellOfAMarkdownTableEndsItsColumnOrRow) {
  EXPECT_EQ(markdown_grid({{"row", "answer"}, {"a|1", "x\ny"}}, 1),
            "| row | answer |\n| --- | ---: |\n| a\\|1 | x y |\n");
}

}  // namespace
}  // namespace mono::results
