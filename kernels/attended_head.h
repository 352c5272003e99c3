#pragma once

#include <cstdint>
#include <vector>

#include "kernels/pair_products.h"

/// Attention of many rows to one head's keys and values on the CPU, bf16, free of Torch.
namespace mono::kernels {

/// The queries of one head and where their results go; distances are between rows, in elements.
struct HeadQueries {
  const uint16_t* q = nullptr;
  uint16_t* out = nullptr;
  int64_t num_rows = 0;
  int64_t q_distance = 0;
  int64_t out_distance = 0;
  int64_t first_seen = 1;  // keys that row 0 sees, the first ones, at least one; each row sees one
                           // more, or all
};

/// A head's keys and values as products take them. Only where `has_pair_products()`.
///
/// A row's bits depend on its query and on what it sees, not on the rows beside it, nor on values
/// behind what it sees, numbers or not. Scores and sums are fp32, weights are rounded to bf16
/// before they are mixed, as flash attention does.
class AttendedHead {
 public:
  /// Holds its own copy. \param keys, values  as many rows, at least one; a width that `serves`.
  AttendedHead(const Bf16Rows& keys, const Bf16Rows& values);

  static bool serves(int64_t head_dim) { return head_dim % kPairColumns == 0; }

  /// Memory of its own: several threads may call.
  void operator()(const HeadQueries& queries) const;

 private:
  struct Scratch;
  struct Seen;

  void attend_block(const HeadQueries& block, Scratch& scratch) const;
  void weigh(const Seen& seen, Scratch& scratch) const;
  void mix(const Seen& seen, Scratch& scratch) const;
  void mix_without_broken(const Seen& seen, Scratch& scratch) const;
  PairProduct product_with(const PairMatrix& values, const Seen& seen,
                           const Scratch& scratch) const;

  int64_t length_;
  int64_t head_dim_;
  float scale_;
  PairMatrix keys_;                     // transposed: [head_dim / 2, length]
  PairMatrix values_;                   // [length / 2, head_dim]
  std::vector<int64_t> broken_values_;  // rows of values with an infinity or NaN, ascending
};

}  // namespace mono::kernels
