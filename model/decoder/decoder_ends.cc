#include <ATen/ATen.h>

#include <vector>

#include "kernels/rms_norm.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"

// Both ends of the decoder: ids to embeddings, the residual stream to logits.
namespace mono::model {

at::Tensor Decoder::embed(std::span<const int64_t> input_ids) const {
  const auto ids = at::tensor(at::IntArrayRef(input_ids.data(), input_ids.size()), at::kLong);
  return at::embedding(weights_.embeddings, ids.to(weights_.embeddings.device()));
}

at::Tensor Decoder::final_norm(const at::Tensor& hidden_states) const {
  return kernels::rms_norm(hidden_states, weights_.norm, config_.rms_norm_epsilon);
}

at::Tensor Decoder::logits(const at::Tensor& normalised) const {
  if (!fused_layers_) return project(normalised, {.weight = weights_.head}).to(at::kFloat);
  std::vector<at::Tensor> chunks;
  for (int64_t begin = 0; begin < normalised.size(0); begin += kernels::kRowsPerChunk) {
    const auto rows = normalised.slice(0, begin, begin + kernels::kRowsPerChunk);
    chunks.push_back(chunk_logits(rows));
  }
  return chunks.size() == 1 ? chunks.front() : at::cat(chunks);
}

// At most kRowsPerChunk rows; a generated token's and a prompt's last are computed alike.
at::Tensor Decoder::chunk_logits(const at::Tensor& rows) const {
  const int64_t num_rows = rows.size(0);
  const bool is_padded = options_.row_plan == kernels::RowPlan::kChunked;
  const auto all = is_padded && num_rows < kernels::kRowsPerChunk
                       ? at::constant_pad_nd(rows, {0, 0, 0, kernels::kRowsPerChunk - num_rows})
                       : rows;
  const auto plan = is_padded ? kernels::RowPlan::kOneChunk : kernels::RowPlan::kFree;
  return kernels::linear(all, head_, {}, plan)
      .slice(0, 0, num_rows)
      .slice(1, 0, config_.vocab_size)
      .to(at::kFloat)
      .contiguous();
}

}  // namespace mono::model
