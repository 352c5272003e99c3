#pragma once

#include <cstdint>
#include <vector>

/// Products of bf16 matrices on the CPU with fp32 sums, two elements of k at a time, free of Torch.
namespace mono::kernels {

/// Rows of one product, and what its width is a multiple of.
inline constexpr int64_t kPairRows = 6;
inline constexpr int64_t kPairColumns = 16;

constexpr int64_t up_to_columns(int64_t count) {
  return (count + kPairColumns - 1) / kPairColumns * kPairColumns;
}

/// bf16 [2 * num_pairs, width]: word (p, n) holds element (2 p, n) below element (2 p + 1, n).
struct PairMatrix {
  std::vector<uint32_t> words;  // [num_pairs, width]
  int64_t num_pairs = 0;
  int64_t width = 0;

  /// Zeros.
  PairMatrix(int64_t num_pairs, int64_t width);
};

/// bf16 [num_rows, width], rows `distance` elements apart.
struct Bf16Rows {
  const uint16_t* elements = nullptr;
  int64_t num_rows = 0;
  int64_t width = 0;
  int64_t distance = 0;
};

/// The rows as they are, k along them; a last row without a partner is paired with zeros.
/// \param matrix  num_pairs is half of the rows, rounded up; width at least that of the rows.
void pack_rows(const Bf16Rows& rows, PairMatrix& matrix);

/// Row `row` of what `pack_rows` packed becomes zeros.
void clear_row(PairMatrix& matrix, int64_t row);

/// Their transpose, k along the elements of a row.
/// \param matrix  num_pairs is half of the rows' even width; width at least the number of rows.
void pack_columns(const Bf16Rows& rows, PairMatrix& matrix);

/// c[r][n] = sum over p of a[r][p] . b[p][n] in fp32, in the order of p; subnormal numbers are
/// zeros.
///
/// All kPairRows rows of a, [kPairRows, num_pairs], are read, and as many of c, [kPairRows,
/// num_columns], are written.
struct PairProduct {
  const uint32_t* a = nullptr;  // words of two bf16 elements
  int64_t a_distance = 0;       // words between rows
  const PairMatrix* b = nullptr;
  int64_t num_pairs = 0;    // the first of b
  int64_t num_columns = 0;  // the first of b and c, a multiple of kPairColumns
  int64_t c_distance = 0;   // floats between rows
};

/// Whether this processor has what the two functions below are made of (AVX512-BF16).
bool has_pair_products();

void pair_product(const PairProduct& product, float* c);

/// weights[k] = exp(scale * (scores[k] - the largest)), rounded to bf16.
/// \param scores   [length], a multiple of kPairColumns, not 0; minus infinity where nothing is
/// seen,
///                 but not everywhere.
/// \param scale    positive
/// \param weights  [length / 2], words of two
/// \returns        the sum of the weights before their rounding; NaN if a score is NaN.
float exponentials(const float* scores, int64_t length, float scale, uint32_t* weights);

}  // namespace mono::kernels
