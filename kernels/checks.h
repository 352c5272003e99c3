#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

/// What the operators demand of their arguments; each throws c10::Error naming operator, argument,
/// what was expected and what came.
namespace mono::kernels {

/// dtype and device of `like`.
void check_like(const char* op, const char* name, const at::Tensor& tensor, const at::Tensor& like);

/// A dense tensor of this shape, with dtype and device of `like`.
void check_dense(const char* op, const char* name, const at::Tensor& tensor, at::IntArrayRef shape,
                 const at::Tensor& like);

/// A float matrix whose rows are dense (their distance is free), [num_rows, width].
void check_rows(const char* op, const char* name, const at::Tensor& tensor);

/// Dense int32 [size] on the device of `like`: one entry for each row.
void check_map(const char* op, const char* name, const at::Tensor& map, int64_t size,
               const at::Tensor& like);

/// For `Tensor?` in a schema: nothing where the tensor is undefined.
inline std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace mono::kernels
