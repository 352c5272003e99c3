#pragma once

#include <cstdint>
#include <vector>

namespace mono::model {

/// One axis of `resize` with bicubic as a table, for a resize that runs elsewhere:
/// out[i] = clip((2^21 + sum over k < count[i] of weights[k, i] * in[first[i] + k]) >> 22).
struct ResizeTable {
  std::vector<int32_t> first{};    // [out_size]
  std::vector<int32_t> count{};    // [out_size]
  std::vector<int32_t> weights{};  // [max_count, out_size], zero behind count
};

/// \throws SetupError if a size is below 1.
/// Formula: python-pillow/Pillow@11.3.0 src/libImaging/Resample.c. An axis that keeps its size,
/// which Pillow skips, has one weight of 2^22: the same bytes.
ResizeTable resize_table(int in_size, int out_size);

}  // namespace mono::model
