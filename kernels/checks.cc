#include "kernels/checks.h"

#include <ATen/ATen.h>

namespace mono::kernels {

void check_like(const char* op, const char* name, const at::Tensor& tensor,
                const at::Tensor& like) {
  TORCH_CHECK(tensor.scalar_type() == like.scalar_type() && tensor.device() == like.device(), op,
              ": ", name, " must be ", like.scalar_type(), " on ", like.device(), ", got ",
              tensor.scalar_type(), " on ", tensor.device());
}

void check_dense(const char* op, const char* name, const at::Tensor& tensor, at::IntArrayRef shape,
                 const at::Tensor& like) {
  TORCH_CHECK(tensor.sizes() == shape, op, ": ", name, " must be ", shape, ", got ",
              tensor.sizes());
  TORCH_CHECK(tensor.is_contiguous(), op, ": ", name, " must be dense, got strides ",
              tensor.strides());
  check_like(op, name, tensor, like);
}

void check_rows(const char* op, const char* name, const at::Tensor& tensor) {
  TORCH_CHECK(tensor.dim() == 2 && tensor.is_floating_point(), op, ": ", name,
              " must be a float tensor [num_rows, width], got ", tensor.scalar_type(), " ",
              tensor.sizes());
  TORCH_CHECK(tensor.stride(1) == 1 || tensor.size(1) == 1, op, ": the rows of ", name,
              " must be dense, got strides ", tensor.strides());
}

void check_map(const char* op, const char* name, const at::Tensor& map, int64_t size,
               const at::Tensor& like) {
  TORCH_CHECK(
      map.dim() == 1 && map.size(0) == size && map.scalar_type() == at::kInt && map.is_contiguous(),
      op, ": ", name, " must be a dense int32 [", size, "], got ", map.scalar_type(), " ",
      map.sizes());
  TORCH_CHECK(map.device() == like.device(), op, ": ", name, " must be on ", like.device(),
              ", got ", map.device());
}

}  // namespace mono::kernels
