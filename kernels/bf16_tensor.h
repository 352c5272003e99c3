#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace mono::kernels {

/// A bf16 tensor of the CPU as the kernels that are free of Torch read it.
inline const uint16_t* bits_of(const at::Tensor& tensor) {
  return reinterpret_cast<const uint16_t*>(tensor.const_data_ptr<at::BFloat16>());
}

}  // namespace mono::kernels
