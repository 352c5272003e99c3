#include "kernels/row_mix.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

#include "kernels/cpu_paths.h"

namespace mono::kernels {
namespace {

struct Case {
  int64_t num_values = 0;
  int64_t num_rows = 0;
  int64_t width = 0;
};

/// Random values with unused elements between their rows, and random weights likewise.
class RowMixTest : public testing::TestWithParam<Case> {
 protected:
  RowMixTest() {
    const auto [num_values, num_rows, width] = GetParam();
    mix_ = {.num_values = num_values,
            .num_rows = num_rows,
            .width = width,
            .value_distance = width + 5,
            .weight_distance = num_values + 3};
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < num_values * mix_.value_distance; ++i) {
      values_.push_back(static_cast<uint16_t>(std::bit_cast<uint32_t>(normal(random)) >> 16));
    }
    for (int64_t i = 0; i < num_rows * mix_.weight_distance; ++i) {
      weights_.push_back(normal(random));
    }
    mix_.values = values_.data();
    mix_.weights = weights_.data();
  }

  double exact(int64_t row, int64_t d) const {
    double sum = 0;
    for (int64_t n = 0; n < mix_.num_values; ++n) {
      const auto bits = uint32_t{values_[static_cast<size_t>(n * mix_.value_distance + d)]} << 16;
      sum += double{weights_[static_cast<size_t>(row * mix_.weight_distance + n)]} *
             std::bit_cast<float>(bits);
    }
    return sum;
  }

  std::vector<float> sums_by(RowMix::Function path) const {
    std::vector<float> sums(static_cast<size_t>(mix_.num_rows * mix_.width), -1.0F);
    path(mix_, sums.data());
    return sums;
  }

  void expect_bits_of_scalar(RowMix::Function path) const {
    const auto expected = sums_by(row_mix_scalar);
    const auto actual = sums_by(path);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(actual[i]), std::bit_cast<uint32_t>(expected[i])) << i;
    }
  }

  RowMix mix_{};
  std::vector<uint16_t> values_{};
  std::vector<float> weights_{};
};

TEST_P(RowMixTest, IsTheWeightedSum) {
  const auto sums = sums_by(row_mix());
  for (int64_t row = 0; row < mix_.num_rows; ++row) {
    for (int64_t d = 0; d < mix_.width; ++d) {
      EXPECT_NEAR(sums[static_cast<size_t>(row * mix_.width + d)], exact(row, d),
                  1e-5 * static_cast<double>(mix_.num_values));
    }
  }
}

TEST_P(RowMixTest, EveryPathHasTheSameBits) {
  if (has_avx2()) expect_bits_of_scalar(row_mix_avx2);
  if (has_avx512()) expect_bits_of_scalar(row_mix_avx512);
}

TEST_P(RowMixTest, ARowsBitsAreItsOwn) {
  const auto together = sums_by(row_mix());
  for (int64_t row = 0; row < mix_.num_rows; ++row) {
    auto one = mix_;
    one.weights = mix_.weights + row * mix_.weight_distance;
    one.num_rows = 1;
    std::vector<float> alone(static_cast<size_t>(mix_.width));
    row_mix()(one, alone.data());
    for (size_t d = 0; d < alone.size(); ++d) {
      const auto other = together[static_cast<size_t>(row * mix_.width) + d];
      ASSERT_EQ(std::bit_cast<uint32_t>(alone[d]), std::bit_cast<uint32_t>(other)) << d;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, RowMixTest,
                         testing::Values(Case{1, 1, 128}, Case{37, 2, 128}, Case{300, 2, 64},
                                         Case{9, 2, 80}, Case{5, 1, 7}, Case{0, 2, 96}),
                         [](const auto& info) {
                           return std::to_string(info.param.num_values) + "x" +
                                  std::to_string(info.param.num_rows) + "x" +
                                  std::to_string(info.param.width);
                         });

}  // namespace
}  // namespace mono::kernels
