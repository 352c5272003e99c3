#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>

#include "model/config.h"

namespace mono::model {

/// Cosines and sines of the rotary embedding for one sequence, as the reference keeps them.
///
///   inv_freq[i] = 1 / base^(2 i / head_dim),   angle[p, i] = p * inv_freq[i]
///
/// Exponent, power, reciprocal, angle, cosine and sine are fp32, then rounded to the dtype. The
/// table starts with the plain base and covers max_position_embeddings = M positions. When the
/// sequence becomes longer than what is covered it is made anew for its length L; under dynamic
/// scaling with factor f, and L > M, with (in double)
///
///   base = theta * (f L / M - (f - 1))^(head_dim / (head_dim - 2))
///
/// so beyond M each decode step has a base of its own, while cached keys keep the rotation they
/// got. Under linear scaling positions are divided by f (in fp32).
///
/// Formula: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/modeling_internlm2_ve.py,
/// InternLM2DynamicNTKScalingRotaryEmbedding. The reference keeps the table of the longest sequence
/// its process has ever seen; ours belongs to one request.
class RotaryTable {
 public:
  /// \param capacity  positions the sequence may come to have.
  RotaryTable(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
              at::Device device);

  /// Cosines and sines, [count, head_dim / 2] each, of the positions from `begin` on, when the
  /// sequence has begin + count tokens.
  std::pair<at::Tensor, at::Tensor> rows(int64_t begin, int64_t count);

 private:
  std::pair<at::Tensor, at::Tensor> compute(int64_t begin, int64_t count, double base) const;

  LanguageConfig config_;
  at::ScalarType dtype_;
  at::Device device_;
  int64_t covered_length_;
  double base_;
  at::Tensor cos_{};  // [plain positions, head_dim / 2] under the plain base
  at::Tensor sin_{};
};

}  // namespace mono::model
