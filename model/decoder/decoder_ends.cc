#include <ATen/ATen.h>

#include <algorithm>

#include "kernels/few_row_linear.h"
#include "kernels/rms_norm.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"

// Both ends of the decoder: ids to embeddings, the residual stream to logits.
namespace mono::model {

at::Tensor Decoder::embed(std::span<const int64_t> input_ids) const {
  const auto ids = at::tensor(at::IntArrayRef(input_ids.data(), input_ids.size()), at::kLong);
  return at::embedding(weights_.embeddings,
                       ids.to(weights_.embeddings.device(), /*non_blocking=*/true));
}

at::Tensor Decoder::final_norm(const at::Tensor& hidden_states) const {
  return kernels::rms_norm(hidden_states, weights_.norm, config_.rms_norm_epsilon);
}

at::Tensor Decoder::logits(const at::Tensor& normalised) const {
  const auto all = few_rows_product(normalised, {.weight = head_});
  return all.slice(1, 0, config_.vocab_size).to(at::kFloat).contiguous();
}

at::Tensor Decoder::few_rows_product(const at::Tensor& x, const AffineWeights& weights) const {
  auto y = at::empty({x.size(0), weights.weight.size(0)}, x.options());
  for (int64_t begin = 0; begin < y.size(0); begin += kernels::kRowsPerChunk) {
    const int64_t count = std::min(kernels::kRowsPerChunk, y.size(0) - begin);
    multiply_few_rows(x.narrow(0, begin, count), weights, y.narrow(0, begin, count));
  }
  return y;
}

bool Decoder::streams(const at::Tensor& rows) const {
  // With more of them the libraries' products are faster; fp32 has no streaming kernel.
  constexpr int64_t kStreamedRows = 4;
  constexpr int64_t kStreamedRowsOnGpu = 8;
  return options_.row_plan == kernels::RowPlan::kChunked ||
         (rows.scalar_type() == at::kBFloat16 &&
          rows.size(0) <= (rows.is_cpu() ? kStreamedRows : kStreamedRowsOnGpu));
}

void Decoder::multiply_few_rows(const at::Tensor& x, const AffineWeights& weights,
                                const at::Tensor& y) const {
  if (streams(x)) {
    kernels::few_row_linear_out(x, weights.weight, weights.bias, kernels::WeightUse::kSettled, y);
  } else {
    kernels::linear_out(x, weights.weight, weights.bias, options_.row_plan, y);
  }
}

}  // namespace mono::model
