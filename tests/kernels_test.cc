#include <c10/util/Exception.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/philox.h"
#include "kernels/pixel_shuffle.h"
#include "kernels/rms_norm.h"
#include "kernels/rotary.h"
#include "kernels/scaled_residual.h"
#include "kernels/swiglu.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

class KernelsTest : public tests::BackendTest {};
INSTANTIATE_TEST_SUITE_P(, KernelsTest, tests::kBackends, testing::PrintToStringParamName());

at::Tensor fp64(const at::Tensor& tensor) {
  return tensor.cpu().to(at::kDouble);
}

TEST_P(KernelsTest, RmsNormMatchesTheFormulaInDouble) {
  const auto x = at::randn({2, 3, 2048}).to(options());
  const auto weight = at::rand({2048}).to(options());
  const auto rms = (fp64(x).square().mean(-1, true) + 1e-5).sqrt();
  expect_near(rms_norm(x, weight, 1e-5), fp64(weight) * fp64(x) / rms);
}

TEST_P(KernelsTest, RmsNormOfARowDoesNotDependOnItsNeighbours) {
  const auto x = at::randn({70, 96}).to(options());
  const auto weight = at::rand({96}).to(options());
  const auto all = rms_norm(x, weight, 1e-6);
  EXPECT_TRUE(at::equal(rms_norm(x.slice(0, 33, 34), weight, 1e-6), all.slice(0, 33, 34)));
}

TEST_P(KernelsTest, RmsNormAcceptsNoRows) {
  const auto y = rms_norm(at::empty({0, 8}, options()), at::ones({8}, options()), 1e-5);
  EXPECT_EQ(y.sizes(), (at::IntArrayRef{0, 8}));
}

TEST(RmsNormTest, RoundsTheQuotientBeforeTheProduct) {
  // In units of 2^-7: 3 / sqrt(5) = 171.73 rounds to 172; 172 * 130 / 128 = 174.69 rounds to 175.
  // Without the rounding of the quotient 174.41 would go to 174.
  const auto x = at::tensor({3.0, 1.0}).to(at::kBFloat16);
  const auto weight = at::tensor({130.0 / 128, 1.0}).to(at::kBFloat16);
  EXPECT_EQ(rms_norm(x, weight, 0)[0].item<double>(), 175.0 / 128);
}

TEST(RmsNormTest, NamesTheExpectedAndTheActualShape) {
  expect_says(message_of<c10::Error>([] {
                rms_norm(at::ones({2, 4}), at::ones({3}), 1e-5);
              }),
              "weight must be [4], got [3]");
}

TEST_P(KernelsTest, RotaryTurnsEachPairByItsAngle) {
  const auto x = at::randn({5, 3, 8}).to(options());
  const auto angle = at::rand({5, 4}).mul(6.0);
  const auto cos = angle.cos().to(options());
  const auto sin = angle.sin().to(options());
  auto expected = at::empty({5, 3, 8}, at::kDouble);
  const auto first = fp64(x).slice(2, 0, 4);
  const auto second = fp64(x).slice(2, 4);
  expected.slice(2, 0, 4) = first * fp64(cos).unsqueeze(1) - second * fp64(sin).unsqueeze(1);
  expected.slice(2, 4) = second * fp64(cos).unsqueeze(1) + first * fp64(sin).unsqueeze(1);
  expect_near(rotary(x, cos, sin), expected);
}

TEST(RotaryTest, RoundsEachProductAndTheSum) {
  // In units of 2^-7: 131 * 131 / 128 = 134.07 rounds to 134; 134 + 0.5 is halfway and goes to the
  // even 134. Without the rounding of the product 134.57 would go to 135.
  const auto x = at::tensor({1.0, 131.0 / 128}).to(at::kBFloat16).view({1, 1, 2});
  const auto cos = at::tensor({131.0 / 128}).to(at::kBFloat16).view({1, 1});
  const auto sin = at::tensor({0.5 / 128}).to(at::kBFloat16).view({1, 1});
  EXPECT_EQ(rotary(x, cos, sin).flatten()[1].item<double>(), 134.0 / 128);
}

TEST(RotaryTest, RefusesATableOfAnotherLength) {
  const auto call = [] { rotary(at::ones({2, 1, 4}), at::ones({3, 2}), at::ones({3, 2})); };
  expect_says(message_of<c10::Error>(call), "must be [2, 2], got [3, 2]");
}

TEST_P(KernelsTest, SwigluMatchesTheFormulaInDouble) {
  const auto gate = at::randn({7, 33}).to(options());
  const auto up = at::randn({7, 33}).to(options());
  expect_near(swiglu(gate, up), fp64(gate) / (1 + (-fp64(gate)).exp()) * fp64(up));
}

TEST(SwigluTest, RefusesTwoShapes) {
  expect_says(message_of<c10::Error>([] {
                swiglu(at::ones({2, 3}), at::ones({3, 2}));
              }),
              "gate is [2, 3], up is [3, 2]");
}

TEST(PixelShuffleTest, GathersSquaresRowByRow) {
  const auto x = at::arange(16, at::kFloat).view({1, 16, 1});
  const auto y = pixel_shuffle(x, 2, false);
  const std::array<float, 16> expected = {0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15};
  EXPECT_TRUE(at::equal(y, at::tensor(expected).view({1, 4, 4})));
}

TEST(PixelShuffleTest, TransposesTheTokensButNotTheirPatches) {
  const auto x = at::arange(16, at::kFloat).view({1, 16, 1});
  const auto y = pixel_shuffle(x, 2, true);
  const std::array<float, 16> expected = {0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15};
  EXPECT_TRUE(at::equal(y, at::tensor(expected).view({1, 4, 4})));
}

TEST(PixelShuffleTest, KeepsChannelsTogether) {
  const auto x = at::arange(8, at::kFloat).view({1, 4, 2});
  EXPECT_TRUE(at::equal(pixel_shuffle(x, 2, false), at::arange(8, at::kFloat).view({1, 1, 8})));
}

TEST(PixelShuffleTest, RefusesWhatIsNoSquare) {
  expect_says(message_of<c10::Error>([] {
                pixel_shuffle(at::ones({1, 17, 2}), 2, false);
              }),
              "17 patches form no square");
  expect_says(message_of<c10::Error>([] {
                pixel_shuffle(at::ones({1, 9, 2}), 2, false);
              }),
              "factor 2 does not divide a grid of 3");
}

TEST_P(KernelsTest, ScaledResidualMatchesTheFormulaInDouble) {
  const auto residual = at::randn({2, 5, 96}).to(options());
  const auto branch = at::randn({2, 5, 96}).to(options());
  const auto scale = at::rand({96}).to(options());
  expect_near(scaled_residual(residual, branch, scale),
              fp64(residual) + fp64(branch) * fp64(scale));
}

TEST(ScaledResidualTest, RoundsTheProductBeforeTheSum) {
  // In units of 2^-7: 129 * 129 / 128 = 130.008 rounds to 130; 130 - 130 = 0. Without the rounding
  // 0.008 would be left.
  const auto value = at::tensor({129.0 / 128}).to(at::kBFloat16);
  const auto residual = at::tensor({-130.0 / 128}).to(at::kBFloat16);
  EXPECT_EQ(scaled_residual(residual, value, value)[0].item<double>(), 0);
}

TEST(ScaledResidualTest, NamesWhatDoesNotFit) {
  const auto x = at::ones({2, 4});
  expect_says(message_of<c10::Error>([&] {
                scaled_residual(x, at::ones({2, 3}), at::ones({4}));
              }),
              "branch must be [2, 4], got [2, 3]");
  expect_says(message_of<c10::Error>([&] { scaled_residual(x, x, at::ones({2})); }),
              "scale must be [4], got [2]");
  expect_says(message_of<c10::Error>([&] { scaled_residual(x, x.to(at::kHalf), at::ones({4})); }),
              "branch or scale is Half");
}

// Vectors of Random123, tests/kat_vectors.
TEST(PhiloxTest, HasThePublishedWords) {
  const auto words = [](PhiloxBlock counter, uint64_t key) {
    const auto block = philox(counter, key);
    return std::vector<uint32_t>(block.words, block.words + 4);
  };
  EXPECT_EQ(words({}, 0), (std::vector<uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(words({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, 0xffffffffffffffff),
            (std::vector<uint32_t>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(words({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822),
            (std::vector<uint32_t>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

}  // namespace
}  // namespace mono::kernels
