#include "model/decoder/state.h"

#include <ATen/ATen.h>

namespace mono::model {

KvCache::KvCache(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
                 at::Device device) {
  const std::vector<int64_t> shape{config.num_kv_heads, capacity, config.head_dim};
  const auto options = at::TensorOptions(device).dtype(dtype);
  for (int64_t i = 0; i < config.num_layers; ++i) {
    keys_.push_back(at::empty(shape, options));
    values_.push_back(at::empty(shape, options));
  }
}

void KvCache::write(size_t layer, const at::Tensor& k, const at::Tensor& v) {
  const int64_t end = length_ + k.size(0);
  TORCH_CHECK(end <= capacity(), "KvCache: ", end, " tokens do not fit a capacity of ", capacity());
  keys_[layer].slice(1, length_, end).copy_(k.transpose(0, 1));
  values_[layer].slice(1, length_, end).copy_(v.transpose(0, 1));
}

at::Tensor KvCache::keys(size_t layer, int64_t length) const {
  return keys_[layer].slice(1, 0, length);
}

at::Tensor KvCache::values(size_t layer, int64_t length) const {
  return values_[layer].slice(1, 0, length);
}

KvCache KvCache::clone() const {
  KvCache copy = *this;
  for (auto& keys : copy.keys_) keys = keys.clone();
  for (auto& values : copy.values_) values = values.clone();
  return copy;
}

}  // namespace mono::model
