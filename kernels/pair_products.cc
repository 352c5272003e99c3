#include "kernels/pair_products.h"

#include <algorithm>
#include <cstring>

namespace mono::kernels {

PairMatrix::PairMatrix(int64_t num_pairs, int64_t width)
    : words(static_cast<size_t>(num_pairs * width)), num_pairs(num_pairs), width(width) {}

void pack_rows(const Bf16Rows& rows, PairMatrix& matrix) {
  for (int64_t row = 0; row < rows.num_rows; ++row) {
    const uint16_t* const from = rows.elements + row * rows.distance;
    uint32_t* const to = matrix.words.data() + row / 2 * matrix.width;
    if (row % 2 == 0) {
      for (int64_t i = 0; i < rows.width; ++i) to[i] = from[i];
    } else {
      for (int64_t i = 0; i < rows.width; ++i) to[i] |= static_cast<uint32_t>(from[i]) << 16;
    }
  }
}

void clear_row(PairMatrix& matrix, int64_t row) {
  const uint32_t kept = row % 2 == 0 ? 0xffff0000 : 0xffff;
  uint32_t* const words = matrix.words.data() + row / 2 * matrix.width;
  for (int64_t i = 0; i < matrix.width; ++i) words[i] &= kept;
}

void pack_columns(const Bf16Rows& rows, PairMatrix& matrix) {
  for (int64_t begin = 0; begin < rows.num_rows; begin += kPairColumns) {
    const int64_t end = std::min(rows.num_rows, begin + kPairColumns);
    for (int64_t pair = 0; pair < rows.width / 2; ++pair) {
      uint32_t* const to = matrix.words.data() + pair * matrix.width;
      for (int64_t row = begin; row < end; ++row) {
        std::memcpy(to + row, rows.elements + row * rows.distance + 2 * pair, sizeof(uint32_t));
      }
    }
  }
}

}  // namespace mono::kernels
