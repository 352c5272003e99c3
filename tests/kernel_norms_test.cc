#include <c10/util/Exception.h>

#include "kernels/add_rms_norm.h"
#include "kernels/layer_norm.h"
#include "kernels/rms_norm.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::fp64;
using tests::message_of;

constexpr double kEpsilon = 1e-5;

class KernelNormsTest : public tests::BackendTest {
 protected:
  at::Tensor random(at::IntArrayRef shape) const { return at::randn(shape).to(options()); }
  at::Tensor rows(std::initializer_list<int> numbers) const {
    return at::tensor(std::vector<int>(numbers), at::kInt).to(GetParam().device);
  }
};
INSTANTIATE_TEST_SUITE_P(, KernelNormsTest, tests::kBackends, testing::PrintToStringParamName());

at::Tensor rms_norm_in_double(const at::Tensor& x, const at::Tensor& weight) {
  return fp64(weight) * fp64(x) / (fp64(x).square().mean(-1, true) + kEpsilon).sqrt();
}

at::Tensor layer_norm_in_double(const at::Tensor& x, const LayerNormWeights& norm) {
  const auto centred = fp64(x) - fp64(x).mean(-1, true);
  const auto deviation = (centred.square().mean(-1, true) + norm.epsilon).sqrt();
  return centred / deviation * fp64(norm.weight) + fp64(norm.bias);
}

TEST_P(KernelNormsTest, AddRmsNormMatchesTheFormulaInDouble) {
  for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
    for (const int64_t width : {20, 896, 2048}) {
      const auto residual = random({5, width});
      const auto delta = random({5, width});
      const auto weight = at::rand({width}).to(options());
      const auto sum = fp64(residual) + fp64(delta);
      const auto out = at::empty_like(residual);
      add_rms_norm_out(residual, delta, weight, kEpsilon, {}, rounding, out);
      expect_near(residual, sum);
      expect_near(out, rms_norm_in_double(sum, weight));
    }
  }
}

TEST_P(KernelNormsTest, RmsNormMatchesTheFormulaInDoubleForAnyWidthAndNumberOfRows) {
  for (const int64_t width : {7, 20, 896, 2048}) {
    for (const int64_t num_rows : {1, 3, 70}) {
      const auto x = random({num_rows, width});
      const auto weight = at::rand({width}).to(options());
      expect_near(rms_norm(x, weight, kEpsilon), rms_norm_in_double(x, weight));
    }
  }
}

TEST_P(KernelNormsTest, RmsNormOfARowDoesNotDependOnTheOthers) {
  const auto x = random({70, 2048});
  const auto weight = at::rand({2048}).to(options());
  const auto all = rms_norm(x, weight, kEpsilon);
  for (const int64_t row : {0, 33, 69}) {
    EXPECT_TRUE(at::equal(rms_norm(x.narrow(0, row, 1), weight, kEpsilon), all.narrow(0, row, 1)));
  }
}

// The reference adds, rounds, normalises, rounds, scales, rounds.
TEST_P(KernelNormsTest, AddRmsNormHasTheBitsOfTheTwoStepsItReplaces) {
  if (GetParam().device.is_cuda()) GTEST_SKIP() << "the sum of squares has another order there";
  const auto residual = random({7, 2048});
  const auto delta = random({7, 2048});
  const auto weight = at::rand({2048}).to(options());
  const auto sum = delta.clone().add_(residual);
  const auto expected = rms_norm(sum, weight, kEpsilon);
  const auto out = at::empty_like(residual);
  add_rms_norm_out(residual, delta, weight, kEpsilon, {}, Rounding::kParity, out);
  EXPECT_TRUE(at::equal(residual, sum));
  EXPECT_TRUE(at::equal(out, expected));
}

TEST_P(KernelNormsTest, AddRmsNormFollowsItsRowMaps) {
  const auto residual = random({4, 96});
  const auto delta = random({6, 96});
  const auto weight = at::rand({96}).to(options());
  const auto sum = fp64(residual) + fp64(delta).index_select(0, at::tensor({5, 0, 3, 2}));
  const auto untouched = at::full({5, 96}, 7.0).to(options());
  const auto out = untouched.clone();
  add_rms_norm_out(residual, delta, weight, kEpsilon,
                   {.delta = rows({5, 0, 3, 2}), .out = rows({4, -1, 0, 2})}, Rounding::kParity,
                   out);
  expect_near(residual, sum);
  const auto norm = rms_norm_in_double(residual, weight);
  expect_near(out[4], norm[0]);
  expect_near(out[0], norm[2]);
  expect_near(out[2], norm[3]);
  EXPECT_TRUE(at::equal(out[1], untouched[1])) << "row 1 wants no norm";
  EXPECT_TRUE(at::equal(out[3], untouched[3]));
}

TEST_P(KernelNormsTest, AddRmsNormWithoutADeltaLeavesTheResidual) {
  const auto residual = random({3, 64});
  const auto before = residual.clone();
  const auto weight = at::rand({64}).to(options());
  const auto out = at::empty_like(residual);
  add_rms_norm_out(residual, {}, weight, kEpsilon, {}, Rounding::kParity, out);
  EXPECT_TRUE(at::equal(residual, before));
  expect_near(out, rms_norm_in_double(residual, weight));
}

TEST_P(KernelNormsTest, AddRmsNormOfARowDoesNotDependOnItsNeighbours) {
  const auto residual = random({40, 2048});
  const auto delta = random({40, 2048});
  const auto weight = at::rand({2048}).to(options());
  const auto one = residual.slice(0, 17, 18).clone();
  const auto all_out = at::empty_like(residual);
  const auto one_out = at::empty_like(one);
  add_rms_norm_out(residual, delta, weight, kEpsilon, {}, Rounding::kParity, all_out);
  add_rms_norm_out(one, delta.slice(0, 17, 18), weight, kEpsilon, {}, Rounding::kParity, one_out);
  EXPECT_TRUE(at::equal(one_out, all_out.slice(0, 17, 18)));
}

TEST(AddRmsNormTest, FastRoundsOnce) {
  const auto x = at::tensor({3.0, 1.0}).to(at::kBFloat16).view({1, 2});
  const auto weight = at::tensor({130.0 / 128, 1.0}).to(at::kBFloat16);
  const auto out = at::empty_like(x);
  // 3 / sqrt(5) = 171.73 / 128; times 130 / 128 = 174.41 / 128, which rounds to 174.
  add_rms_norm_out(x, {}, weight, 0, {}, Rounding::kFast, out);
  EXPECT_EQ(out[0][0].item<double>(), 174.0 / 128);
  // With the quotient rounded to 172 first, 174.69 rounds to 175.
  add_rms_norm_out(x, {}, weight, 0, {}, Rounding::kParity, out);
  EXPECT_EQ(out[0][0].item<double>(), 175.0 / 128);
}

TEST(AddRmsNormTest, NamesWhatDoesNotFit) {
  const auto x = at::ones({2, 4});
  const auto weight = at::ones({4});
  const auto call = [&](const at::Tensor& delta, const NormRows& maps, const at::Tensor& out) {
    return message_of<c10::Error>(
        [&] { add_rms_norm_out(x, delta, weight, 0, maps, Rounding::kParity, out); });
  };
  expect_says(call(at::ones({3, 4}), {}, at::ones({2, 4})), "delta must be [2, 4], got [3, 4]");
  expect_says(call({}, {.out = at::zeros({2}, at::kLong)}, at::ones({2, 4})),
              "out must be a dense int32 [2], got Long [2]");
  expect_says(call({}, {}, at::ones({4, 2}).t()), "out must be dense, got strides [1, 2]");
}

TEST_P(KernelNormsTest, LayerNormMatchesTheFormulaInDouble) {
  for (const int64_t width : {20, 1024, 4096}) {
    const auto x = random({3, width}).add_(1);
    const LayerNormWeights norm{random({width}).mul_(0.5), random({width}), 1e-6};
    const auto out = at::empty_like(x);
    layer_norm_out(x, norm, out);
    expect_near(out, layer_norm_in_double(x, norm));
  }
}

TEST_P(KernelNormsTest, AddLayerNormMatchesTheFormulaInDouble) {
  for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
    const auto residual = random({5, 1024});
    const auto delta = random({5, 1024});
    const auto scale = at::rand({1024}).to(options());
    const LayerNormWeights norm{random({1024}).mul_(0.5), random({1024}), 1e-6};
    const auto sum = fp64(residual) + fp64(scale) * fp64(delta);
    const auto out = at::empty_like(residual);
    add_layer_norm_out(residual, delta, scale, norm, rounding, out);
    expect_near(residual, sum);
    expect_near(out, layer_norm_in_double(sum, norm));
  }
}

TEST_P(KernelNormsTest, AddLayerNormHasTheBitsOfTheStepsItReplaces) {
  if (GetParam().device.is_cuda()) GTEST_SKIP() << "the sums have another order there";
  const auto residual = random({5, 1024});
  const auto delta = random({5, 1024});
  const auto scale = at::rand({1024}).to(options());
  const LayerNormWeights norm{random({1024}), random({1024}), 1e-6};
  const auto sum = residual + delta * scale;
  const auto out = at::empty_like(residual);
  add_layer_norm_out(residual, delta, scale, norm, Rounding::kParity, out);
  EXPECT_TRUE(at::equal(residual, sum));
  EXPECT_TRUE(at::equal(out, at::layer_norm(sum, {1024}, norm.weight, norm.bias, 1e-6)));
}

TEST_P(KernelNormsTest, LayerScaleAloneAddsAndNormalisesNothing) {
  const auto residual = random({3, 24});
  const auto delta = random({3, 24});
  const auto scale = random({24});
  const auto expected = residual + delta * scale;
  layer_scale_residual(residual, delta, scale, Rounding::kParity);
  EXPECT_TRUE(at::equal(residual, expected));
}

TEST(LayerScaleTest, ParityRoundsTheProductAndFastDoesNot) {
  // 2^-8 + 2^-16 rounds to 2^-8 as a product's bf16; 1 + 2^-8 is halfway and goes to the even 1,
  // while 1 + 2^-8 + 2^-16 goes up to 1 + 2^-7.
  const auto delta = at::tensor({1 + 1.0 / 128}).to(at::kBFloat16).view({1, 1});
  const auto scale = at::tensor({(1 - 1.0 / 128 + 1.0 / 256) / 256}).to(at::kBFloat16);
  const double product = delta.item<double>() * scale.item<double>();
  ASSERT_GT(product, 1.0 / 256);
  ASSERT_EQ(at::tensor({product}).to(at::kBFloat16).item<double>(), 1.0 / 256);
  const auto once = at::ones({1, 1}, at::kBFloat16);
  const auto twice = at::ones({1, 1}, at::kBFloat16);
  layer_scale_residual(once, delta, scale, Rounding::kFast);
  layer_scale_residual(twice, delta, scale, Rounding::kParity);
  EXPECT_EQ(once.item<double>(), 1 + 1.0 / 128);
  EXPECT_EQ(twice.item<double>(), 1);
}

TEST(LayerNormTest, NamesWhatDoesNotFit) {
  const auto x = at::ones({2, 4});
  const LayerNormWeights norm{at::ones({4}), at::ones({3}), 1e-6};
  expect_says(message_of<c10::Error>([&] {
                layer_norm_out(x, norm, at::ones({2, 4}));
              }),
              "bias must be [4], got [3]");
}

}  // namespace
}  // namespace mono::kernels
