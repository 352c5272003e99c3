#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <cuda_bf16.h>

#include <type_traits>

namespace mono::kernels {

/// Calls launch(std::type_identity<T>) with the device type of a float dtype.
/// \throws c10::Error for one without kernels.
template <typename Launch>
void with_float_type(const char* op, at::ScalarType type, const Launch& launch) {
  switch (type) {
    case at::kFloat:
      return launch(std::type_identity<float>{});
    case at::kBFloat16:
      return launch(std::type_identity<__nv_bfloat16>{});
    default:
      TORCH_CHECK(false, op, ": no CUDA kernel for ", type);
  }
}

template <typename T>
const T* data_of(const at::Tensor& tensor) {
  return static_cast<const T*>(tensor.const_data_ptr());
}

/// Null where there is none.
template <typename T>
const T* data_of(const std::optional<at::Tensor>& tensor) {
  return tensor ? data_of<T>(*tensor) : nullptr;
}

template <typename T>
T* mutable_data_of(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.mutable_data_ptr());
}

}  // namespace mono::kernels
