#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace mono::kernels {

/// Elements of one 16-byte access.
template <typename T>
inline constexpr int kPackWidth = 16 / sizeof(T);

/// The elements of one 16-byte access as fp32.
template <typename T>
__device__ void unpack(const uint4& raw, float (&values)[kPackWidth<T>]) {
  T elements[kPackWidth<T>];
  memcpy(elements, &raw, sizeof(raw));
#pragma unroll
  for (int i = 0; i < kPackWidth<T>; ++i) values[i] = static_cast<float>(elements[i]);
}

/// Reads kWidth neighbours as fp32: one 16-byte access, or one element.
template <int kWidth, typename T>
__device__ void load_pack(const T* from, float (&values)[kWidth]) {
  if constexpr (kWidth == 1) {
    values[0] = static_cast<float>(*from);
  } else {
    static_assert(kWidth == kPackWidth<T>);
    unpack<T>(*reinterpret_cast<const uint4*>(from), values);
  }
}

template <typename T>
__device__ uint4 as_pack(const float (&values)[kPackWidth<T>]) {
  uint4 raw;
  if constexpr (kPackWidth<T> == 8) {
    const __nv_bfloat162 pairs[4] = {
        __floats2bfloat162_rn(values[0], values[1]), __floats2bfloat162_rn(values[2], values[3]),
        __floats2bfloat162_rn(values[4], values[5]), __floats2bfloat162_rn(values[6], values[7])};
    memcpy(&raw, pairs, sizeof(raw));
  } else {
    memcpy(&raw, values, sizeof(raw));
  }
  return raw;
}

/// Writes kWidth neighbours, each rounded to T.
template <int kWidth, typename T>
__device__ void store_pack(T* to, const float (&values)[kWidth]) {
  if constexpr (kWidth == 1) {
    *to = static_cast<T>(values[0]);
  } else {
    static_assert(kWidth == kPackWidth<T>);
    *reinterpret_cast<uint4*>(to) = as_pack<T>(values);
  }
}

/// The value after rounding to T.
template <typename T>
__device__ float rounded(float value) {
  return static_cast<float>(static_cast<T>(value));
}

/// Whether every pointer and every distance between rows allows 16-byte accesses. A null pointer
/// does.
template <typename T>
bool allows_packs(std::initializer_list<const void*> pointers,
                  std::initializer_list<int64_t> distances) {
  for (const void* pointer : pointers) {
    if (reinterpret_cast<uintptr_t>(pointer) % 16 != 0) return false;
  }
  for (const int64_t distance : distances) {
    if (distance % kPackWidth<T> != 0) return false;
  }
  return true;
}

}  // namespace mono::kernels
