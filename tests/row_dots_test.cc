#include "kernels/row_dots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <vector>

namespace mono::kernels {
namespace {

struct Case {
  int64_t length = 0;
  int64_t num_rows = 0;
};

/// Random rows; the weight's rows have unused elements between them.
class RowDotsTest : public testing::TestWithParam<Case> {
 protected:
  static constexpr int64_t kWeightRows = kDotWeights + 5;

  RowDotsTest() {
    const auto [length, num_rows] = GetParam();
    dots_ = {.num_rows = num_rows,
             .length = length,
             .width = (length + kDotLanes - 1) / kDotLanes * kDotLanes,
             .weight_distance = length + 3};
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    x_.assign(static_cast<size_t>(num_rows * dots_.width), 0);
    for (int64_t row = 0; row < num_rows; ++row) {
      for (int64_t k = 0; k < length; ++k) x_[place(row, k)] = normal(random);
    }
    for (int64_t i = 0; i < kWeightRows * dots_.weight_distance; ++i) {
      weight_.push_back(static_cast<uint16_t>(std::bit_cast<uint32_t>(normal(random)) >> 16));
    }
    dots_.x = x_.data();
    dots_.weight = weight_.data();
  }

  size_t place(int64_t row, int64_t k) const {
    return static_cast<size_t>(row * dots_.width + dot_place(k));
  }

  double exact(int64_t row, int64_t n) const {
    double sum = 0;
    for (int64_t k = 0; k < dots_.length; ++k) {
      const auto bits = uint32_t{weight_[static_cast<size_t>(n * dots_.weight_distance + k)]} << 16;
      sum += double{x_[place(row, k)]} * std::bit_cast<float>(bits);
    }
    return sum;
  }

  /// [kWeightRows, num_rows], the weight's rows in calls of `at_once`.
  std::vector<float> all_sums(RowDots::Function path, const RowDots& dots, int64_t at_once) const {
    std::vector<float> sums(static_cast<size_t>(kWeightRows * dots.num_rows));
    for (int64_t n = 0; n < kWeightRows; n += at_once) {
      path(dots, n, std::min(at_once, kWeightRows - n), sums.data() + n * dots.num_rows);
    }
    return sums;
  }

  void expect_bits_of_scalar(RowDots::Function path) const {
    const auto expected = all_sums(row_dots_scalar, dots_, kDotWeights);
    for (const int64_t at_once : {kDotWeights, int64_t{3}, int64_t{1}}) {
      EXPECT_EQ(bits_of(all_sums(path, dots_, at_once)), bits_of(expected)) << at_once;
    }
  }

  static std::vector<uint32_t> bits_of(const std::vector<float>& values) {
    std::vector<uint32_t> bits;
    bits.reserve(values.size());
    for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
    return bits;
  }

  RowDots dots_{};
  std::vector<float> x_{};
  std::vector<uint16_t> weight_{};
};

TEST_P(RowDotsTest, IsTheDotProduct) {
  const auto sums = all_sums(row_dots(), dots_, kDotWeights);
  const double size = std::sqrt(static_cast<double>(dots_.length));
  for (int64_t n = 0; n < kWeightRows; ++n) {
    for (int64_t row = 0; row < dots_.num_rows; ++row) {
      EXPECT_NEAR(sums[static_cast<size_t>(n * dots_.num_rows + row)], exact(row, n), 1e-5 * size);
    }
  }
}

TEST_P(RowDotsTest, EveryPathHasTheSameBits) {
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
    expect_bits_of_scalar(row_dots_avx2);
  }
  if (__builtin_cpu_supports("avx512f") != 0) expect_bits_of_scalar(row_dots_avx512);
}

TEST_P(RowDotsTest, ARowsBitsAreItsOwn) {
  const auto together = all_sums(row_dots(), dots_, kDotWeights);
  for (int64_t row = 0; row < dots_.num_rows; ++row) {
    auto one = dots_;
    one.x = dots_.x + row * dots_.width;
    one.num_rows = 1;
    const auto alone = all_sums(row_dots(), one, kDotWeights);
    for (size_t n = 0; n < alone.size(); ++n) {
      const auto other =
          together[n * static_cast<size_t>(dots_.num_rows) + static_cast<size_t>(row)];
      EXPECT_EQ(std::bit_cast<uint32_t>(alone[n]), std::bit_cast<uint32_t>(other));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, RowDotsTest,
                         testing::Values(Case{1, 1}, Case{31, 2}, Case{32, 1}, Case{33, 2},
                                         Case{896, 1}, Case{2048, 2}, Case{4864, 1},
                                         Case{8200, 2}));

}  // namespace
}  // namespace mono::kernels
