#include <c10/util/Exception.h>

#include "kernels/gelu_bias.h"
#include "kernels/swiglu.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::fp64;
using tests::message_of;

class KernelActivationsTest : public tests::BackendTest {
 protected:
  at::Tensor random(at::IntArrayRef shape) const { return at::randn(shape).to(options()); }
};
INSTANTIATE_TEST_SUITE_P(, KernelActivationsTest, tests::kBackends,
                         testing::PrintToStringParamName());

at::Tensor swiglu_in_double(const at::Tensor& gate, const at::Tensor& up) {
  return fp64(gate) / (1 + at::exp(-fp64(gate))) * fp64(up);
}

TEST_P(KernelActivationsTest, SwigluMatchesTheFormulaInDouble) {
  for (const int64_t width : {5, 96, 2056}) {
    const auto gate = random({3, width});
    const auto up = random({3, width});
    const auto expected = swiglu_in_double(gate, up);
    expect_near(swiglu(gate, up), expected);
    for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
      const auto out = at::empty_like(gate);
      swiglu_out(gate, up, rounding, out);
      expect_near(out, expected);
    }
  }
}

TEST_P(KernelActivationsTest, SwigluTakesBothHalvesOfOneProduct) {
  const auto gate_up = random({4, 2 * 40});
  const auto buffer = at::zeros({4, 64}, options());
  const auto out = buffer.slice(1, 8, 48);  // rows with a distance
  swiglu_out(gate_up, Rounding::kParity, out);
  expect_near(out, swiglu_in_double(gate_up.slice(1, 0, 40), gate_up.slice(1, 40)));
  EXPECT_EQ(buffer.slice(1, 0, 8).abs().max().item<double>(), 0);
  EXPECT_EQ(buffer.slice(1, 48).abs().max().item<double>(), 0);
}

TEST_P(KernelActivationsTest, SwigluMayOverwriteItsGate) {
  const auto gate = random({4, 24});
  const auto up = random({4, 24});
  const auto expected = swiglu(gate, up);
  swiglu_out(gate, up, Rounding::kParity, gate);
  EXPECT_TRUE(at::equal(gate, expected));
}

TEST(SwigluTest, ParityHasTheBitsOfTheTwoSteps) {
  const auto gate = at::randn({9, 128}).to(at::kBFloat16);
  const auto up = at::randn({9, 128}).to(at::kBFloat16);
  const auto out = at::empty_like(gate);
  swiglu_out(gate, up, Rounding::kParity, out);
  EXPECT_TRUE(at::equal(out, at::silu(gate) * up));
}

TEST(SwigluTest, NamesWhatDoesNotFit) {
  expect_says(message_of<c10::Error>([] {
                swiglu_out(at::ones({2, 5}), Rounding::kParity, at::ones({2, 2}));
              }),
              "gate_up must be [num_rows, 2 * width], got [2, 5]");
  expect_says(message_of<c10::Error>([] {
                swiglu_out(at::ones({2, 6}), Rounding::kParity, at::ones({2, 2}));
              }),
              "out must be [2, 3] as gate, got [2, 2]");
}

at::Tensor gelu_in_double(const at::Tensor& x) {
  return x * 0.5 * (1 + at::erf(x / std::sqrt(2.0)));
}

TEST_P(KernelActivationsTest, GeluBiasMatchesTheFormulaInDouble) {
  for (const int64_t width : {7, 96, 4096}) {
    const auto x = random({3, width});
    const auto bias = random({width});
    for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
      const auto out = at::empty_like(x);
      gelu_bias_out(x, bias, rounding, out);
      expect_near(out, gelu_in_double(fp64(x) + fp64(bias)));
      gelu_bias_out(x, {}, rounding, out);
      expect_near(out, gelu_in_double(fp64(x)));
    }
  }
}

TEST(GeluBiasTest, ParityRoundsTheSumAndFastDoesNot) {
  const auto x = at::full({1, 64}, 1.0).to(at::kBFloat16);
  const auto bias = at::full({64}, 1.0 / 256).to(at::kBFloat16);  // 1 + 2^-8 rounds to 1
  const auto parity = at::empty_like(x);
  const auto fast = at::empty_like(x);
  gelu_bias_out(x, bias, Rounding::kParity, parity);
  gelu_bias_out(x, bias, Rounding::kFast, fast);
  EXPECT_TRUE(at::equal(parity, at::gelu(x)));
  EXPECT_GT(fast[0][0].item<double>(), parity[0][0].item<double>());
}

TEST(GeluBiasTest, NamesWhatDoesNotFit) {
  expect_says(message_of<c10::Error>([] {
                gelu_bias_out(at::ones({2, 4}), at::ones({3}), Rounding::kFast, at::ones({2, 4}));
              }),
              "bias must be [4], got [3]");
}

}  // namespace
}  // namespace mono::kernels
