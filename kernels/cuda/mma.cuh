#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace mono::kernels {

/// sums += a b by one warp, bf16 products summed in fp32: a [16, 16], b [16, 8]. With g = lane / 4
/// and t = lane % 4, lane holds (pairs along k, the lower one in the lower half)
///   a[0], a[1]: k = 2 t of rows g and g + 8;   a[2], a[3]: the same at k = 2 t + 8
///   b[0], b[1]: k = 2 t and 2 t + 8 of column g
///   sums[0], sums[1]: row g, columns 2 t and 2 t + 1;   sums[2], sums[3]: row g + 8
/// Layout: PTX ISA 8.8, section 9.7.14.5.8, mma.m16n8k16.
__device__ inline void multiply_accumulate(const uint32_t (&a)[4], const uint32_t (&b)[2],
                                           float (&sums)[4]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace mono::kernels
