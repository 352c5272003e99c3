#include "evaluator/bench/roofline.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/messages.h"

namespace mono::bench {
namespace {

constexpr Ceilings kMachine{.bytes_per_second = 1e12, .flops_per_second = 1e14};

/// How often `pattern` occurs.
size_t count_of(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  return static_cast<size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

TEST(RooflineTest, ShowsEachStageBelowItsRoof) {
  const std::vector<RooflinePoint> points{
      {"mono", "prefill", "7 tiles", {.flops = 6e12, .bytes = 6e9}, 0.12},  // 5e13, half the roof
      {"mono", "decode", "1 token", {.flops = 3e9, .bytes = 3e9}, 4e-3}};   // 7.5e11 of 1e12
  const auto svg = roofline_svg(points, kMachine);
  EXPECT_EQ(count_of(svg, "<svg "), 1U);
  EXPECT_EQ(count_of(svg, "class=\"roof\""), 3U);
  EXPECT_EQ(count_of(svg, "<circle "), 2U);
  tests::expect_says(svg, "mono, 7 tiles: 5e+13 FLOP/s, 0.50 of the roof");
  tests::expect_says(svg, "mono, 1 token: 7.5e+11 FLOP/s, 0.75 of the roof");
}

TEST(RooflineTest, APointAtTheLimitLiesOnTheRoof) {
  // At the ridge, 100 FLOPs a byte: where the two lines of the roof meet.
  const auto svg =
      roofline_svg({{"mono", "decode", "limit", {.flops = 1e14, .bytes = 1e12}, 1.0}}, kMachine);
  std::smatch roof;
  std::smatch point;
  ASSERT_TRUE(std::regex_search(svg, roof, std::regex("points=\"\\S+ (\\S+),(\\S+) ")));
  ASSERT_TRUE(std::regex_search(svg, point, std::regex("cx=\"(\\S+)\" cy=\"(\\S+)\"")));
  EXPECT_EQ(point[1], roof[1]);
  EXPECT_EQ(point[2], roof[2]);
}

TEST(RooflineTest, SaysNothingThatIsMarkup) {
  const auto svg =
      roofline_svg({{"a<b>&\"", "vision", "x", {.flops = 1, .bytes = 1}, 1.0}}, kMachine);
  tests::expect_says(svg, "a&lt;b>&amp;&quot;");
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace mono::bench
