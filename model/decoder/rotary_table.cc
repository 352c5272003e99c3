#include "model/decoder/rotary_table.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/row_wise.h"
#include "model/adapter.h"

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

bool has_divisors(const RopeScaling& scaling) {
  return scaling.kind == RopeScalingKind::kSu || scaling.kind == RopeScalingKind::kYarn;
}

// What cosines and sines are multiplied by, in double.
double magnitude_of(const LanguageConfig& config) {
  const auto& scaling = config.rope_scaling;
  if (!has_divisors(scaling)) return 1;
  const auto original = static_cast<double>(scaling.original_max_position_embeddings);
  const double growth = static_cast<double>(config.max_position_embeddings) / original;
  if (growth <= 1) return 1;
  return scaling.kind == RopeScalingKind::kSu ? std::sqrt(1 + std::log(growth) / std::log(original))
                                              : 0.1 * std::log(growth) + 1;
}

}  // namespace

int64_t RotaryTable::length_of_first_table(const LanguageConfig& config) {
  switch (config.rope_scaling.kind) {
    case RopeScalingKind::kNone:
    case RopeScalingKind::kLinear:
      return std::numeric_limits<int64_t>::max();
    case RopeScalingKind::kDynamic:
      return config.max_position_embeddings;
    case RopeScalingKind::kSu:
    case RopeScalingKind::kYarn:
      return config.rope_scaling.original_max_position_embeddings;
  }
  fail("length_of_first_table: unknown rope scaling");
}

RotaryTable::RotaryTable(const LanguageConfig& config, int64_t capacity, at::ScalarType dtype,
                         at::Device device)
    : config_(config),
      dtype_(dtype),
      device_(device),
      magnitude_(magnitude_of(config)),
      covered_length_(has_divisors(config.rope_scaling)
                          ? config.rope_scaling.original_max_position_embeddings
                          : config.max_position_embeddings),
      base_(config.rope_theta) {
  std::tie(cos_, sin_) = compute(0, std::min(capacity, length_of_first_table(config)));
}

std::pair<at::Tensor, at::Tensor> RotaryTable::rows(int64_t begin, int64_t count) {
  if (auto beyond = rows_beyond(begin, count)) return *std::move(beyond);
  return {cos_.slice(0, begin, begin + count), sin_.slice(0, begin, begin + count)};
}

std::optional<std::pair<at::Tensor, at::Tensor>> RotaryTable::rows_beyond(int64_t begin,
                                                                          int64_t count) {
  const int64_t length = begin + count;
  if (length > covered_length_) {
    covered_length_ = length;
    base_ = base_for(config_, length);
    is_long_ = true;
  }
  if (is_in_first_table(length)) return std::nullopt;
  return compute(begin, count);
}

bool RotaryTable::is_in_first_table(int64_t length) const {
  const bool grows = length > covered_length_;
  const double base = grows ? base_for(config_, length) : base_;
  const bool is_long = is_long_ || grows;
  const bool is_plain =
      base == config_.rope_theta && !(is_long && has_divisors(config_.rope_scaling));
  return is_plain && length <= cos_.size(0);
}

at::Tensor RotaryTable::inverse_frequencies() const {
  const auto exponent =
      at::arange(0, config_.head_dim, 2, at::TensorOptions(at::kFloat)).div_(config_.head_dim);
  auto frequencies = at::pow(at::Scalar(base_), exponent);
  const auto& scaling = config_.rope_scaling;
  if (has_divisors(scaling)) {
    const auto& divisors = is_long_ ? scaling.long_factors : scaling.short_factors;
    frequencies.mul_(at::tensor(divisors).to(at::kFloat));
  }
  return frequencies.reciprocal_();
}

std::pair<at::Tensor, at::Tensor> RotaryTable::compute(int64_t begin, int64_t count) const {
  auto positions = at::arange(begin, begin + count, at::TensorOptions(at::kFloat));
  if (config_.rope_scaling.kind == RopeScalingKind::kLinear) {
    positions.div_(config_.rope_scaling.factor);
  }
  const auto angles = at::outer(positions, inverse_frequencies());  // [count, head_dim / 2]
  auto cos = kernels::row_wise(angles, at::cos);
  auto sin = kernels::row_wise(angles, at::sin);
  if (magnitude_ != 1) {
    cos.mul_(magnitude_);
    sin.mul_(magnitude_);
  }
  return {cos.to(device_, dtype_), sin.to(device_, dtype_)};
}

}  // namespace mono::model
