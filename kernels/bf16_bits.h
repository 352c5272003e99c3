#pragma once

#include <bit>
#include <cstdint>

/// bf16 as bits, free of Torch.
namespace mono::kernels {

inline float from_bf16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

inline bool is_finite_bf16(uint16_t bits) {
  constexpr uint16_t kExponent = 0x7f80;
  return (bits & kExponent) != kExponent;
}

/// To the nearest, ties to even; a NaN stays one.
inline uint16_t to_bf16(float value) {
  constexpr uint16_t kNan = 0x7fc0;
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t odd = bits >> 16 & 1;
  return value != value ? kNan : static_cast<uint16_t>((bits + 0x7fff + odd) >> 16);
}

}  // namespace mono::kernels
