#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kernels/decode_attention.h"
#include "kernels/recorded_work.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"

namespace mono::model {

/// Whether a `DecodeBatch` can continue the sequences of a decoder: its passes are fused, its
/// attention rounds once, and its heads fit the kernel of decode_attention.h.
bool can_decode_in_batch(const Decoder& decoder);

/// A token to read, and the sequence it continues.
struct NextToken {
  int slot = 0;
  int64_t token_id = 0;
  bool is_visual = false;  // an image-context id: it has experts of its own
};

/// What follows a token.
struct NextChoice {
  int64_t token_id = 0;   // of the largest logit, the lowest of equal ones
  bool is_number = true;  // false: no logit was a number, token_id means nothing
};

/// Sequences that grow by a token at a time, side by side, each in a slot of one cache. A step is
/// one piece of work on buffers that never move, recorded for each number of rows (rounded up) and
/// each length of the longest (rounded up): on a GPU one graph, from the ids to the choices.
///
/// Under RowPlan::kChunked every product of a step is one of kRowsPerChunk rows (kOneChunk), so
/// that a token's values do not depend on what stands beside it; they are not those of a prompt's
/// token. For one thread.
class DecodeBatch {
 public:
  static constexpr int64_t kMostRows = kernels::kRowsPerChunk;  // of one piece of work

  /// \param decoder   kept by reference; `can_decode_in_batch`
  /// \param capacity  tokens a slot can take
  DecodeBatch(const Decoder& decoder, int64_t num_slots, int64_t capacity);
  ~DecodeBatch();
  DecodeBatch(const DecodeBatch&) = delete;
  DecodeBatch& operator=(const DecodeBatch&) = delete;

  int64_t num_slots() const { return static_cast<int64_t>(slots_.size()); }
  int64_t capacity() const { return capacity_; }

  /// Copies what a sequence has read into a free slot.
  /// \throws c10::Error if there is none or the sequence is longer than the capacity.
  int admit(const DecoderState& state);

  /// The slot is free again.
  void release(int slot);

  /// All slots are free again.
  void release_all();

  /// A copy of what a slot holds.
  DecoderState state_of(int slot) const;

  /// Reads a token of each of several sequences, none twice. Where it throws, none was read.
  /// \param logits  if not null, becomes fp32 [tokens.size(), vocab_size] on the CPU
  std::vector<NextChoice> step(std::span<const NextToken> tokens, at::Tensor* logits);

 private:
  struct Slot {
    int64_t length = 0;
    std::optional<RotaryTable> rotary{};  // empty: the slot is free
  };

  std::vector<NextChoice> step_some(std::span<const NextToken> tokens, at::Tensor* logits);
  kernels::RecordedWork* work_for(int64_t num_rows, int64_t max_length);
  std::vector<NextChoice> choices(int64_t count) const;
  void write_numbers(std::span<const NextToken> tokens, int64_t num_rows);
  void compute(int64_t num_rows, int64_t max_length, const kernels::ExpertRouting& routing) const;
  at::Tensor attend(size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row,
                    int64_t num_rows, int64_t max_length) const;
  at::Tensor numbers(int64_t kind, int64_t num_rows) const {
    return numbers_.select(0, kind).narrow(0, 0, num_rows);
  }
  at::Tensor cache(size_t layer, int64_t part) const {
    return cache_.select(0, static_cast<int64_t>(layer)).select(0, part);
  }

  const Decoder& decoder_;
  int64_t capacity_;
  int64_t most_rows_;  // of one step
  std::vector<Slot> slots_;
  int64_t num_angles_ = 0;  // of the shared table; behind them one row a row of the batch
  at::Tensor cos_{};        // [num_angles + most_rows, head_dim / 2]
  at::Tensor sin_{};
  at::Tensor cache_{};         // [num_layers, 2, num_slots, capacity, num_kv_heads, head_dim]
  at::Tensor numbers_{};       // int32 [kinds, most_rows]: what differs from step to step
  at::Tensor host_numbers_{};  // the same on the host, pinned where there is a GPU
  at::Tensor max_new_{};       // int32 [most_rows]: 1, as each step chooses one token
  at::Tensor generated_{};     // int32 [most_rows, 1]
  at::Tensor stop_ids_{};      // int32 [most_rows, 0]
  LayerBuffers buffers_{};
  at::Tensor mixed_{};  // [.., num_heads * head_dim]
  kernels::DecodeScratch scratch_{};
  at::Tensor logits_{};          // [.., vocab_size rounded up]
  at::Tensor choice_scratch_{};  // int32: of the choice of tokens
  std::map<std::pair<int64_t, int64_t>, std::unique_ptr<kernels::RecordedWork>> works_{};
};

}  // namespace mono::model
