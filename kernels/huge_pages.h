#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// An uninitialised dense tensor of the CPU in memory that the kernel is asked to back with huge
/// pages, which a walk over gigabytes of weights is faster in. Where the system has none, small
/// pages are as good as any other memory. Tensors below two huge pages come from ATen.
/// \throws std::bad_alloc where the system has no memory left.
at::Tensor empty_in_huge_pages(at::IntArrayRef sizes, at::ScalarType dtype);

}  // namespace mono::kernels
