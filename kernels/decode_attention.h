#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "kernels/rotary_append.h"

namespace mono::kernels {

/// Keys that one block reads. The cut is fixed, so a row's sums do not depend on its batch.
inline constexpr int64_t kKeysPerSplit = 128;

/// What the blocks of a call leave for one another; dense, on the device of the queries.
struct DecodeScratch {
  /// float, at least `decode_attention_scratch` elements; its content is free.
  at::Tensor sums{};
  /// int32, at least num_rows * num_kv_heads elements, all 0 before the first call. A call leaves
  /// them so for the next one behind it, of any shape.
  at::Tensor arrivals{};
};

/// Attention of the newest token of each sequence to its slot of the cache, grouped query heads.
///
///   out[r, h] = softmax(q[r, h] . K^T / sqrt(head_dim)) V,   K = keys[slot[r], :length[r], h /
///   group]
///
/// Scores, exponentials and sums are fp32, rounded once at the end (AttentionKind::kFused). On a
/// GPU each kKeysPerSplit keys are summed by a block of their own and the splits combined in their
/// order, by the last of these blocks or where there are many by a kernel behind them; nothing
/// depends on the other rows or on max_length. A GPU reads slot, length and all keys and values but
/// a row's newest while the kernel before may still run: only queries and the newest may come from
/// it.
///
/// \param q             [num_rows, num_heads, head_dim], dense, rotated; float or bf16.
/// \param keys, values  [num_slots, capacity, num_kv_heads, head_dim], dense: one layer's cache;
///                      dtype and device of q.
/// \param slot          int32 [num_rows]; trusted to lie below num_slots.
/// \param length        int32 [num_rows]; keys seen, the newest token's own included; 0 for a row
///                      that is padding, whose out is 0.
/// \param max_length    no length is above it: the bound a graph was captured for; at most
///                      capacity.
/// \param out           [num_rows, num_heads * head_dim], dense; dtype and device of q.
/// \throws c10::Error if a shape, dtype or device differs from the above; on a GPU also for a
/// head_dim above 128 or no multiple of 16 bytes, and groups of more than 8.
///
/// Formula: Vaswani et al. 2017, arXiv:1706.03762, eq. 1; the split and its combination as in Dao
/// et al. 2023, "Flash-Decoding for long-context inference".
void decode_attention_out(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                          const at::Tensor& slot, const at::Tensor& length, int64_t max_length,
                          const DecodeScratch& scratch, const at::Tensor& out);

/// The attention of a step with what comes before it: `rotary_append` of the newest tokens, without
/// a bias, then `decode_attention_out` with the same bits.
///
/// \param qkv      of the newest tokens; the kernel before may still write them.
/// \param places   a row's position is its length - 1; slot and angle are settled, as length is.
/// \param length   int32 [num_rows], with the newest token; 0 for padding, whose slot is negative.
/// The others as those two have them. \throws c10::Error as they do.
void rotary_decode_attention_out(const QkvViews& qkv, const at::Tensor& cos, const at::Tensor& sin,
                                 const TokenPlaces& places, Rounding rounding,
                                 const at::Tensor& keys, const at::Tensor& values,
                                 const at::Tensor& length, int64_t max_length,
                                 const DecodeScratch& scratch, const at::Tensor& out);

/// Floats of scratch that a call needs.
int64_t decode_attention_scratch(int64_t num_rows, int64_t num_heads, int64_t head_dim,
                                 int64_t max_length);

}  // namespace mono::kernels
