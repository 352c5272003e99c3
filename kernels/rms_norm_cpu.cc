#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>

#include "kernels/rms_norm_fallback.h"
#include "kernels/share_out.h"

namespace mono::kernels {
namespace {

constexpr int64_t kLanes = 16;               // partial sums of a row
constexpr int64_t kElementsTaken = 1 << 14;  // by a thread that is free

float sum_of_squares(const at::BFloat16* x, int64_t size) {
  float lanes[kLanes] = {};
  const int64_t num_whole = size / kLanes * kLanes;
  for (int64_t k = 0; k < num_whole; k += kLanes) {
    for (int64_t i = 0; i < kLanes; ++i) {
      const float value = x[k + i];
      lanes[i] += value * value;
    }
  }
  for (int64_t k = num_whole; k < size; ++k) {
    const float value = x[k];
    lanes[k - num_whole] += value * value;
  }
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

/// Rounds as the fallback does: the normalised value, then its product with the weight.
void normalise(const at::BFloat16* x, const at::BFloat16* weight, int64_t size, double epsilon,
               at::BFloat16* y) {
  const float mean = sum_of_squares(x, size) / static_cast<float>(size);
  const float inverse = 1 / std::sqrt(mean + static_cast<float>(epsilon));
  for (int64_t k = 0; k < size; ++k) {
    const at::BFloat16 value = static_cast<float>(x[k]) * inverse;
    y[k] = static_cast<float>(value) * static_cast<float>(weight[k]);
  }
}

at::Tensor rms_norm_cpu(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  if (x.scalar_type() != at::kBFloat16 || x.numel() == 0) {
    return rms_norm_fallback(x, weight, epsilon);
  }
  const auto dense = x.contiguous(), scale = weight.contiguous();
  auto y = at::empty_like(dense);
  const int64_t size = x.size(-1);
  const auto* const from = dense.const_data_ptr<at::BFloat16>();
  const auto* const factors = scale.const_data_ptr<at::BFloat16>();
  auto* const to = y.mutable_data_ptr<at::BFloat16>();
  share_out(x.numel() / size, std::max<int64_t>(1, kElementsTaken / size), at::get_num_threads(),
            [=](int64_t begin, int64_t end) {
              for (int64_t row = begin * size; row < end * size; row += size) {
                normalise(from + row, factors, size, epsilon, to + row);
              }
            });
  return y;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("rms_norm", rms_norm_cpu);
}

}  // namespace mono::kernels
