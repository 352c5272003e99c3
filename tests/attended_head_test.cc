#include "kernels/attended_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/bf16_bits.h"

namespace mono::kernels {
namespace {

constexpr uint16_t kNan = 0x7fc0;

/// Random bf16 rows with unused elements between them, NaN.
class Rows {
 public:
  Rows(int64_t num_rows, int64_t width, uint32_t seed, float deviation = 1)
      : rows_{nullptr, num_rows, width, width + 3} {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, deviation);
    elements_.assign(static_cast<size_t>(num_rows * rows_.distance), kNan);
    for (int64_t row = 0; row < num_rows; ++row) {
      for (int64_t i = 0; i < width; ++i) at(row, i) = to_bf16(normal(random));
    }
    rows_.elements = elements_.data();
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  uint16_t& at(int64_t row, int64_t i) {
    return elements_[static_cast<size_t>(row * rows_.distance + i)];
  }
  double value(int64_t row, int64_t i) const {
    return from_bf16(elements_[static_cast<size_t>(row * rows_.distance + i)]);
  }
  const Bf16Rows& rows() const { return rows_; }

 private:
  std::vector<uint16_t> elements_;
  Bf16Rows rows_;
};

struct Mixed {
  double value = 0;
  double magnitude = 0;  // of the values that were mixed
};

class AttendedHeadTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_pair_products()) GTEST_SKIP() << "this processor has no AVX512-BF16";
  }

  static std::vector<double> probabilities(const Rows& q, int64_t row, const Rows& k,
                                           int64_t seen) {
    std::vector<double> scores(static_cast<size_t>(seen));
    for (int64_t n = 0; n < seen; ++n) {
      double& score = scores[static_cast<size_t>(n)];
      for (int64_t i = 0; i < q.rows().width; ++i) score += q.value(row, i) * k.value(n, i);
      score /= std::sqrt(static_cast<double>(q.rows().width));
    }
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (auto& score : scores) sum += score = std::exp(score - largest);
    for (auto& score : scores) score /= sum;
    return scores;
  }

  static Mixed mixed(const std::vector<double>& weights, const Rows& v, int64_t i) {
    Mixed result;
    for (size_t n = 0; n < weights.size(); ++n) {
      const double part = weights[n] * v.value(static_cast<int64_t>(n), i);
      result.value += part;
      result.magnitude += std::abs(part);
    }
    return result;
  }

  /// Rows [begin, begin + count) of q; row n of q sees first_seen + n keys.
  static std::vector<uint16_t> attend(const Rows& q, const Rows& k, const Rows& v, int64_t begin,
                                      int64_t count, int64_t first_seen) {
    constexpr uint16_t kUntouched = 0x7fa5;
    const int64_t width = q.rows().width, distance = width + 2;
    std::vector<uint16_t> spread(static_cast<size_t>(count * distance), kUntouched);
    AttendedHead(k.rows(), v.rows())({.q = q.rows().elements + begin * q.rows().distance,
                                      .out = spread.data(),
                                      .num_rows = count,
                                      .q_distance = q.rows().distance,
                                      .out_distance = distance,
                                      .first_seen = first_seen + begin});
    std::vector<uint16_t> out;
    for (auto row = spread.begin(); row != spread.end(); row += distance) {
      out.insert(out.end(), row, row + width);
      EXPECT_TRUE(std::all_of(row + width, row + distance,
                              [](uint16_t bits) { return bits == kUntouched; }));
    }
    return out;
  }

  static std::vector<uint16_t> attend(const Rows& q, const Rows& k, const Rows& v) {
    return attend(q, k, v, 0, q.rows().num_rows, 1);
  }

  static void expect_formula(const Rows& q, const Rows& k, const Rows& v, int64_t first_seen) {
    const int64_t length = q.rows().num_rows, width = q.rows().width;
    const auto out = attend(q, k, v, 0, length, first_seen);
    for (int64_t row = 0; row < length; ++row) {
      const auto weights = probabilities(q, row, k, std::min(length, first_seen + row));
      for (int64_t i = 0; i < width; ++i) {
        const auto [value, magnitude] = mixed(weights, v, i);
        ASSERT_NEAR(from_bf16(out[static_cast<size_t>(row * width + i)]), value,
                    (magnitude + std::abs(value)) / 255 + 1e-6)
            << width << " wide, row " << row << " of " << length << ", element " << i;
      }
    }
  }
};

/// Half a unit of the last of 8 bits, of each weight and of the result. Scores of wide queries come
/// to hundreds, whose exponentials are no floats, at any of the keys.
TEST_F(AttendedHeadTest, IsTheFormulaButForTheRoundingOfWeightsAndResult) {
  for (const float deviation : {1.0F, 60.0F}) {
    for (const int64_t width : {16, 64, 80, 128}) {
      for (const int64_t length : {1, 2, 15, 16, 17, 33, 70}) {
        const Rows q(length, width, 1, deviation), k(length, width, 2), v(length, width, 3);
        for (const int64_t first_seen : {int64_t{1}, length}) expect_formula(q, k, v, first_seen);
      }
    }
  }
}

TEST_F(AttendedHeadTest, ARowHasTheSameBitsBesideAnyOthers) {
  constexpr int64_t kLength = 50, kWidth = 64;
  const Rows q(kLength, kWidth, 1), k(kLength, kWidth, 2), v(kLength, kWidth, 3);
  const auto whole = attend(q, k, v);
  for (int64_t begin = 0; begin < kLength; ++begin) {
    for (const int64_t count : {int64_t{1}, int64_t{5}, kLength - begin}) {
      if (begin + count > kLength) continue;
      const auto part = attend(q, k, v, begin, count, 1);
      EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + begin * kWidth))
          << count << " rows from " << begin;
    }
  }
}

TEST_F(AttendedHeadTest, ANanIsSeenByThoseThatSeeItsKey) {
  constexpr int64_t kLength = 40, kWidth = 32, kBroken = 21;
  Rows k(kLength, kWidth, 2);
  k.at(kBroken, 5) = kNan;
  const Rows q(kLength, kWidth, 1), v(kLength, kWidth, 3);
  const auto out = attend(q, k, v);
  for (int64_t row = 0; row < kLength; ++row) {
    EXPECT_EQ(std::isnan(from_bf16(out[static_cast<size_t>(row * kWidth)])), row >= kBroken) << row;
  }
}

TEST_F(AttendedHeadTest, AValueThatIsNoNumberIsMixedByThoseThatSeeIt) {
  constexpr int64_t kLength = 70, kWidth = 32;
  const Rows q(kLength, kWidth, 1), k(kLength, kWidth, 2), sound(kLength, kWidth, 3);
  const auto expected = attend(q, k, sound);
  for (const uint16_t bits : {kNan, uint16_t{0x7f80}, uint16_t{0xff80}}) {
    for (const auto& broken : {std::vector<int64_t>{0}, {20}, {21}, {22, 23, 28}, {69}}) {
      Rows v(kLength, kWidth, 3);
      for (const int64_t row : broken) v.at(row, 3) = bits;
      const auto whole = attend(q, k, v);
      const auto unharmed = broken.front();
      EXPECT_TRUE(std::equal(whole.begin(), whole.begin() + unharmed * kWidth, expected.begin()));
      for (int64_t row = unharmed; row < kLength; ++row) {
        EXPECT_FALSE(is_finite_bf16(whole[static_cast<size_t>(row * kWidth + 3)])) << row;
        EXPECT_TRUE(is_finite_bf16(whole[static_cast<size_t>(row * kWidth + 4)])) << row;
      }
      for (int64_t row = 0; row < kLength; ++row) {
        const auto alone = attend(q, k, v, row, 1, 1);
        EXPECT_TRUE(std::equal(alone.begin(), alone.end(), whole.begin() + row * kWidth)) << row;
      }
    }
  }
}

TEST_F(AttendedHeadTest, ZerosHaveTheSameSignBesideAnyOthers) {
  constexpr int64_t kLength = 50, kWidth = 16;
  const Rows q(kLength, kWidth, 1), k(kLength, kWidth, 2);
  const Rows v(kLength, kWidth, 3, 1e-38F);  // products of which are subnormal
  const auto whole = attend(q, k, v);
  for (int64_t row = 0; row < kLength; ++row) {
    const auto alone = attend(q, k, v, row, 1, 1);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), whole.begin() + row * kWidth)) << row;
  }
}

TEST_F(AttendedHeadTest, ExponentialsAreThoseOfTheLibrary) {
  constexpr int64_t kLength = 4096;
  for (const double largest : {0.0, 200.0, -200.0}) {
    for (const double scale : {1.0, 0.125}) {
      std::vector<float> scores(kLength);
      for (size_t i = 0; i < scores.size(); ++i) {
        const auto rank = static_cast<double>((i + 1000) % kLength);
        scores[i] = static_cast<float>(largest - rank / 32 / scale);
      }
      scores[7] = -std::numeric_limits<float>::infinity();
      std::vector<uint32_t> weights(kLength / 2, 0xffffffff);
      const float sum =
          exponentials(scores.data(), kLength, static_cast<float>(scale), weights.data());
      double expected_sum = 0;
      for (size_t i = 0; i < scores.size(); ++i) {
        const double expected = std::exp(scale * (scores[i] - largest));
        expected_sum += expected;
        const auto weight = static_cast<uint16_t>(weights[i / 2] >> i % 2 * 16);
        EXPECT_NEAR(from_bf16(weight), expected, expected / 255 + 1.2e-38) << scores[i];
      }
      EXPECT_NEAR(sum, expected_sum, 1e-5 * expected_sum);
    }
  }
}

TEST_F(AttendedHeadTest, ANanMakesTheSumOfExponentialsNan) {
  for (const size_t place : {0, 7, 31}) {
    std::vector<float> scores(32, 1);
    scores[place] = std::nanf("");
    std::vector<uint32_t> weights(16);
    EXPECT_TRUE(std::isnan(exponentials(scores.data(), 32, 1, weights.data()))) << place;
  }
}

TEST(Bf16BitsTest, RoundsToTheNearestTiesToEven) {
  EXPECT_EQ(to_bf16(1), 0x3f80);
  EXPECT_EQ(to_bf16(1 + 1 / 256.0F), 0x3f80);  // a tie
  EXPECT_EQ(to_bf16(1 + 3 / 256.0F), 0x3f82);  // a tie
  EXPECT_EQ(to_bf16(1 + 1.01F / 256.0F), 0x3f81);
  EXPECT_EQ(to_bf16(-1 - 1.01F / 256.0F), 0xbf81);
  EXPECT_EQ(to_bf16(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_EQ(to_bf16(std::numeric_limits<float>::infinity()), 0x7f80);
  EXPECT_TRUE(std::isnan(from_bf16(to_bf16(std::nanf("")))));
}

}  // namespace
}  // namespace mono::kernels
