#include <c10/util/Exception.h>

#include "kernels/rotary.h"
#include "kernels/rotary_append.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::fp64;
using tests::message_of;

constexpr int64_t kKvHeads = 2;
constexpr int64_t kGroup = 3;
constexpr int64_t kHeadDim = 16;
constexpr int64_t kWidth = kKvHeads * (kGroup + 2) * kHeadDim;
constexpr int64_t kSlots = 3;
constexpr int64_t kCapacity = 8;

class KernelRotaryAppendTest : public tests::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    const auto angle = at::rand({12, kHeadDim / 2}).mul(6.0);
    cos_ = angle.cos().to(options());
    sin_ = angle.sin().to(options());
    keys_ = at::full({kSlots, kCapacity, kKvHeads, kHeadDim}, 9.0).to(options());
    values_ = keys_.clone();
  }

  at::Tensor random(at::IntArrayRef shape) const { return at::randn(shape).to(options()); }
  at::Tensor ints(std::initializer_list<int> numbers) const {
    return at::tensor(std::vector<int>(numbers), at::kInt).to(GetParam().device);
  }

  at::Tensor append(const QkvViews& qkv, const QkvViews& bias, const TokenPlaces& places,
                    Rounding rounding) const {
    const auto out = at::empty({places.slot.size(0), kKvHeads * kGroup, kHeadDim}, options());
    rotary_append(qkv, bias, cos_, sin_, places, rounding, keys_, values_, out);
    return out;
  }

  // x: [..., head_dim] of one token, in double.
  at::Tensor turned(const at::Tensor& x, int64_t angle) const {
    const auto first = x.slice(-1, 0, kHeadDim / 2);
    const auto second = x.slice(-1, kHeadDim / 2);
    const auto cos = fp64(cos_)[angle];
    const auto sin = fp64(sin_)[angle];
    return at::cat({first * cos - second * sin, second * cos + first * sin}, -1);
  }

  at::Tensor cos_{}, sin_{}, keys_{}, values_{};
};
INSTANTIATE_TEST_SUITE_P(, KernelRotaryAppendTest, tests::kBackends,
                         testing::PrintToStringParamName());

// Column of element d of a head, as spec and reference number them.
TEST_P(KernelRotaryAppendTest, ReadsTheGroupedPackingOfInternLm2) {
  const auto qkv = random({4, kWidth});
  const auto views = split_grouped_qkv(qkv, kKvHeads, kHeadDim);
  for (int64_t head = 0; head < kKvHeads * kGroup; ++head) {
    const int64_t block = head / kGroup * (kGroup + 2) + head % kGroup;
    EXPECT_TRUE(at::equal(views.q.select(1, head / kGroup).select(1, head % kGroup),
                          qkv.narrow(1, block * kHeadDim, kHeadDim)));
  }
  for (int64_t head = 0; head < kKvHeads; ++head) {
    const int64_t block = head * (kGroup + 2) + kGroup;
    EXPECT_TRUE(at::equal(views.k.select(1, head), qkv.narrow(1, block * kHeadDim, kHeadDim)));
    EXPECT_TRUE(
        at::equal(views.v.select(1, head), qkv.narrow(1, (block + 1) * kHeadDim, kHeadDim)));
  }
}

TEST_P(KernelRotaryAppendTest, MatchesTheFormulaInDouble) {
  const auto qkv = random({4, kWidth});
  const TokenPlaces places{.slot = ints({2, 0, -1, 2}),
                           .position = ints({5, 0, 7, 6}),
                           .angle = ints({5, 0, 7, 11}),
                           .row = ints({3, 1, 0, 2})};
  for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
    for (const bool is_grouped : {true, false}) {
      const auto split = is_grouped ? split_grouped_qkv : split_joined_qkv;
      const auto views = split(qkv, kKvHeads, kHeadDim);
      keys_.fill_(9);
      values_.fill_(9);
      const auto out = append(views, {}, places, rounding);
      const std::array<int64_t, 4> row = {3, 1, 0, 2}, angle = {5, 0, 7, 11};
      for (size_t n = 0; n < 4; ++n) {
        const auto token = static_cast<int64_t>(n);
        expect_near(out[token], turned(fp64(views.q)[row[n]].flatten(0, 1), angle[n]));
        const auto slot = fp64(places.slot)[token].item<int64_t>();
        if (slot < 0) continue;
        const auto position = fp64(places.position)[token].item<int64_t>();
        expect_near(keys_[slot][position], turned(fp64(views.k)[row[n]], angle[n]));
        EXPECT_TRUE(at::equal(values_[slot][position], views.v[row[n]]));
      }
      const int64_t untouched = (kSlots * kCapacity - 3) * kKvHeads * kHeadDim;
      EXPECT_EQ(keys_.eq(9).sum().item<int64_t>(), untouched);
      EXPECT_EQ(values_.eq(9).sum().item<int64_t>(), untouched);
    }
  }
}

// The three roundings of the reference, as the operators that this one replaces have them.
TEST_P(KernelRotaryAppendTest, HasTheBitsOfTheStepsItReplaces) {
  const auto qkv = random({5, kWidth});
  const auto bias = random({1, kWidth});
  const auto numbers = ints({0, 1, 2, 3, 4});
  const TokenPlaces places{.slot = ints({1, 1, 1, 1, 1}), .position = numbers, .angle = numbers};
  const auto out = append(split_joined_qkv(qkv, kKvHeads, kHeadDim),
                          split_joined_qkv(bias, kKvHeads, kHeadDim), places, Rounding::kParity);
  const auto sum = split_joined_qkv(qkv + bias, kKvHeads, kHeadDim);
  const auto cos = cos_.slice(0, 0, 5);
  const auto sin = sin_.slice(0, 0, 5);
  EXPECT_TRUE(at::equal(out, rotary(sum.q, cos, sin).flatten(1, 2)));
  EXPECT_TRUE(at::equal(keys_[1].slice(0, 0, 5), rotary(sum.k, cos, sin)));
  EXPECT_TRUE(at::equal(values_[1].slice(0, 0, 5), sum.v));
}

TEST_P(KernelRotaryAppendTest, TakesSeparateProjections) {
  const auto q = random({2, kKvHeads * kGroup * kHeadDim});
  const auto k = random({2, kKvHeads * kHeadDim});
  const auto v = random({2, kKvHeads * kHeadDim});
  const TokenPlaces places{.slot = ints({0, 1}), .position = ints({2, 3}), .angle = ints({2, 3})};
  const auto out = append({q.view({2, kKvHeads, kGroup, kHeadDim}), k.view({2, kKvHeads, kHeadDim}),
                           v.view({2, kKvHeads, kHeadDim})},
                          {}, places, Rounding::kParity);
  const auto joined_keys = keys_.clone();
  const auto joined_out = append(split_joined_qkv(at::cat({q, k, v}, 1), kKvHeads, kHeadDim), {},
                                 places, Rounding::kParity);
  EXPECT_TRUE(at::equal(out, joined_out));
  EXPECT_TRUE(at::equal(keys_, joined_keys));
}

TEST_P(KernelRotaryAppendTest, ATokenDoesNotDependOnItsNeighbours) {
  const auto qkv = random({6, kWidth});
  const auto all = append(split_grouped_qkv(qkv, kKvHeads, kHeadDim), {},
                          {.slot = ints({0, 0, 0, 0, 0, 0}),
                           .position = ints({0, 1, 2, 3, 4, 5}),
                           .angle = ints({0, 1, 2, 3, 4, 5})},
                          Rounding::kParity);
  const auto key = keys_[0][4].clone();
  const auto one =
      append(split_grouped_qkv(qkv, kKvHeads, kHeadDim), {},
             {.slot = ints({2}), .position = ints({4}), .angle = ints({4}), .row = ints({4})},
             Rounding::kParity);
  EXPECT_TRUE(at::equal(one[0], all[4]));
  EXPECT_TRUE(at::equal(keys_[2][4], key));
}

TEST(RotaryAppendTest, NamesWhatDoesNotFit) {
  expect_says(message_of<c10::Error>([] {
                split_grouped_qkv(at::ones({2, 30}), 2, 4);
              }),
              "30 columns are no (group + 2) * 2 heads of 4");
  const auto views = split_grouped_qkv(at::ones({2, 32}), 2, 4);
  const auto map = at::zeros({2}, at::kInt);
  const auto cache = at::ones({1, 4, 2, 4});
  const auto call = [&](const at::Tensor& cos, const at::Tensor& values, const at::Tensor& slot) {
    return message_of<c10::Error>([&] {
      rotary_append(views, {}, cos, cos, {.slot = slot, .position = map, .angle = map},
                    Rounding::kParity, cache, values, at::ones({2, 4, 4}));
    });
  };
  expect_says(call(at::ones({4, 3}), cache, map), "cos must be [4, 2], got [4, 3]");
  expect_says(call(at::ones({4, 2}), at::ones({1, 3, 2, 4}), map),
              "values must be [1, 4, 2, 4], got [1, 3, 2, 4]");
  expect_says(call(at::ones({4, 2}), cache, at::zeros({3}, at::kInt)),
              "position must be a dense int32 [3], got Int [2]");
}

}  // namespace
}  // namespace mono::kernels
