#include "model/image/resize_table.h"

#include "model/adapter.h"
#include "model/image/resample.h"

namespace mono::model {
namespace {

constexpr int32_t kOne = 1 << 22;

ResizeTable identity_table(int size) {
  ResizeTable table{.count = std::vector<int32_t>(size, 1),
                    .weights = std::vector<int32_t>(size, kOne)};
  for (int i = 0; i < size; ++i) table.first.push_back(i);
  return table;
}

}  // namespace

ResizeTable resize_table(int in_size, int out_size) {
  if (in_size < 1 || out_size < 1) {
    fail("resize_table: sizes must be at least 1, got ", in_size, " to ", out_size);
  }
  if (in_size == out_size) return identity_table(out_size);
  const auto axis = resampling::axis_weights(in_size, out_size, Filter::kBicubic);
  const auto size = static_cast<size_t>(out_size);
  ResizeTable table{.first{axis.first.begin(), axis.first.begin() + out_size},
                    .count{axis.count.begin(), axis.count.end()},
                    .weights = std::vector<int32_t>(size * static_cast<size_t>(axis.max_taps))};
  const size_t stored = 2 * static_cast<size_t>(axis.num_pairs);  // weights of one output pixel
  for (size_t i = 0; i < size; ++i) {
    for (size_t k = 0; k < static_cast<size_t>(axis.count[i]); ++k) {
      table.weights[k * size + i] = axis.weights[i * stored + k];
    }
  }
  return table;
}

}  // namespace mono::model
