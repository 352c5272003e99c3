#include "results/grid.h"

#include <gtest/gtest.h>

namespace mono::results {
namespace {

TEST(GridTest, MarkdownShowsTextOfDataAsItIs) {
  EXPECT_EQ(markdown_text("<img src=x> & </details>"), "&lt;img src=x> &amp; &lt;/details>");
  EXPECT_EQ(markdown_text("a|b"), "a\\|b");
  EXPECT_EQ(markdown_text("a\\|b"), "a\\\\\\|b");  // neither the backslash nor the bar is lost
  EXPECT_EQ(markdown_text("```sh"), "\\`\\`\\`sh");
  EXPECT_EQ(markdown_text("one\ntwo\r\nthree"), "one two  three");
  EXPECT_EQ(markdown_text("![x](http://y)"), "![x]\\(http://y)");
  EXPECT_EQ(markdown_text("[-1.00, 2.00] 3.0*"), "[-1.00, 2.00] 3.0*");
}

TEST(GridTest, NoCellOfAMarkdownTableEndsItsColumnOrRow) {
  EXPECT_EQ(markdown_grid({{"row", "answer"}, {"a|1", "x\ny"}}, 1),
            "| row | answer |\n| --- | ---: |\n| a\\|1 | x y |\n");
}

}  // namespace
}  // namespace mono::results
