#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/attention.h"
#include "kernels/attention_fallback.h"
#include "tests/attention_in_double.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::attention_in_double;
using tests::expect_says;
using tests::fp64;
using tests::message_of;

class AttentionOperatorsTest : public tests::BackendTest {};
INSTANTIATE_TEST_SUITE_P(, AttentionOperatorsTest, tests::kBackends,
                         testing::PrintToStringParamName());

TEST_P(AttentionOperatorsTest, AttentionMatchesTheFormulaInPrefillDecodeAndBehindAPrefix) {
  const auto k = at::randn({2, 40, 16}).to(options()).slice(1, 0, 37);  // a view of a cache
  const auto v = at::randn({2, 40, 16}).to(options()).slice(1, 0, 37);
  for (const int64_t num_tokens : {37, 1, 9}) {
    const auto q = at::randn({num_tokens, 6, 16}).to(options());
    const auto expected = attention_in_double(q, k, v);
    expect_near(causal_attention(q, k, v, AttentionKind::kFused), expected);
    expect_near(causal_attention(q, k, v, AttentionKind::kEager), expected);
  }
}

TEST(AttentionTest, RefusesHeadsThatDoNotGroup) {
  const auto kv = at::ones({2, 4, 8});
  const auto call = [&] { causal_attention(at::ones({1, 3, 8}), kv, kv, AttentionKind::kFused); };
  expect_says(message_of<c10::Error>(call), "3 query heads are no multiple of 2 kv heads");
}

TEST(AttentionTest, RefusesFewerKeysThanQueries) {
  const auto kv = at::ones({2, 4, 8});
  const auto call = [&] { causal_attention(at::ones({5, 2, 8}), kv, kv, AttentionKind::kFused); };
  expect_says(message_of<c10::Error>(call), "length >= 5, 8], got [2, 4, 8]");
}

// As a prompt's pass calls it: keys are views of a cache, whole blocks, and the queries behind the
// tokens were never written.
TEST_P(AttentionOperatorsTest, APromptInWholeBlocksDoesNotSeeWhatIsBehindIt) {
  constexpr int64_t kTokens = 300;
  constexpr int64_t kBlocks = 320;
  for (const auto& [num_kv_heads, group, head_dim] :
       {std::tuple{int64_t{8}, 2, 128}, {int64_t{2}, 7, 64}}) {
    const auto cached = [&, heads = num_kv_heads, width = head_dim] {
      auto cache = at::zeros({kBlocks, heads, width}, options());
      cache.narrow(0, 0, kTokens).normal_();
      return cache.transpose(0, 1);
    };
    const auto k = cached();
    const auto v = cached();
    const auto q = at::full({kBlocks, num_kv_heads * group, head_dim}, std::nan(""), options());
    q.narrow(0, 0, kTokens).normal_();
    const auto out = causal_attention(q, k, v, AttentionKind::kFused).narrow(0, 0, kTokens);
    const auto keys = k.narrow(1, 0, kTokens);
    const auto values = v.narrow(1, 0, kTokens);
    const auto last = q.narrow(0, kTokens - 3, 3);
    expect_near(out.narrow(0, kTokens - 3, 3), attention_in_double(last, keys, values));
    const auto first = q.narrow(0, 0, 3);
    expect_near(out.narrow(0, 0, 3),
                attention_in_double(first, keys.narrow(1, 0, 3), values.narrow(1, 0, 3)));
  }
}

/// The same numbers, elements of a row apart.
at::Tensor with_gaps(const at::Tensor& tensor) {
  auto sizes = tensor.sizes().vec();
  sizes.back() *= 2;
  const auto wide = at::full(sizes, std::nan(""), tensor.options());
  const auto view = wide.slice(-1, 0, sizes.back(), 2);
  view.copy_(tensor);
  return view;
}

TEST_P(AttentionOperatorsTest, TakesViewsOfAnyStridesAndHeadsOfAnyWidth) {
  for (const int64_t head_dim : {16, 24, 40, 64}) {
    const auto q = at::randn({6, 33, head_dim}).to(options());
    const auto k = at::randn({2, 33, head_dim}).to(options());
    const auto v = at::randn({2, 33, head_dim}).to(options());
    const auto dense = q.transpose(0, 1).contiguous();
    const auto expected = attention_in_double(dense, k, v);
    const auto attend = [&](const at::Tensor& queries, const at::Tensor& keys,
                            const at::Tensor& values) {
      return causal_attention(queries, keys, values, AttentionKind::kFused);
    };
    expect_near(attend(q.transpose(0, 1), k, v), expected);
    expect_near(attend(with_gaps(dense), k, v), expected);
    expect_near(attend(dense, with_gaps(k), v), expected);
    expect_near(attend(dense, k, with_gaps(v)), expected);
  }
}

TEST(AttentionTest, AnyNumberOfThreadsGivesTheSameBits) {
  const auto random = [](at::IntArrayRef sizes) { return at::randn(sizes).to(at::kBFloat16); };
  const auto q = random({211, 6, 32}), k = random({2, 250, 32}), v = random({2, 250, 32});
  const auto with_threads = [&](int num_threads) {
    at::set_num_threads(num_threads);
    return causal_attention(q, k, v, AttentionKind::kFused);
  };
  const int num_threads = at::get_num_threads();
  const auto alone = with_threads(1);
  EXPECT_TRUE(at::equal(with_threads(3), alone));
  at::set_num_threads(num_threads);
  EXPECT_LE((fp64(alone) - attention_in_double(q, k, v)).abs().max().item<double>(), 4e-2);
}

// Its rounding is the reference's, whatever is faster.
TEST_P(AttentionOperatorsTest, EagerIsTheFallbackToTheBit) {
  const auto q = at::randn({33, 6, 64}).to(options());
  const auto k = at::randn({2, 33, 64}).to(options());
  const auto v = at::randn({2, 33, 64}).to(options());
  EXPECT_TRUE(at::equal(causal_attention(q, k, v, AttentionKind::kEager),
                        causal_attention_fallback(q, k, v, /*is_eager=*/true)));
  const auto tiles = at::randn({2, 3, 33, 64}).to(options());
  EXPECT_TRUE(
      at::equal(full_attention(tiles, tiles, tiles, AttentionKind::kEager, RowPlan::kFree),
                full_attention_fallback(tiles, tiles, tiles, /*is_eager=*/true, /*is_free=*/true)));
}

TEST_P(AttentionOperatorsTest, TakesScoresThatOverflowAnExponential) {
  const auto q = at::randn({40, 6, 64}).mul_(60).to(options());
  const auto k = at::randn({2, 40, 64}).to(options());
  const auto v = at::randn({2, 40, 64}).to(options());
  const auto out = causal_attention(q, k, v, AttentionKind::kFused);
  const auto difference = (fp64(out) - attention_in_double(q, k, v)).abs().max().item<double>();
  EXPECT_LE(difference, std::max(GetParam().tolerance, 1e-3));  // of scores of a hundred in fp32
}

TEST_P(AttentionOperatorsTest, EveryRowOfATileSeesAllOfItAndNoOtherTile) {
  const auto qkv = at::randn({2, 70, 3, 5, 16}).to(options());  // as a product leaves it
  const auto part = [&](int64_t i) { return qkv.select(2, i).transpose(1, 2); };
  const auto q = part(0);
  const auto k = part(1);
  const auto v = part(2);
  const auto scores = at::matmul(fp64(q), fp64(k).transpose(2, 3)) / std::sqrt(16.0);
  const auto expected = at::matmul(at::softmax(scores, -1), fp64(v));
  for (const auto kind : {AttentionKind::kFused, AttentionKind::kEager}) {
    for (const auto plan : {RowPlan::kFree, RowPlan::kChunked}) {
      expect_near(full_attention(q, k, v, kind, plan), expected);
    }
  }
}

TEST(AttentionTest, RefusesTilesThatDiffer) {
  const auto q = at::ones({1, 2, 3, 8});
  const auto call = [&] {
    full_attention(q, at::ones({1, 2, 4, 8}), q, AttentionKind::kFused, RowPlan::kFree);
  };
  expect_says(message_of<c10::Error>(call), "k and v must be [1, 2, 3, 8] as q, got [1, 2, 4, 8]");
}

TEST_P(AttentionOperatorsTest, ARowInBlocksHasTheSameBitsInAnyPart) {
  constexpr int64_t kLength = 200;
  constexpr int64_t kPadded = 256;
  for (const int64_t head_dim : {16, 128}) {
    const auto q = at::randn({kLength, 4, head_dim}, options());
    const auto k = at::zeros({2, kPadded, head_dim}, options());
    const auto v = at::zeros({2, kPadded, head_dim}, options());
    k.narrow(1, 0, kLength).normal_();
    v.narrow(1, 0, kLength).normal_();
    const auto part = [&](int64_t begin, int64_t end) {
      const int64_t padded =
          (end + kPositionsPerBlock - 1) / kPositionsPerBlock * kPositionsPerBlock;
      const auto keys = at::zeros({2, padded, head_dim}, options());
      const auto values = at::zeros({2, padded, head_dim}, options());
      keys.narrow(1, 0, end).copy_(k.narrow(1, 0, end));
      values.narrow(1, 0, end).copy_(v.narrow(1, 0, end));
      return causal_attention_in_blocks(q.narrow(0, begin, end - begin), keys, values, begin,
                                        AttentionKind::kFused);
    };
    const auto whole = part(0, kLength);
    expect_near(whole, attention_in_double(fp64(q), fp64(k).narrow(1, 0, kLength),
                                           fp64(v).narrow(1, 0, kLength))
                           .flatten(1));
    for (const auto& [begin, end] : {std::pair<int64_t, int64_t>{0, 1},
                                     {0, 130},
                                     {1, 200},
                                     {63, 65},
                                     {64, 128},
                                     {131, 199},
                                     {199, 200}}) {
      EXPECT_TRUE(at::equal(part(begin, end), whole.narrow(0, begin, end - begin)))
          << "positions " << begin << " to " << end << ", head_dim " << head_dim;
    }
  }
}

}  // namespace
}  // namespace mono::kernels
