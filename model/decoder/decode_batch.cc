#include "model/decoder/decode_batch.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "kernels/linear.h"
#include "kernels/token_rows.h"
#include "model/decoder/decode_numbers.h"

namespace mono::model {
bool can_decode_in_batch(const Decoder& decoder) {
  constexpr int64_t kWidestHead = 128;
  constexpr int64_t kLargestGroup = 8;
  constexpr int64_t kPackBytes = 16;
  const auto& config = decoder.config();
  const int64_t value_bytes = decoder.weights().embeddings.element_size();
  return decoder.fused_layers() != nullptr &&
         decoder.options().attention == kernels::AttentionKind::kFused &&
         config.head_dim <= kWidestHead && config.head_dim * value_bytes % kPackBytes == 0 &&
         config.num_heads / config.num_kv_heads <= kLargestGroup;
}

DecodeBatch::DecodeBatch(const Decoder& decoder, int64_t num_slots, int64_t capacity,
                         bool starts_ahead)
    : decoder_(decoder),
      capacity_(capacity),
      starts_ahead_(starts_ahead),
      most_rows_(std::min(decode_rows(num_slots), kMostRows)),
      slots_(static_cast<size_t>(num_slots)) {
  TORCH_CHECK(can_decode_in_batch(decoder) && num_slots > 0 && capacity > 0,
              "DecodeBatch: ", num_slots, " slots of ", capacity, " tokens");
  const c10::InferenceMode no_gradients;
  const auto& config = decoder.config();
  const auto values = decoder.weights().embeddings.options();
  const auto ints = values.dtype(at::kInt);
  cache_ = at::empty(
      {config.num_layers, 2, num_slots, capacity, config.num_kv_heads, config.head_dim}, values);
  const auto table = decoder.rotary_table(capacity);
  num_angles_ = std::min(capacity, table.first_cos().size(0));
  for (const auto& [to, from] : {std::pair{&cos_, table.first_cos()}, {&sin_, table.first_sin()}}) {
    *to = at::zeros({num_angles_ + most_rows_, from.size(1)}, values);
    to->slice(0, 0, num_angles_).copy_(from.slice(0, 0, num_angles_));
  }
  numbers_ = at::zeros({kNumDecodeNumbers, most_rows_}, ints);
  for (auto& twin : host_numbers_) twin.emplace(numbers_);
  max_new_ = at::ones({most_rows_}, ints);
  generated_ = at::zeros({most_rows_, 1}, ints);
  stop_ids_ = at::zeros({most_rows_, 0}, ints);
  buffers_ = make_layer_buffers(config, most_rows_, values);
  const int64_t q_width = config.num_heads * config.head_dim;
  mixed_ = at::zeros({most_rows_, q_width}, values);
  const int64_t num_sums =
      kernels::decode_attention_scratch(most_rows_, config.num_heads, config.head_dim, capacity);
  scratch_ = {.sums = at::empty({num_sums}, values.dtype(at::kFloat)),
              .arrivals = at::zeros({most_rows_ * config.num_kv_heads}, ints)};
  logits_ = at::zeros({most_rows_, decoder.head().size(0)}, values);
  choice_scratch_ = at::zeros({kernels::argmax_scratch(most_rows_)}, ints);
}

DecodeBatch::~DecodeBatch() = default;

int DecodeBatch::admit(const DecoderState& state) {
  const auto free = std::find_if(slots_.begin(), slots_.end(),
                                 [](const Slot& slot) { return !slot.rotary.has_value(); });
  TORCH_CHECK(free != slots_.end(), "DecodeBatch: all ", slots_.size(), " slots are taken");
  const int64_t length = state.cache.length();
  TORCH_CHECK(length <= capacity_, "DecodeBatch: a sequence of ", length, " tokens in a slot of ",
              capacity_);
  const c10::InferenceMode no_gradients;
  const int64_t slot = free - slots_.begin();
  cache_.select(2, slot).slice(2, 0, length).copy_(state.cache.filled());
  *free = {.length = length, .rotary = state.rotary};
  return static_cast<int>(slot);
}

void DecodeBatch::release(int slot) {
  slots_.at(static_cast<size_t>(slot)) = {};
  if (!ahead_) return;
  for (auto& row : ahead_->rows) {
    if (row.slot == slot) row.slot = -1;
  }
}

void DecodeBatch::release_all() {
  drop_ahead();
  std::fill(slots_.begin(), slots_.end(), Slot{});
}

DecoderState DecodeBatch::state_of(int slot) const {
  const c10::InferenceMode no_gradients;
  const auto& [length, rotary] = slots_.at(static_cast<size_t>(slot));
  TORCH_CHECK(rotary, "DecodeBatch: slot ", slot, " is free");
  return {.cache = KvCache::holding(cache_.select(2, slot).slice(2, 0, length)), .rotary = *rotary};
}

}  // namespace mono::model
