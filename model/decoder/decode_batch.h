#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kernels/decode_attention.h"
#include "kernels/host_twin.h"
#include "kernels/recorded_work.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"
#include "model/outlook.h"

namespace mono::model {

/// Whether a `DecodeBatch` can continue the sequences of a decoder: its passes are fused, its
/// attention rounds once, and its heads fit the kernel of decode_attention.h.
bool can_decode_in_batch(const Decoder& decoder);

/// A token to read, and the sequence it continues.
struct NextToken {
  int slot = 0;
  int64_t token_id = 0;
  bool is_visual = false;               // an image-context id: it has experts of its own
  Outlook outlook = Outlook::kUnknown;  // whether what is chosen behind it will be read next
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
/// A step may be started ahead: behind the one before it and before its choices are read, for the
/// sequences that go on, with what the device chose for their tokens. Its results are taken where
/// the next call asks for those tokens or some of them. Else they are dropped and the step is done
/// as if there had been none; what it left in the cache lies behind the end of every sequence,
/// where each writes before it reads.
///
/// Under RowPlan::kChunked every product of a step is one of kRowsPerChunk rows (kOneChunk), so
/// that a token's values do not depend on what stands beside it; they are not those of a prompt's
/// token. For one thread.
class DecodeBatch {
 public:
  static constexpr int64_t kMostRows = kernels::kRowsPerChunk;  // of one piece of work

  /// \param decoder       kept by reference; `can_decode_in_batch`
  /// \param capacity      tokens a slot can take
  /// \param starts_ahead  whether steps are started ahead; changes no value
  DecodeBatch(const Decoder& decoder, int64_t num_slots, int64_t capacity,
              bool starts_ahead = false);
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
  /// Another step is started ahead where no logits are asked for, every token's outlook is known
  /// and one goes on.
  ///
  /// \param logits  if not null, becomes fp32 [tokens.size(), vocab_size] on the CPU
  std::vector<NextChoice> step(std::span<const NextToken> tokens, at::Tensor* logits);

  /// Steps started ahead so far, and those of them whose results were dropped.
  struct AheadCounts {
    int64_t num_started = 0;
    int64_t num_dropped = 0;
  };
  const AheadCounts& ahead_counts() const { return ahead_counts_; }

 private:
  struct Slot {
    int64_t length = 0;
    std::optional<RotaryTable> rotary{};  // empty: the slot is free
  };

  /// A row of a step.
  struct Row {
    int slot = 0;          // negative: nobody's any more
    int64_t position = 0;  // of the token it reads
    int64_t token_id = 0;  // ahead: kUnread until the step before is read
    int64_t source = 0;    // ahead: the row of the step before that chooses the token
    size_t token = 0;      // ahead: of the tokens of the step before
  };
  static constexpr int64_t kUnread = -1;

  struct Ahead {
    std::vector<Row> rows{};
    kernels::HostTwin* numbers = nullptr;  // with its choices
  };

  // decode_ahead.cc: which steps are started when
  std::vector<NextChoice> step_some(std::span<const NextToken> tokens, at::Tensor* logits,
                                    bool may_start_ahead);
  std::optional<std::vector<int64_t>> rows_ahead(std::span<const NextToken> tokens) const;
  std::vector<Row> rows_behind(std::span<const NextToken> tokens,
                               std::span<const int64_t> rows) const;
  void start_behind(std::span<const NextToken> tokens, std::span<const int64_t> rows);
  void drop_ahead();

  // decode_step.cc: what a step is on the device
  kernels::HostTwin& start(std::span<const NextToken> tokens);
  kernels::HostTwin* start_ahead(std::span<const Row> rows);
  kernels::HostTwin& write_numbers(std::span<const Row> rows, int64_t num_rows);
  static int64_t longest_of(std::span<const Row> rows);
  kernels::RecordedWork* work_for(int64_t num_rows, int64_t max_length);
  at::Tensor logits_of(int64_t count) const;
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
  bool starts_ahead_;
  int64_t most_rows_;  // of one step
  std::vector<Slot> slots_;
  std::optional<Ahead> ahead_{};
  AheadCounts ahead_counts_{};
  int64_t num_angles_ = 0;  // of the shared table; behind them one row a row of the batch
  at::Tensor cos_{};        // [num_angles + most_rows, head_dim / 2]
  at::Tensor sin_{};
  at::Tensor cache_{};    // [num_layers, 2, num_slots, capacity, num_kv_heads, head_dim]
  at::Tensor numbers_{};  // int32 [kinds, most_rows]: what differs from step to step
  std::array<std::optional<kernels::HostTwin>, 2> host_numbers_{};  // of two steps under way
  size_t next_host_numbers_ = 0;
  at::Tensor max_new_{};    // int32 [most_rows]: 1, as each step chooses one token
  at::Tensor generated_{};  // int32 [most_rows, 1]
  at::Tensor stop_ids_{};   // int32 [most_rows, 0]
  LayerBuffers buffers_{};
  at::Tensor mixed_{};  // [.., num_heads * head_dim]
  kernels::DecodeScratch scratch_{};
  at::Tensor logits_{};          // [.., vocab_size rounded up]
  at::Tensor choice_scratch_{};  // int32: of the choice of tokens
  std::map<std::pair<int64_t, int64_t>, std::unique_ptr<kernels::RecordedWork>> works_{};
};

}  // namespace mono::model
