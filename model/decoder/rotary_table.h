#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
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
/// Under su and yarn scaling (Phi-3) inv_freq[i] is divided by short_factor[i], and by
/// long_factor[i] once the sequence is longer than O = original_max_position_embeddings; cosines
/// and sines are multiplied by sqrt(1 + ln(M / O) / ln(O)), or 0.1 ln(M / O) + 1, where M > O.
///
/// Formula: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/modeling_internlm2_ve.py,
/// InternLM2DynamicNTKScalingRotaryEmbedding; of Phi-3: OpenGVLab/InternVL@2410d1d,
/// internvl_chat/internvl/model/phi3/modeling_phi3.py:135-215. The reference keeps the table of the
/// longest sequence its process has ever seen; ours belongs to one request.
class RotaryTable {
 public:
  /// \param capacity  positions the sequence may come to have.
  RotaryTable(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
              at::Device device);

  /// Up to this length of a sequence the rotation of a position depends on nothing but the position
  /// itself; beyond it on the length too.
  static int64_t length_of_first_table(const LanguageConfig& config);

  /// Cosines and sines, [count, head_dim / 2] each, of the positions from `begin` on, when the
  /// sequence has begin + count tokens.
  std::pair<at::Tensor, at::Tensor> rows(int64_t begin, int64_t count);

  /// The same where they are no rows of the first table; nothing where they are.
  std::optional<std::pair<at::Tensor, at::Tensor>> rows_beyond(int64_t begin, int64_t count);

  /// Whether `rows_beyond` would give nothing for the last position of a sequence of `length`
  /// tokens; changes nothing.
  bool is_in_first_table(int64_t length) const;

  /// The first table, [positions, head_dim / 2] each.
  const at::Tensor& first_cos() const { return cos_; }
  const at::Tensor& first_sin() const { return sin_; }

 private:
  at::Tensor inverse_frequencies() const;
  std::pair<at::Tensor, at::Tensor> compute(int64_t begin, int64_t count) const;

  LanguageConfig config_;
  at::ScalarType dtype_;
  at::Device device_;
  double magnitude_;
  int64_t covered_length_;
  double base_;
  bool is_long_ = false;  // longer than what the first table covers
  at::Tensor cos_{};      // [plain positions, head_dim / 2] of the first table
  at::Tensor sin_{};
};

}  // namespace mono::model
