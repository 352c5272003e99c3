#include "model/decoder/rotary_table.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace mono::model {
namespace {

// The base of a table made for `length` tokens, in double.
double base_for(const LanguageConfig& config, int64_t length) {
  const auto max_length = static_cast<double>(config.max_position_embeddings);
  const bool is_scaled = config.rope_scaling.kind == RopeScalingKind::kDynamic &&
                         length > config.max_position_embeddings;
  if (!is_scaled) return config.rope_theta;
  const double factor = config.rope_scaling.factor;
  const auto head_dim = static_cast<double>(config.head_dim);
  return config.rope_theta *
         std::pow(factor * static_cast<double>(length) / max_length - (factor - 1),
                  head_dim / (head_dim - 2));
}

}  // namespace

RotaryTable::RotaryTable(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
                         at::Device device)
    : config_(config),
      dtype_(dtype),
      device_(device),
      covered_length_(config.max_position_embeddings),
      base_(config.rope_theta) {
  const bool has_one_base = config.rope_scaling.kind != RopeScalingKind::kDynamic;
  const int64_t plain = has_one_base ? capacity : std::min(capacity, covered_length_);
  std::tie(cos_, sin_) = compute(0, plain, base_);
}

std::pair<at::Tensor, at::Tensor> RotaryTable::rows(int64_t begin, int64_t count) {
  const int64_t length = begin + count;
  if (length > covered_length_) {
    covered_length_ = length;
    base_ = base_for(config_, length);
  }
  if (base_ == config_.rope_theta && length <= cos_.size(0)) {
    return {cos_.slice(0, begin, length), sin_.slice(0, begin, length)};
  }
  return compute(begin, count, base_);
}

std::pair<at::Tensor, at::Tensor> RotaryTable::compute(int64_t begin, int64_t count,
                                                       double base) const {
  const auto options = at::TensorOptions(at::kFloat);
  const auto exponent = at::arange(0, config_.head_dim, 2, options).div_(config_.head_dim);
  const auto inverse_frequency = at::pow(at::Scalar(base), exponent).reciprocal_();
  auto positions = at::arange(begin, begin + count, options);
  if (config_.rope_scaling.kind == RopeScalingKind::kLinear) {
    positions.div_(config_.rope_scaling.factor);
  }
  const auto angles = at::outer(positions, inverse_frequency);  // [count, head_dim / 2]
  return {angles.cos().to(device_, dtype_), angles.sin().to(device_, dtype_)};
}

}  // namespace mono::model
