#include "kernels/rotary.h"

#include "kernels/rotary_fallback.h"
#include "tests/backends.h"

namespace mono::kernels {
namespace {

using tests::fp64;

class RotaryTest : public tests::BackendTest {};
INSTANTIATE_TEST_SUITE_P(, RotaryTest, tests::kBackends, testing::PrintToStringParamName());

TEST_P(RotaryTest, HasTheBitsOfAtensOperationsForFewAndForManyTokens) {
  for (const int64_t num_tokens : {1, 2, 4, 5, 40}) {
    const auto heads = at::randn({num_tokens, 2, 5, 128}).to(options());
    const auto cos = at::rand({num_tokens, 64}).to(options());
    const auto sin = at::rand({num_tokens, 64}).to(options());
    for (const auto& x : {heads, heads.slice(2, 1, 4), heads.select(2, 0)}) {
      EXPECT_TRUE(at::equal(rotary(x, cos, sin), rotary_fallback(x, cos, sin))) << x.sizes();
    }
  }
}

TEST_P(RotaryTest, TurnsByTheAngle) {
  const auto x = at::randn({3, 4, 16}).to(options());
  const auto angle = at::rand({3, 8}, at::kDouble);
  const auto cos = angle.cos().to(options()), sin = angle.sin().to(options());
  const auto first = fp64(x).slice(2, 0, 8), second = fp64(x).slice(2, 8);
  const auto c = fp64(cos).unsqueeze(1), s = fp64(sin).unsqueeze(1);
  expect_near(rotary(x, cos, sin), at::cat({first * c - second * s, second * c + first * s}, 2));
}

}  // namespace
}  // namespace mono::kernels
