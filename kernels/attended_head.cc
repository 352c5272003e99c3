#include "kernels/attended_head.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/bf16_bits.h"

namespace mono::kernels {

/// kPairRows rows of each.
struct AttendedHead::Scratch {
  std::vector<uint32_t> q;        // [head_dim / 2] pairs
  std::vector<float> scores;      // [length], rounded up
  std::vector<uint16_t> weights;  // the same
  std::vector<float> sums;        // [head_dim]

  Scratch(int64_t head_dim, int64_t columns)
      : q(static_cast<size_t>(kPairRows * head_dim / 2)),
        scores(static_cast<size_t>(kPairRows * columns)),
        weights(scores.size()),
        sums(2 * q.size()) {}
};

AttendedHead::AttendedHead(const Bf16Rows& keys, const Bf16Rows& values)
    : length_(keys.num_rows),
      head_dim_(keys.width),
      scale_(1 / std::sqrt(static_cast<float>(keys.width))),
      keys_(head_dim_ / 2, up_to_columns(length_)),
      values_(up_to_columns(length_) / 2, head_dim_) {
  pack_columns(keys, keys_);
  pack_rows(values, values_);
}

void AttendedHead::operator()(const HeadQueries& queries) const {
  Scratch scratch(head_dim_, keys_.width);
  for (int64_t begin = 0; begin < queries.num_rows; begin += kPairRows) {
    attend_block(queries, begin, scratch);
  }
}

void AttendedHead::attend_block(const HeadQueries& queries, int64_t begin, Scratch& scratch) const {
  const int64_t num_rows = std::min(kPairRows, queries.num_rows - begin);
  const auto seen = [&](int64_t row) {
    return std::min(length_, queries.first_seen + begin + row);
  };
  const int64_t num_columns = up_to_columns(seen(num_rows - 1));
  for (int64_t row = 0; row < num_rows; ++row) {
    std::memcpy(scratch.q.data() + row * head_dim_ / 2,
                queries.q + (begin + row) * queries.q_distance,
                static_cast<size_t>(head_dim_) * sizeof(uint16_t));
  }
  pair_product({.a = scratch.q.data(),
                .a_distance = head_dim_ / 2,
                .b = &keys_,
                .num_pairs = head_dim_ / 2,
                .num_columns = num_columns,
                .c_distance = num_columns},
               scratch.scores.data());
  float totals[kPairRows];
  for (int64_t row = 0; row < num_rows; ++row) {
    float* const scores = scratch.scores.data() + row * num_columns;
    std::fill(scores + seen(row), scores + num_columns, -std::numeric_limits<float>::infinity());
    totals[row] =
        exponentials(scores, num_columns, scale_, scratch.weights.data() + row * num_columns);
  }
  pair_product({.a = reinterpret_cast<const uint32_t*>(scratch.weights.data()),
                .a_distance = num_columns / 2,
                .b = &values_,
                .num_pairs = num_columns / 2,
                .num_columns = head_dim_,
                .c_distance = head_dim_},
               scratch.sums.data());
  for (int64_t row = 0; row < num_rows; ++row) {
    uint16_t* const out = queries.out + (begin + row) * queries.out_distance;
    const float* const sums = scratch.sums.data() + row * head_dim_;
    for (int64_t i = 0; i < head_dim_; ++i) out[i] = to_bf16(sums[i] / totals[row]);
  }
}

}  // namespace mono::kernels
