#include "model/decoder/state.h"

#include <ATen/ATen.h>

#include "kernels/attention.h"

namespace mono::model {

namespace {

enum Part : int64_t { kKeys, kValues };

int64_t to_whole_blocks(int64_t length) {
  constexpr int64_t kBlock = kernels::kPositionsPerBlock;
  return (length + kBlock - 1) / kBlock * kBlock;
}

// [capacity, num_kv_heads, head_dim] -> [num_kv_heads, length, head_dim]
at::Tensor by_head(const at::Tensor& part, int64_t length) {
  return part.slice(0, 0, length).transpose(0, 1);
}

}  // namespace

KvCache::KvCache(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
                 at::Device device)
    : storage_(at::empty(
          {config.num_layers, 2, to_whole_blocks(capacity), config.num_kv_heads, config.head_dim},
          at::TensorOptions(device).dtype(dtype))) {}

KvCache KvCache::holding(const at::Tensor& filled) {
  auto sizes = filled.sizes().vec();
  const int64_t length = sizes[2];
  sizes[2] = to_whole_blocks(length);
  auto storage = at::empty(sizes, filled.options());
  storage.slice(2, 0, length).copy_(filled);
  storage.slice(2, length).zero_();
  return KvCache(std::move(storage), length);
}

void KvCache::prepare(int64_t num_tokens) {
  const int64_t end = length_ + num_tokens;
  TORCH_CHECK(end <= capacity(), "KvCache: ", end, " tokens do not fit a capacity of ", capacity());
  const bool enters_a_block = to_whole_blocks(end) > to_whole_blocks(length_);
  if (enters_a_block) storage_.slice(2, end, to_whole_blocks(end)).zero_();
}

void KvCache::write(size_t layer, const at::Tensor& k, const at::Tensor& v) {
  const int64_t end = length_ + k.size(0);
  layer_part(layer, kKeys).slice(0, length_, end).copy_(k);
  layer_part(layer, kValues).slice(0, length_, end).copy_(v);
}

at::Tensor KvCache::keys(size_t layer, int64_t length) const {
  return by_head(layer_part(layer, kKeys), length);
}

at::Tensor KvCache::values(size_t layer, int64_t length) const {
  return by_head(layer_part(layer, kValues), length);
}

at::Tensor KvCache::padded_keys(size_t layer, int64_t length) const {
  return keys(layer, to_whole_blocks(length));
}

at::Tensor KvCache::padded_values(size_t layer, int64_t length) const {
  return values(layer, to_whole_blocks(length));
}

at::Tensor KvCache::key_slot(size_t layer) const {
  return layer_part(layer, kKeys).unsqueeze(0);
}

at::Tensor KvCache::value_slot(size_t layer) const {
  return layer_part(layer, kValues).unsqueeze(0);
}

KvCache KvCache::first(int64_t length) const {
  return holding(storage_.slice(2, 0, length));
}

KvCache KvCache::clone(int64_t capacity) const {
  TORCH_CHECK(capacity >= length_, "KvCache: ", length_, " tokens do not fit a capacity of ",
              capacity);
  auto sizes = storage_.sizes().vec();
  sizes[2] = to_whole_blocks(capacity);
  auto copy = at::empty(sizes, storage_.options());
  const int64_t filled = to_whole_blocks(length_);
  copy.slice(2, 0, filled).copy_(storage_.slice(2, 0, filled));
  return KvCache(std::move(copy), length_);
}

}  // namespace mono::model
