#include "model/decoder/state.h"

#include <ATen/ATen.h>

#include "kernels/attention.h"

namespace mono::model {

namespace {

int64_t to_whole_blocks(int64_t length) {
  constexpr int64_t kBlock = kernels::kPositionsPerBlock;
  return (length + kBlock - 1) / kBlock * kBlock;
}

// tokens: [num_tokens, num_kv_heads, head_dim]
void write_tokens(const at::Tensor& cache, int64_t begin, const at::Tensor& tokens) {
  const int64_t end = begin + tokens.size(0);
  cache.slice(1, begin, end).copy_(tokens.transpose(0, 1));
  const bool enters_a_block = to_whole_blocks(end) > to_whole_blocks(begin);
  if (enters_a_block) cache.slice(1, end, to_whole_blocks(end)).zero_();
}

}  // namespace

KvCache::KvCache(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
                 at::Device device) {
  const std::vector<int64_t> shape{config.num_kv_heads, to_whole_blocks(capacity), config.head_dim};
  const auto options = at::TensorOptions(device).dtype(dtype);
  for (int64_t i = 0; i < config.num_layers; ++i) {
    keys_.push_back(at::empty(shape, options));
    values_.push_back(at::empty(shape, options));
  }
}

void KvCache::write(size_t layer, const at::Tensor& k, const at::Tensor& v) {
  const int64_t end = length_ + k.size(0);
  TORCH_CHECK(end <= capacity(), "KvCache: ", end, " tokens do not fit a capacity of ", capacity());
  write_tokens(keys_[layer], length_, k);
  write_tokens(values_[layer], length_, v);
}

at::Tensor KvCache::keys(size_t layer, int64_t length) const {
  return keys_[layer].slice(1, 0, length);
}

at::Tensor KvCache::values(size_t layer, int64_t length) const {
  return values_[layer].slice(1, 0, length);
}

at::Tensor KvCache::padded_keys(size_t layer, int64_t length) const {
  return keys(layer, to_whole_blocks(length));
}

at::Tensor KvCache::padded_values(size_t layer, int64_t length) const {
  return values(layer, to_whole_blocks(length));
}

KvCache KvCache::clone(int64_t capacity) const {
  TORCH_CHECK(capacity >= length_, "KvCache: ", length_, " tokens do not fit a capacity of ",
              capacity);
  const auto copied = [&](const at::Tensor& stored) {
    auto sizes = stored.sizes().vec();
    sizes[1] = to_whole_blocks(capacity);
    auto copy = at::empty(sizes, stored.options());
    const int64_t filled = to_whole_blocks(length_);
    copy.slice(1, 0, filled).copy_(stored.slice(1, 0, filled));
    return copy;
  };
  KvCache copy;
  copy.length_ = length_;
  for (const auto& keys : keys_) copy.keys_.push_back(copied(keys));
  for (const auto& values : values_) copy.values_.push_back(copied(values));
  return copy;
}

}  // namespace mono::model
