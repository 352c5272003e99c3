#include <c10/util/Exception.h>

#include <cmath>

#include "kernels/token_attention.h"
#include "tests/attention_in_double.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::attention_in_double;
using tests::expect_says;
using tests::fp64;
using tests::message_of;

class TokenAttentionTest : public tests::BackendTest {
 protected:
  /// [num_heads, length, head_dim], as a cache [capacity, num_heads, head_dim] holds it.
  at::Tensor cached(int64_t num_heads, int64_t length, int64_t head_dim) const {
    return at::randn({length + 3, num_heads, head_dim})
        .to(options())
        .slice(0, 0, length)
        .transpose(0, 1);
  }
};
INSTANTIATE_TEST_SUITE_P(, TokenAttentionTest, tests::kBackends, testing::PrintToStringParamName());

struct Heads {
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;
  int64_t head_dim = 0;
};
constexpr Heads kHeads[] = {{16, 8, 128}, {14, 2, 64}, {6, 6, 16}, {3, 1, 40}};

TEST_P(TokenAttentionTest, IsTheFormula) {
  for (const auto& [num_heads, num_kv_heads, head_dim] : kHeads) {
    for (const int64_t length : {1, 2, 9, 300}) {
      const auto q = at::randn({1, num_heads, head_dim}).to(options());
      const auto k = cached(num_kv_heads, length, head_dim);
      const auto v = cached(num_kv_heads, length, head_dim);
      const auto expected = attention_in_double(q, k, v);
      expect_near(token_attention(q, k, v, AttentionKind::kFused), expected);
      expect_near(token_attention(q, k, v, AttentionKind::kEager), expected);
    }
  }
}

// fp32 within: what is left of bf16 is the rounding of the result.
TEST(TokenAttentionOnCpu, RoundsOnce) {
  at::manual_seed(0);
  for (const int64_t length : {1, 9, 300}) {
    const auto q = at::randn({1, 16, 128}).to(at::kBFloat16);
    const auto k = at::randn({8, length, 128}).to(at::kBFloat16);
    const auto v = at::randn({8, length, 128}).to(at::kBFloat16);
    const auto expected = attention_in_double(q, k, v);
    const auto out = fp64(token_attention(q, k, v, AttentionKind::kFused));
    const auto allowed = expected.abs() / 256 + 1e-5;  // half a unit of the last of 8 bits
    EXPECT_TRUE(((out - expected).abs() <= allowed).all().item<bool>()) << length;
  }
}

TEST_P(TokenAttentionTest, TakesScoresThatOverflowAnExponential) {
  const auto q = at::full({1, 2, 16}, 30).to(options());
  auto k = at::full({2, 5, 16}, -30).to(options());
  k.select(1, 3).fill_(30);
  const auto v = at::randn({2, 5, 16}).to(options());
  expect_near(token_attention(q, k, v, AttentionKind::kFused), attention_in_double(q, k, v));
}

TEST_P(TokenAttentionTest, ANanAmongTheKeysIsSeen) {
  const auto q = at::ones({1, 2, 16}).to(options());
  auto k = at::ones({2, 5, 16}).to(options());
  k[1][2][7] = std::nan("");
  const auto out = token_attention(q, k, at::ones_like(k), AttentionKind::kFused);
  EXPECT_TRUE(out.slice(1, 16).isnan().all().item<bool>());
  EXPECT_FALSE(out.slice(1, 0, 16).isnan().any().item<bool>());
}

TEST(TokenAttentionChecks, OneTokenIsAsked) {
  const auto kv = at::ones({2, 4, 8});
  const auto call = [&] { token_attention(at::ones({2, 2, 8}), kv, kv, AttentionKind::kFused); };
  expect_says(message_of<c10::Error>(call), "q must be of one token, got [2, 2, 8]");
}

}  // namespace
}  // namespace mono::kernels
