#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>

#include "model/config.h"
#include "model/decoder/rotary_table.h"

namespace mono::model {

/// Keys and values of one sequence, [num_layers, 2, capacity, num_kv_heads, head_dim], allocated at
/// once. The capacity is a multiple of 64, and the block of 64 positions in which the sequence ends
/// is filled up with zeros, for attention in blocks. Copies share the storage, but for `clone`.
class KvCache {
 public:
  KvCache(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype, at::Device device);

  /// A cache with a copy of what another had `filled`.
  static KvCache holding(const at::Tensor& filled);

  int64_t length() const { return length_; }
  int64_t capacity() const { return storage_.size(2); }

  /// Makes the places of the next tokens ready in every layer; the length stays until `advance`.
  /// \throws c10::Error if they do not fit.
  void prepare(int64_t num_tokens);

  /// Writes the newest tokens of one layer after `length()`, into prepared places.
  /// \param k, v  [num_tokens, num_kv_heads, head_dim]; k rotated.
  void write(size_t layer, const at::Tensor& k, const at::Tensor& v);

  /// The first `length` positions of a layer, [num_kv_heads, length, head_dim]; a view.
  at::Tensor keys(size_t layer, int64_t length) const;
  at::Tensor values(size_t layer, int64_t length) const;

  /// The same to the end of the last block of 64: zeros behind `length`, which is `length()` and
  /// the tokens written last.
  at::Tensor padded_keys(size_t layer, int64_t length) const;
  at::Tensor padded_values(size_t layer, int64_t length) const;

  /// A layer as a cache with one slot, [1, capacity, num_kv_heads, head_dim]; dense views.
  at::Tensor key_slot(size_t layer) const;
  at::Tensor value_slot(size_t layer) const;

  /// What is filled, [num_layers, 2, length(), num_kv_heads, head_dim]; a view.
  at::Tensor filled() const { return storage_.slice(2, 0, length_); }

  /// Counts tokens that every layer has written.
  void advance(int64_t num_tokens) { length_ += num_tokens; }

  /// Takes that back, so that the tokens can be written again.
  void step_back(int64_t num_tokens) { length_ -= num_tokens; }

  /// A copy with storage of its own that holds the first `length` positions, whoever wrote them.
  KvCache first(int64_t length) const;

  /// A copy with storage of its own, of the same capacity or another that holds the length.
  KvCache clone() const { return clone(capacity()); }
  KvCache clone(int64_t capacity) const;

 private:
  explicit KvCache(at::Tensor storage, int64_t length)
      : storage_(std::move(storage)), length_(length) {}

  at::Tensor layer_part(size_t layer, int64_t part) const {
    return storage_.select(0, static_cast<int64_t>(layer)).select(0, part);
  }

  at::Tensor storage_{};
  int64_t length_ = 0;
};

/// Everything that belongs to one sequence and not to the model.
struct DecoderState {
  KvCache cache;
  RotaryTable rotary;

  DecoderState clone() const { return {cache.clone(), rotary}; }

  /// A copy that can take `capacity` tokens in all. Its rotary table serves as many if this one was
  /// made for as many.
  DecoderState fork(int64_t capacity) const { return {cache.clone(capacity), rotary}; }
};

}  // namespace mono::model
