#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <optional>

#include "kernels/linear.h"
#include "kernels/row_dots.h"
#include "kernels/share_out.h"

namespace mono::kernels {
namespace {

constexpr int64_t kWeightRowsAtOnce = 16;  // stay in the cache while the rows of x pass over them
constexpr int64_t kBytesTaken = 1 << 16;   // of the weight, by a thread that is free

/// Whole blocks of weight rows, about kBytesTaken.
int64_t rows_taken(const at::Tensor& weight) {
  const int64_t rows = kBytesTaken / std::max<int64_t>(1, weight.size(1) * weight.element_size());
  return std::max<int64_t>(1, rows / kDotWeights) * kDotWeights;
}

/// fp32 [num_rows, width] for `row_dots`.
at::Tensor widened(const at::Tensor& x) {
  const auto rows = x.contiguous();
  const int64_t length = x.size(1), width = dot_width(length);
  auto wide = at::empty({x.size(0), width}, x.options().dtype(at::kFloat));
  const auto* const elements =
      reinterpret_cast<const uint16_t*>(rows.const_data_ptr<at::BFloat16>());
  for (int64_t row = 0; row < x.size(0); ++row) {
    widen_for_dots(elements + row * length, length, 1,
                   wide.mutable_data_ptr<float>() + row * width);
  }
  return wide;
}

struct Product {
  at::Tensor x;  // fp32 [num_rows, width]
  const at::Tensor& weight;
  const at::BFloat16* bias = nullptr;
  const at::Tensor& out;

  /// Columns [begin, end) of out.
  void operator()(int64_t begin, int64_t end) const {
    for (int64_t n = begin; n < end; n += kWeightRowsAtOnce) {
      for (int64_t row = 0; row < x.size(0); row += kDotRows) {
        columns(row, n, std::min(end, n + kWeightRowsAtOnce));
      }
    }
  }

 private:
  void columns(int64_t first_row, int64_t begin, int64_t end) const {
    const auto dot = row_dots();
    const RowDots dots{
        .x = x.const_data_ptr<float>() + first_row * x.size(1),
        .weight = reinterpret_cast<const uint16_t*>(weight.const_data_ptr<at::BFloat16>()),
        .num_rows = std::min(kDotRows, x.size(0) - first_row),
        .length = weight.size(1),
        .width = x.size(1),
        .weight_distance = weight.stride(0)};
    auto* const values = out.mutable_data_ptr<at::BFloat16>() + first_row * out.stride(0);
    for (int64_t first = begin; first < end; first += kDotWeights) {
      const int64_t count = std::min(kDotWeights, end - first);
      float sums[kDotWeights * kDotRows];
      dot(dots, first, count, sums);
      for (int64_t i = 0; i < count * dots.num_rows; ++i) {
        const int64_t n = first + i / dots.num_rows;
        const float sum = bias == nullptr ? sums[i] : sums[i] + static_cast<float>(bias[n]);
        values[i % dots.num_rows * out.stride(0) + n] = sum;
      }
    }
  }
};

void few_row_linear_cpu(const at::Tensor& x, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, bool /*is_settled*/,
                        const at::Tensor& out) {
  if (x.scalar_type() != at::kBFloat16 || x.numel() == 0) {
    return linear_out(x, weight, bias.value_or(at::Tensor()), RowPlan::kChunked, out);
  }
  const Product product{.x = widened(x),
                        .weight = weight,
                        .bias = bias.has_value() ? bias->const_data_ptr<at::BFloat16>() : nullptr,
                        .out = out};
  share_out(weight.size(0), rows_taken(weight), at::get_num_threads(), product);
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("few_row_linear_out", few_row_linear_cpu);
}

}  // namespace mono::kernels
