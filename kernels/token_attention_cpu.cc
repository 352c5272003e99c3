#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/attention_fallback.h"
#include "kernels/bf16_tensor.h"
#include "kernels/row_dots.h"
#include "kernels/row_mix.h"
#include "kernels/share_out.h"

namespace mono::kernels {
namespace {

static_assert(kMixRows == kDotRows);

/// Scores become probabilities.
void softmax(float* scores, int64_t length) {
  const float largest = *std::max_element(scores, scores + length);
  float sum = 0;
  for (int64_t n = 0; n < length; ++n) sum += scores[n] = std::exp(scores[n] - largest);
  for (int64_t n = 0; n < length; ++n) scores[n] /= sum;
}

/// The query heads of one kv head, kDotRows at a time.
class GroupAttention {
 public:
  GroupAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                 const at::Tensor& out)
      : k_(k),
        v_(v),
        q_(bits_of(q)),
        out_(out.mutable_data_ptr<at::BFloat16>()),
        group_(q.size(1) / k.size(0)),
        scale_(1 / std::sqrt(static_cast<float>(q.size(2)))) {}

  void operator()(int64_t kv_head) const {
    const int64_t length = k_.size(1), head_dim = k_.size(2), width = dot_width(head_dim);
    std::vector<float> wide(static_cast<size_t>(kDotRows * width));
    std::vector<float> scores(static_cast<size_t>(kDotRows * length));
    std::vector<float> sums(static_cast<size_t>(kDotRows * head_dim));
    for (int64_t first = 0; first < group_; first += kDotRows) {
      const int64_t num_heads = std::min(kDotRows, group_ - first);
      const int64_t head = kv_head * group_ + first;
      for (int64_t row = 0; row < num_heads; ++row) {
        widen_for_dots(q_ + (head + row) * head_dim, head_dim, scale_, wide.data() + row * width);
      }
      score(kv_head, num_heads, wide, scores);
      for (int64_t row = 0; row < num_heads; ++row) softmax(scores.data() + row * length, length);
      row_mix()({.values = bits_of(v_) + kv_head * v_.stride(0),
                 .weights = scores.data(),
                 .num_values = length,
                 .num_rows = num_heads,
                 .width = head_dim,
                 .value_distance = v_.stride(1),
                 .weight_distance = length},
                sums.data());
      std::copy_n(sums.data(), num_heads * head_dim, out_ + head * head_dim);
    }
  }

 private:
  /// scores: [num_heads, length]
  void score(int64_t kv_head, int64_t num_heads, const std::vector<float>& wide,
             std::vector<float>& scores) const {
    const int64_t length = k_.size(1), head_dim = k_.size(2);
    const RowDots dots{.x = wide.data(),
                       .weight = bits_of(k_) + kv_head * k_.stride(0),
                       .num_rows = num_heads,
                       .length = head_dim,
                       .width = dot_width(head_dim),
                       .weight_distance = k_.stride(1)};
    float sums[kDotWeights * kDotRows];
    for (int64_t n = 0; n < length; n += kDotWeights) {
      const int64_t count = std::min(kDotWeights, length - n);
      row_dots()(dots, n, count, sums);
      for (int64_t i = 0; i < count * num_heads; ++i) {
        scores[static_cast<size_t>(i % num_heads * length + n + i / num_heads)] = sums[i];
      }
    }
  }

  const at::Tensor& k_;
  const at::Tensor& v_;
  const uint16_t* q_;
  at::BFloat16* out_;
  int64_t group_;
  float scale_;
};

at::Tensor token_attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               bool is_eager) {
  const bool has_dense_rows = k.stride(2) == 1 && v.stride(2) == 1;
  if (is_eager || q.scalar_type() != at::kBFloat16 || !has_dense_rows) {
    return causal_attention_fallback(q, k, v, is_eager);
  }
  const auto heads = q.contiguous();
  auto out = at::empty({1, q.size(1) * q.size(2)}, q.options());
  const GroupAttention attend(heads, k, v, out);
  share_out(k.size(0), 1, at::get_num_threads(), [&](int64_t begin, int64_t end) {
    for (int64_t head = begin; head < end; ++head) attend(head);
  });
  return out;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("token_attention", token_attention_cpu);
}

}  // namespace mono::kernels
