#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "model/decoder/decoder.h"

// One full-width decoder layer against the matrix products and the attention it cannot do without,
// timed in turns in one process: bare calls / our layer, 1 would be no overhead at all.
// usage: layer_bench [threads] [rounds]
namespace mono::model {
namespace {

constexpr int64_t kNumVisual = 256;
constexpr int64_t kNumText = 64;
constexpr int64_t kNumTokens = kNumVisual + kNumText;
constexpr int64_t kTextBefore = 40;  // the visual tokens are one run inside the text
constexpr int64_t kImageContextId = 7;

const LanguageConfig kConfig{.vocab_size = 64,
                             .hidden_size = 2048,
                             .num_layers = 1,
                             .num_heads = 16,
                             .num_kv_heads = 8,
                             .head_dim = 128,
                             .intermediate_size = 8192,
                             .max_position_embeddings = 32768,
                             .rms_norm_epsilon = 1e-5,
                             .rope_theta = 1e6,
                             .has_visual_experts = true};

at::Tensor random_weight(int64_t out, int64_t in) {
  return at::randn({out, in}).mul_(0.02).to(at::kBFloat16);
}

FeedForwardWeights random_feed_forward() {
  return {.gate = random_weight(kConfig.intermediate_size, kConfig.hidden_size),
          .up = random_weight(kConfig.intermediate_size, kConfig.hidden_size),
          .down = random_weight(kConfig.hidden_size, kConfig.intermediate_size)};
}

LanguageWeights random_weights() {
  const auto ones = at::ones({kConfig.hidden_size}, at::kBFloat16);
  const int64_t qkv = (kConfig.num_heads + 2 * kConfig.num_kv_heads) * kConfig.head_dim;
  LanguageWeights weights{.embeddings = random_weight(kConfig.vocab_size, kConfig.hidden_size),
                          .norm = ones,
                          .head = random_weight(kConfig.vocab_size, kConfig.hidden_size)};
  weights.layers.push_back(
      {.attention_norm = {.text = ones},
       .qkv = {.text = {.weight = random_weight(qkv, kConfig.hidden_size)}},
       .out = {.text = {.weight = random_weight(kConfig.hidden_size, kConfig.hidden_size)}},
       .feed_forward_norm = {.text = ones},
       .feed_forward = {.text = random_feed_forward(), .visual = random_feed_forward()}});
  return weights;
}

// The same products on the same numbers of rows, and the attention.
class BareCalls {
 public:
  explicit BareCalls(const LayerWeights& weights) : weights_(weights) {}

  void operator()(const at::Tensor& x) const {
    at::linear(x, weights_.qkv.text.weight);
    at::scaled_dot_product_attention(q_, kv_, kv_, {}, 0, /*is_causal=*/true);
    at::linear(x, weights_.out.text.weight);
    feed_forward(x.slice(0, 0, kNumText), wide_.slice(0, 0, kNumText), weights_.feed_forward.text);
    feed_forward(x.slice(0, kNumText), wide_.slice(0, kNumText), *weights_.feed_forward.visual);
  }

 private:
  static void feed_forward(const at::Tensor& x, const at::Tensor& wide,
                           const FeedForwardWeights& weights) {
    at::linear(x, weights.gate);
    at::linear(x, weights.up);
    at::linear(wide, weights.down);
  }

  const LayerWeights& weights_;
  at::Tensor wide_ = at::randn({kNumTokens, kConfig.intermediate_size}).to(at::kBFloat16);
  at::Tensor q_ = at::randn({8, 2, kNumTokens, 128}).to(at::kBFloat16);
  at::Tensor kv_ = at::randn({8, 1, kNumTokens, 128}).to(at::kBFloat16).expand({8, 2, -1, -1});
};

double milliseconds(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(const char* name, kernels::RowPlan plan, const LanguageWeights& weights, int rounds) {
  const Decoder decoder(kConfig, weights, {.row_plan = plan});
  const BareCalls bare(weights.layers.front());
  std::vector<int64_t> ids(kNumTokens, 1);
  std::fill_n(ids.begin() + kTextBefore, kNumVisual, kImageContextId);
  const auto routing = kernels::route_by_token_id(ids, kImageContextId, at::kCPU);
  const auto x = at::randn({kNumTokens, kConfig.hidden_size}).to(at::kBFloat16);

  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (int i = -2; i < rounds; ++i) {  // two rounds to warm up
    auto state = decoder.start(kNumTokens);
    const double of_bare = milliseconds([&] { bare(x); });
    const double of_layer = milliseconds([&] { decoder.forward(x, routing, state, nullptr); });
    if (i < 0) continue;
    theirs.push_back(of_bare);
    ours.push_back(of_layer);
    ratios.push_back(of_bare / of_layer);
  }
  std::printf("%-14s %d threads: layer %.2f ms, bare calls %.2f ms, median of ratios %.3f\n", name,
              at::get_num_threads(), median(ours), median(theirs), median(ratios));
}

}  // namespace
}  // namespace mono::model

int main(int argc, char** argv) try {
  const c10::InferenceMode no_gradients;
  if (argc > 1) at::set_num_threads(std::stoi(argv[1]));
  const int rounds = argc > 2 ? std::stoi(argv[2]) : 15;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: layer_bench [threads] [rounds >= 1]\n");
    return 2;
  }
  at::manual_seed(0);
  const auto weights = mono::model::random_weights();
  mono::model::measure("free rows", mono::kernels::RowPlan::kFree, weights, rounds);
  mono::model::measure("chunks of 64", mono::kernels::RowPlan::kChunked, weights, rounds);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "layer_bench: %s\n", error.what());
  return 1;
}
