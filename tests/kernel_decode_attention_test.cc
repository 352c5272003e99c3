#include <c10/util/Exception.h>

#include <cmath>

#include "kernels/attention.h"
#include "kernels/decode_attention.h"
#include "kernels/token_attention.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::fp64;
using tests::message_of;

constexpr int64_t kCapacity = 600;

struct Cache {
  at::Tensor keys{};
  at::Tensor values{};
};

class KernelDecodeAttentionTest : public tests::BackendTest {
 protected:
  at::Tensor random(at::IntArrayRef shape) const { return at::randn(shape).to(options()); }
  at::Tensor ints(const std::vector<int>& numbers) const {
    return at::tensor(numbers, at::kInt).to(GetParam().device);
  }
  Cache cache(int64_t num_kv_heads, int64_t head_dim) const {
    const std::vector<int64_t> shape{3, kCapacity, num_kv_heads, head_dim};
    return {random(shape), random(shape)};
  }

  // With the arrivals that earlier calls left.
  DecodeScratch scratch_for(const at::Tensor& q, int64_t max_length) const {
    const int64_t size = decode_attention_scratch(q.size(0), q.size(1), q.size(2), max_length);
    if (!arrivals_.defined()) arrivals_ = at::zeros({256}, options().dtype(at::kInt));
    return {.sums = at::full({size}, std::nanf(""), options().dtype(at::kFloat)),
            .arrivals = arrivals_};
  }

  at::Tensor attend(const at::Tensor& q, const Cache& cache, const std::vector<int>& slot,
                    const std::vector<int>& length, int64_t max_length = kCapacity) const {
    const auto scratch = scratch_for(q, max_length);
    const auto out = at::full({q.size(0), q.size(1) * q.size(2)}, std::nanf(""), options());
    decode_attention_out(q, cache.keys, cache.values, ints(slot), ints(length), max_length, scratch,
                         out);
    return out;
  }

  mutable at::Tensor arrivals_{};
};
INSTANTIATE_TEST_SUITE_P(, KernelDecodeAttentionTest, tests::kBackends,
                         testing::PrintToStringParamName());

at::Tensor attend_in_double(const at::Tensor& q, const Cache& cache, int slot, int length) {
  const int64_t group = q.size(0) / cache.keys.size(2);
  auto out = at::zeros(q.sizes(), at::kDouble);
  for (int64_t head = 0; head < q.size(0) && length > 0; ++head) {
    const auto keys = fp64(cache.keys)[slot].narrow(0, 0, length).select(1, head / group);
    const auto values = fp64(cache.values)[slot].narrow(0, 0, length).select(1, head / group);
    const auto scores = keys.mv(fp64(q)[head]) / std::sqrt(static_cast<double>(q.size(1)));
    out[head] = values.t().mv(at::softmax(scores, 0));
  }
  return out.flatten();
}

TEST_P(KernelDecodeAttentionTest, MatchesTheFormulaInDoubleAtEveryEdgeOfASplit) {
  const std::vector<int> slot = {2, 0, 1, 2, 0, 1, 0};
  const std::vector<int> length = {600, 1, 0, 127, 128, 129, 513};
  for (const auto& [num_kv_heads, group, head_dim] :
       {std::tuple{1, 2, 128}, std::tuple{1, 7, 64}}) {
    const auto stored = cache(num_kv_heads, head_dim);
    const auto q = random({7, num_kv_heads * group, head_dim});
    const auto out = attend(q, stored, slot, length);
    for (size_t row = 0; row < slot.size(); ++row) {
      const auto n = static_cast<int64_t>(row);
      expect_near(out[n], attend_in_double(q[n], stored, slot[row], length[row]));
    }
  }
}

TEST_P(KernelDecodeAttentionTest, ARowHasTheSameBitsInAnyCompanyAndUnderAnyBound) {
  const auto stored = cache(2, 64);
  const auto q = random({6, 4, 64});
  const std::vector<int> slot = {0, 1, 2, 0, 1, 2};
  const std::vector<int> length = {300, 599, 17, 256, 512, 300};
  const auto all = attend(q, stored, slot, length);
  for (int64_t row = 0; row < 6; ++row) {
    const auto i = static_cast<size_t>(row);
    const auto alone = attend(q.slice(0, row, row + 1), stored, {slot[i]}, {length[i]}, length[i]);
    EXPECT_TRUE(at::equal(alone[0], all[row])) << "row " << row;
  }
}

TEST_P(KernelDecodeAttentionTest, ManyRowsHaveTheBitsOfEachAlone) {
  constexpr int64_t kRows = 120;  // so many splits that a kernel of its own combines them
  const auto stored = cache(1, 64);
  const auto q = random({kRows, 2, 64});
  std::vector<int> slot;
  std::vector<int> length;
  for (int row = 0; row < kRows; ++row) {
    slot.push_back(row % 3);
    length.push_back(row % 7 == 3 ? 0 : 1 + row * 5);
  }
  const auto all = attend(q, stored, slot, length);
  for (const int64_t row : {0, 3, 25, 26, 77, 119}) {
    const auto i = static_cast<size_t>(row);
    const auto alone = attend(q.slice(0, row, row + 1), stored, {slot[i]}, {length[i]});
    EXPECT_TRUE(at::equal(alone[0], all[row])) << "row " << row;
  }
  EXPECT_EQ(arrivals_.count_nonzero().item<int64_t>(), 0);
}

/// A step in one operator and in two: what they leave and what they give must be the same bits.
struct StepShape {
  int64_t num_kv_heads = 0;
  int64_t group = 0;
  int64_t head_dim = 0;
  Rounding rounding = Rounding::kParity;
};

class KernelDecodeStepTest : public KernelDecodeAttentionTest {
 protected:
  void expect_one_is_two(const StepShape& shape, const at::Tensor& row) {
    const auto& [num_kv_heads, group, head_dim, rounding] = shape;
    const auto angles = at::rand({kCapacity, head_dim / 2}).mul(6.0);
    const auto cos = angles.cos().to(options());
    const auto sin = angles.sin().to(options());
    const auto products = random({4, num_kv_heads * (group + 2) * head_dim});
    const auto qkv = split_grouped_qkv(products, num_kv_heads, head_dim);
    const auto stored = cache(num_kv_heads, head_dim);
    const Cache also{stored.keys.clone(), stored.values.clone()};
    const TokenPlaces places{
        .slot = ints(slot_), .position = ints(position_), .angle = ints(position_), .row = row};
    const auto q = at::empty({4, num_kv_heads * group, head_dim}, options());
    rotary_append(qkv, {}, cos, sin, places, rounding, stored.keys, stored.values, q);
    const auto expected = attend(q, stored, slot_, length_);
    const auto scratch = scratch_for(q, kCapacity);
    const auto out = at::full_like(expected, std::nanf(""));
    rotary_decode_attention_out(qkv, cos, sin, places, rounding, also.keys, also.values,
                                ints(length_), kCapacity, scratch, out);
    EXPECT_TRUE(at::equal(out, expected)) << head_dim;
    EXPECT_TRUE(at::equal(also.keys, stored.keys)) << head_dim;
    EXPECT_TRUE(at::equal(also.values, stored.values)) << head_dim;
  }

 private:
  const std::vector<int> slot_ = {2, 0, -1, 1};
  const std::vector<int> length_ = {600, 1, 0, 129};
  const std::vector<int> position_ = {599, 0, 0, 128};
};

INSTANTIATE_TEST_SUITE_P(, KernelDecodeStepTest, tests::kBackends,
                         testing::PrintToStringParamName());

TEST_P(KernelDecodeStepTest, AStepIsTheRotationAndThenTheAttention) {
  for (const auto& [num_kv_heads, group, head_dim] :
       {std::tuple{2, 2, 128}, std::tuple{1, 7, 64}, std::tuple{2, 3, 24}}) {
    for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
      for (const auto& row : {at::Tensor(), ints({3, 1, 0, 2})}) {
        expect_one_is_two({num_kv_heads, group, head_dim, rounding}, row);
      }
    }
  }
}

TEST_P(KernelDecodeAttentionTest, TheFallbackIsTokenAttention) {
  if (GetParam().device.is_cuda()) GTEST_SKIP() << "the kernel sums in another order";
  const auto stored = cache(2, 64);
  const auto q = random({1, 4, 64});
  const auto expected =
      token_attention(q, stored.keys[1].slice(0, 0, 300).transpose(0, 1),
                      stored.values[1].slice(0, 0, 300).transpose(0, 1), AttentionKind::kFused);
  EXPECT_TRUE(at::equal(attend(q, stored, {1}, {300}), expected));
}

TEST(DecodeAttentionTest, NamesWhatDoesNotFit) {
  const auto q = at::ones({1, 4, 8});
  const auto keys = at::ones({1, 16, 2, 8});
  const auto map = at::ones({1}, at::kInt);
  const auto call = [&](const at::Tensor& cache, int64_t max_length, int64_t scratch,
                        const at::Tensor& length, int64_t num_arrivals = 2) {
    return message_of<c10::Error>([&] {
      decode_attention_out(q, cache, cache, at::zeros({1}, at::kInt), length, max_length,
                           {at::ones({scratch}), at::zeros({num_arrivals}, at::kInt)},
                           at::ones({1, 32}));
    });
  };
  expect_says(call(at::ones({1, 16, 3, 8}), 16, 40, map), "a divisor of 4, 8], got [1, 16, 3, 8]");
  expect_says(call(keys, 17, 40, map), "max_length must be in [1, 16], got 17");
  expect_says(call(keys, 16, 39, map), "scratch sums must be at least 40 dense Float");
  expect_says(call(keys, 16, 40, map, 1), "scratch arrivals must be at least 2 dense Int");
  expect_says(call(keys, 8, 40, at::full({1}, 9, at::kInt)), "length[0] must be in [0, 8], got 9");
}

TEST(DecodeAttentionTest, AStepNamesWhatDoesNotFit) {
  const auto qkv = split_grouped_qkv(at::ones({1, 4 * 8}), 1, 8);
  const auto cache = at::ones({1, 16, 1, 8});
  const auto angles = at::ones({16, 4});
  const auto one = at::zeros({1}, at::kInt);
  const auto call = [&](const at::Tensor& cos, const at::Tensor& position, int64_t scratch) {
    return message_of<c10::Error>([&] {
      rotary_decode_attention_out(
          qkv, cos, angles, {.slot = one, .position = position, .angle = one}, Rounding::kParity,
          cache, cache, at::ones({1}, at::kInt), 16, {at::ones({scratch}), one}, at::ones({1, 16}));
    });
  };
  expect_says(call(at::ones({16, 4}, at::kDouble), one, 20), "cos must be Float");
  expect_says(call(angles, at::zeros({1}, at::kLong), 20), "position must be a dense int32 [1]");
  expect_says(call(angles, one, 19), "scratch sums must be at least 20 dense Float");
}

}  // namespace
}  // namespace mono::kernels
